/**
 * 500 random histories of a mailbox that lives on while it is backed up, with a service and a storage that fail at random.
 * PROVE_HISTORIES says how many others, SEED where they begin.
 */
import process from 'node:process';
import { liveThrough } from '../../tests/end-to-end/living-mailbox.ts';
import { conclude } from '../conclude.ts';

const HISTORIES = Number(process.env['PROVE_HISTORIES'] ?? 500);
const first = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const sums: Record<string, number> = {};
const failed: number[] = [];
for (let seed = first; seed < first + HISTORIES; seed += 1) {
  const { complaints, counts, lines } = await liveThrough(seed);
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  if (complaints.length === 0) continue;
  failed.push(seed);
  console.log(`seed ${seed}:\n  ${[...complaints, ...lines].join('\n  ')}`);
}
const { backups = 0, interrupted = 0, folders = 0, restless = 0, steps = 0, stepsInRuns = 0, faults = 0 } = sums;
conclude({
  title: `${HISTORIES} random histories (seeds ${first} to ${first + HISTORIES - 1}), several backups each`,
  figure:
    `${backups} snapshots, ${folders} folders in them, each as it was at some moment of its run (${restless} that never came ` +
    `to rest told so), the last of each history exactly the mailbox; ${steps} changes, ${stepsInRuns} in the middle of a run, ` +
    `${faults} faults of the service, ${interrupted} runs stopped or without a storage; ` +
    `${failed.length} histories failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`,
  pass: failed.length === 0 && restless < folders / 100,
});
