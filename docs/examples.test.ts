/**
 * Every ```ts block of the Markdown files and of the doc comments compiles, runs (unless marked `no-run`), and prints
 * what its `console.log(…); // expected` lines say.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findFences } from '../tools/fences.ts';
import { runCommand } from '../tools/run-command.ts';

// Below docs/, so that the packages are found; without dots in the names, so that tsc and Node take them as they are.
const folder = join(import.meta.dirname, '.examples');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);

const examples = findFences().map((fence) => {
  const file = join(folder, `${fence.place.replaceAll(/[^a-z0-9]+/gi, '-')}.ts`);
  writeFileSync(file, `${fence.code}\nexport {};\n`);
  return { ...fence, file };
});
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: {
      composite: false,
      noEmit: true,
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
      declaration: false,
      declarationMap: false,
      emitDeclarationOnly: false,
      isolatedDeclarations: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: ['*.ts'],
    references: [],
  }),
);

const workingFolder = mkdtempSync(join(tmpdir(), 'holdfast-docs-'));
afterAll(() => {
  rmSync(workingFolder, { recursive: true, force: true });
});

describe('every example of the documentation', () => {
  it('compiles', { timeout: 120_000 }, async () => {
    const { output } = await runCommand('tsc', ['-p', folder, '--pretty', 'false']);
    expect(output).toBe('');
  });

  for (const { place, file, prints } of examples.filter(({ runs }) => runs)) {
    it.concurrent(`${place} runs`, async () => {
      const cwd = mkdtempSync(join(workingFolder, 'run-'));
      const { code, stdout, output } = await runCommand(process.execPath, [file], { cwd });
      expect(code, output).toBe(0);
      expect(stdout.split('\n').slice(0, prints.length)).toEqual(prints);
    });
  }
});
