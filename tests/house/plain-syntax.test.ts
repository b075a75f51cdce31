/** Node 22 does not know `await using`, and programs that are started by type stripping are not compiled. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findFences } from '../../tools/fences.ts';
import { root } from '../../tools/run-command.ts';

const PROGRAMS = ['{examples,bench,prove,tools}/**/*.ts', 'tests/**/*.{ts,js}', 'packages/*/src/**/*.ts'];
const STATEMENT = /^\s*(?:await )?using \w+ =/m;

it('is all that programs and snippets use', () => {
  const files = globSync(PROGRAMS, { cwd: root, exclude: ['**/node_modules/**', '**/*.test.ts'] });
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => STATEMENT.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  expect(
    findFences()
      .filter(({ code }) => STATEMENT.test(code))
      .map(({ place }) => place),
  ).toEqual([]);
  expect('  await using a = b;\n').toMatch(STATEMENT);
});
