/** Every example says in a comment at its top what it shows, and runs to its end against the simulators. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listExamples } from '../tools/list-examples.ts';
import { runCommand } from '../tools/run-command.ts';

describe('every example', () => {
  for (const { name, file } of listExamples()) {
    it(`${name} begins with a comment`, () => {
      expect(readFileSync(file, 'utf8')).toMatch(/^\/\*\*\s+\*? ?\S/);
    });

    it(`${name} runs to its end`, { timeout: 120_000 }, async () => {
      // A folder of its own: what an example writes into the current one goes away with it.
      const cwd = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
      try {
        const { code, output } = await runCommand(process.execPath, [file], { cwd });
        expect(code, output).toBe(0);
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    });
  }
});
