import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { BenchResult } from '../bench-result.ts';
import { resultOf } from '../bench-result.ts';
import { caseTitles } from '../contestants/contestant.ts';
import type { CaseName } from '../contestants/contestant.ts';
import type { GrowthResult } from '../growth/run-growth.ts';
import type { CaseResult } from '../measure/run-rounds.ts';
import { markdownTable, resultHead, spread } from './table.ts';

/** What `--json` writes: a comparison, or how cost grows. */
export type WrittenResult = BenchResult | { readonly growth: readonly GrowthResult[] };

/**
 * Replaces, in a page of Markdown, what stands between `<!-- bench: name -->` and `<!-- /bench -->` by the tables of the
 * result in `name.json`.
 *
 * @throws An error if the page has no such place.
 */
export function writeIntoPage(page: string, results: readonly string[]): void {
  let text = readFileSync(page, 'utf8');
  for (const file of results) {
    const name = basename(file, '.json');
    const [begin, end] = [`<!-- bench: ${name} -->\n`, '\n<!-- /bench -->'];
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${page} has no place for ${name}`);
    const tables = pageTables(JSON.parse(readFileSync(file, 'utf8')) as WrittenResult);
    text = `${text.slice(0, from)}${begin}\n${tables}\n${text.slice(to)}`;
  }
  writeFileSync(page, text);
}

/** The tables of a result in Markdown. */
export function pageTables(result: WrittenResult): string {
  if ('growth' in result) return markdownTable(growthRows(result.growth));
  const { contestants, results } = result;
  const cases = [...new Set(results.map((one) => one.case))];
  const table = (title: string, cell: (one: CaseResult) => string): string =>
    markdownTable([
      [title, ...cases.map((name) => caseTitles[name])],
      ...contestants.map(({ name }) => [name, ...cases.map((one) => cellOf(result, name, one, cell))]),
    ]);
  const ratio = (one: CaseResult): string => {
    const base = resultOf(result, 'restic', one.case)?.wallSeconds?.median;
    return base === undefined || !one.wallSeconds ? '–' : (one.wallSeconds.median / base).toFixed(2);
  };
  return [
    resultHead(result)
      .map((line) => `- ${line}`)
      .join('\n'),
    table('wall, s: median (least to most)', ({ wallSeconds }) => spread(wallSeconds)),
    table('wall as a ratio to restic', ratio),
    table('CPU, s', ({ cpuSeconds }) => cpuSeconds?.median.toFixed(1) ?? '–'),
    table('peak memory, MB', ({ peakBytes }) => (peakBytes ? (peakBytes.median / 1e6).toFixed(0) : '–')),
    table('stored afterwards, MB', ({ storedBytes }) => (storedBytes / 1e6).toFixed(1)),
    table('objects afterwards', ({ objects }) => String(objects)),
    table('requests', ({ requests }) => (requests === undefined ? '–' : String(requests))),
  ].join('\n\n');
}

/** How cost grows, as rows of cells. */
export function growthRows(growth: readonly GrowthResult[]): readonly (readonly string[])[] {
  const head = [
    'items',
    'case',
    'wall s (least to most)',
    'µs an item',
    'CPU µs an item',
    'peak MB',
    'stored bytes an item',
  ];
  const each = (value: number | undefined, items: number): string =>
    value === undefined ? '–' : ((value * 1e6) / items).toFixed(1);
  return [
    head,
    ...growth.map((one) => [
      String(one.items),
      one.case,
      spread(one.wallSeconds),
      each(one.wallSeconds?.median, one.items),
      each(one.cpuSeconds?.median, one.items),
      one.peakBytes ? (one.peakBytes.median / 1e6).toFixed(0) : '–',
      (one.storedBytes / one.items).toFixed(0),
    ]),
  ];
}

function cellOf(result: BenchResult, name: string, one: CaseName, cell: (found: CaseResult) => string): string {
  const found = resultOf(result, name, one);
  return found === undefined ? '–' : cell(found);
}
