/**
 * Peak memory of the whole process in every case, with defaults and with a budget of 128 MiB: sources of 0.5, 1 and 2 GB of
 * mail and of many small items (PROVE_ITEMS).
 */
import process from 'node:process';
import { defaultCorpus } from '../../bench/corpus/corpus-options.ts';
import { runGrowth } from '../../bench/growth/run-growth.ts';
import { runBench } from '../../bench/run-bench.ts';
import { conclude } from '../conclude.ts';

const items = Number(process.env['PROVE_ITEMS'] ?? 2_000_000);
const BUDGETS = [
  { title: 'defaults', memory: undefined, limit: 400e6 },
  { title: '128 MiB', memory: 128 * 2 ** 20, limit: 200e6 },
];

const told: string[] = [];
let pass = true;
for (const { title, memory, limit } of BUDGETS) {
  const peaks = new Map<string, number>();
  const note = (source: string, bytes: number | undefined): void => {
    peaks.set(source, Math.max(peaks.get(source) ?? 0, bytes ?? Number.POSITIVE_INFINITY));
  };
  for (const part of [0.25, 0.5, 1]) {
    const corpus = { ...defaultCorpus, size: defaultCorpus.size * part, count: Math.round(defaultCorpus.count * part) };
    const { results } = await runBench({ corpus, contestants: ['holdfast'], rounds: 1, memory });
    for (const { case: name, peakBytes } of results) {
      note(`${(corpus.size / 1e9).toFixed(1)} GB`, peakBytes?.most);
      console.log(`${title}, ${corpus.count} files, ${name}: ${peakBytes?.most} bytes`);
    }
  }
  for (const { case: name, peakBytes } of await runGrowth({ counts: [items], memory })) {
    note(`${items} items of 2 KB`, peakBytes?.most);
    console.log(`${title}, ${items} items, ${name}: ${peakBytes?.most} bytes`);
  }
  pass &&= [...peaks.values()].every((peak) => peak <= limit);
  const list = [...peaks].map(([source, peak]) => `${(peak / 1e6).toFixed(0)} MB at ${source}`).join(', ');
  told.push(`${title} (at most ${limit / 1e6} MB): ${list}`);
}
conclude({ title: 'peak memory of the process over all cases', figure: told.join('; '), pass });
