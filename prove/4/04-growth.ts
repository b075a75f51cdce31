/** Cost of an item in sources of 20,000 to 2,000,000 items of 2 KB. PROVE_ITEMS says how many at most, PROVE_ROUNDS how often. */
import process from 'node:process';
import { runGrowth } from '../../bench/growth/run-growth.ts';
import { growthRows } from '../../bench/report/page.ts';
import { alignedTable } from '../../bench/report/table.ts';
import { conclude } from '../conclude.ts';

const FEW = 20_000;
const many = Number(process.env['PROVE_ITEMS'] ?? 2_000_000);
const middle = Math.round(Math.sqrt(FEW * many));
const growth = await runGrowth({ counts: [FEW, middle, many], rounds: Number(process.env['PROVE_ROUNDS'] ?? 3) });
console.log(alignedTable(growthRows(growth)));

const first = growth.filter((one) => one.case === 'first');
const seconds = (of: 'cpuSeconds' | 'wallSeconds', index: number): number => first[index]?.[of]?.median ?? Number.NaN;
/**
 * What every further item costs between two sizes: starting a process and its threads is no cost of an item, and would
 * make the small source look dear and so the growth too good.
 */
const slope = (of: 'cpuSeconds' | 'wallSeconds', from: number, to: number): number =>
  (seconds(of, to) - seconds(of, from)) / ((first[to]?.items ?? 0) - (first[from]?.items ?? 0));
const growthOf = (of: 'cpuSeconds' | 'wallSeconds'): number => slope(of, 1, 2) / slope(of, 0, 1);
const [wall, cpu] = [growthOf('wallSeconds'), growthOf('cpuSeconds')];
const [little, much] = [first[0]?.peakBytes?.median ?? Number.NaN, first[2]?.peakBytes?.median ?? Number.NaN];
const perItem = (index: number): string =>
  ((seconds('wallSeconds', index) * 1e6) / (first[index]?.items ?? 1)).toFixed(0);
/** Memory may not grow with the items: what the index needs of it is bounded by the budget. */
const bytesPerItem = (much - little) / (many - FEW);

conclude({
  title: `cost of an item of 2 KB in a first backup of ${FEW}, ${middle} and ${many} items`,
  figure:
    `wall ${perItem(0)}, ${perItem(1)} and ${perItem(2)} µs an item in all; a further item takes ${wall.toFixed(2)} times the wall and ` +
    `${cpu.toFixed(2)} times the processor between ${middle} and ${many} of what it takes between ${FEW} and ${middle} (at most 1.2); ` +
    `peak memory ${(little / 1e6).toFixed(0)} and ${(much / 1e6).toFixed(0)} MB, ${bytesPerItem.toFixed(0)} bytes for each further item`,
  pass: wall <= 1.2 && cpu <= 1.2 && much <= 400e6,
});
