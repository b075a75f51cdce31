import type { BenchResult } from '../bench-result.ts';
import { resultOf } from '../bench-result.ts';
import { caseTitles } from '../contestants/contestant.ts';
import type { CaseResult } from '../measure/run-rounds.ts';
import type { Summary } from '../measure/summary.ts';

/** A result as rows of cells: the head, then a row for each contestant and case. */
export function resultRows(result: BenchResult): readonly (readonly string[])[] {
  const head = [
    'case',
    'by',
    'wall s (least to most)',
    'CPU s',
    'peak MB',
    'stored MB',
    'objects',
    'requests',
    'wall to restic',
    'wall to bare',
  ];
  return [head, ...result.results.map((one) => row(one, result))];
}

/** What a result was measured with, as lines. */
export function resultHead({ machine, corpus, rounds, contestants, missing }: BenchResult): readonly string[] {
  const { options } = corpus;
  const mb = (corpus.bytes / 1e6).toFixed(0);
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
  return [
    `${machine.processors} processors, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.platform}, Node ${machine.node}; ${rounds} rounds`,
    options === undefined
      ? `corpus: ${corpus.name}, ${corpus.files} files, ${mb} MB`
      : `corpus: seed ${options.seed}, ${corpus.files} files, ${mb} MB, ${(corpus.attachmentBytes / 1e6).toFixed(0)} MB of attachments before base64, ` +
        `${percent(corpus.sharedBytes)} of them in more than one mail (${percent(corpus.repeatedBytes)} are repetitions)`,
    ...(options === undefined
      ? []
      : [
          `attachments by bytes: ${Object.entries(options.mix)
            .map(([kind, share]) => `${kind} ${percent(share)}`)
            .join(', ')}`,
          `zstd 3 divides by: ${Object.entries(corpus.compressibility)
            .map(([what, ratio]) => `${what} ${ratio.toFixed(2)}`)
            .join('; ')}`,
        ]),
    ...contestants.map(({ name, title }) => `${name}: ${title}`),
    ...missing.map((name) => `${name}: not installed here`),
  ];
}

/** Puts rows into columns of equal width. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return rows.map((cells) => line(cells).trimEnd()).join('\n');
}

/** Puts rows into a table of Markdown. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function row(one: CaseResult, result: BenchResult): string[] {
  const to = (other: string): string => {
    const base = resultOf(result, other, one.case)?.wallSeconds?.median;
    return base === undefined || one.wallSeconds === undefined ? '' : (one.wallSeconds.median / base).toFixed(2);
  };
  return [
    caseTitles[one.case],
    one.contestant,
    spread(one.wallSeconds),
    one.cpuSeconds?.median.toFixed(2) ?? '–',
    one.peakBytes ? (one.peakBytes.median / 1e6).toFixed(0) : '–',
    (one.storedBytes / 1e6).toFixed(1),
    String(one.objects),
    one.requests === undefined ? '–' : String(one.requests),
    to('restic'),
    to('bare'),
  ];
}

/** Median, least and most as text. */
export function spread(summary: Summary | undefined): string {
  if (summary === undefined) return '–';
  const { median, least, most } = summary;
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
