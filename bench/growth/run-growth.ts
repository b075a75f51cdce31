import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { listFiles } from '../corpus/list-files.ts';
import { buildProgram } from '../measure/build-program.ts';
import { runMeasured } from '../measure/run-measured.ts';
import type { Summary } from '../measure/summary.ts';
import { summarise } from '../measure/summary.ts';

/** What a number of items took. */
export interface GrowthResult {
  readonly items: number;
  readonly case: 'first' | 'unchanged';
  readonly wallSeconds: Summary | undefined;
  readonly cpuSeconds: Summary | undefined;
  readonly peakBytes: Summary | undefined;
  readonly storedBytes: number;
}

/** What to measure. */
export interface GrowthOptions {
  /** Numbers of items. */
  readonly counts: readonly number[];
  /** @defaultValue 1 */
  readonly rounds?: number | undefined;
  /** Memory budget in bytes. @defaultValue that of the library */
  readonly memory?: number | undefined;
  readonly folder?: string | undefined;
  readonly onRun?: ((text: string) => void) | undefined;
}

/** Backs up sources of more and more items of 2 KB, and each once more without a change. */
export async function runGrowth(options: GrowthOptions): Promise<readonly GrowthResult[]> {
  const { counts, rounds = 1, memory, folder = join(tmpdir(), 'holdfast-bench'), onRun } = options;
  mkdirSync(folder, { recursive: true });
  const built = mkdtempSync(join(folder, 'built-'));
  const child = await buildProgram(join(import.meta.dirname, 'growth-child.ts'), built);
  const runs: (Omit<GrowthResult, 'wallSeconds' | 'cpuSeconds' | 'peakBytes'> &
    Awaited<ReturnType<typeof runMeasured>>)[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const items of counts) {
      const work = mkdtempSync(join(folder, 'growth-'));
      try {
        const repository = join(work, 'repository');
        const args = [child, String(items), repository, ...(memory === undefined ? [] : [String(memory)])];
        for (const name of ['first', 'unchanged'] as const) {
          const measured = await runMeasured({ command: process.execPath, args, cwd: work });
          const storedBytes = [...listFiles(repository)].reduce((sum, { size }) => sum + size, 0);
          runs.push({ ...measured, items, case: name, storedBytes });
          onRun?.(`round ${round + 1}  ${items} items  ${name}  ${measured.wallSeconds.toFixed(2)} s`);
        }
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }
  }
  rmSync(built, { recursive: true, force: true });
  return counts.flatMap((items) =>
    (['first', 'unchanged'] as const).map((name) => {
      const own = runs.filter((run) => run.items === items && run.case === name);
      return {
        items,
        case: name,
        wallSeconds: summarise(own.map(({ wallSeconds }) => wallSeconds)),
        cpuSeconds: summarise(own.map(({ cpuSeconds }) => cpuSeconds)),
        peakBytes: summarise(own.map(({ peakBytes }) => peakBytes)),
        storedBytes: own.at(-1)?.storedBytes ?? 0,
      };
    }),
  );
}
