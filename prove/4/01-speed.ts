/** Wall time against restic and the bare pipeline, mail corpus of about 2 GB. PROVE_ROUNDS says how many rounds. */
import process from 'node:process';
import { resultOf } from '../../bench/bench-result.ts';
import { alignedTable, resultHead, resultRows } from '../../bench/report/table.ts';
import { runBench } from '../../bench/run-bench.ts';
import { conclude } from '../conclude.ts';

const result = await runBench({
  contestants: ['holdfast', 'bare', 'restic'],
  cases: ['first', 'unchanged', 'restore', 'check'],
  rounds: Number(process.env['PROVE_ROUNDS'] ?? 3),
});
console.log(resultHead(result).join('\n'));
console.log(alignedTable(resultRows(result)));

const wall = (name: string, one: string): number => resultOf(result, name, one)?.wallSeconds?.median ?? Number.NaN;
const toRestic = (one: string): number => wall('holdfast', one) / wall('restic', one);
/** Throughput, so the other way round. */
const toBare = wall('bare', 'first') / wall('holdfast', 'first');
const [first, unchanged, restore, check] = ['first', 'unchanged', 'restore', 'check'].map(toRestic) as [
  number,
  number,
  number,
  number,
];
const { files, bytes } = result.corpus;
conclude({
  title: `${files} mails of ${(bytes / 1e6).toFixed(0)} MB, medians of ${result.rounds} alternating rounds, wall time as a ratio to restic's`,
  figure:
    `first backup ${first.toFixed(2)} (at most 0.8) and ${toBare.toFixed(2)} of the throughput of the bare pipeline (at least 0.8), ` +
    `unchanged ${unchanged.toFixed(2)} (0.5), full restore ${restore.toFixed(2)} (0.9), check with reading ${check.toFixed(2)} (0.8)`,
  pass: first <= 0.8 && toBare >= 0.8 && unchanged <= 0.5 && restore <= 0.9 && check <= 0.8,
});
