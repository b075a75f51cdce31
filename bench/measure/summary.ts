/** Median of several runs, with the least and the most of them. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly values: readonly number[];
}

/** Sums up what several runs told; `undefined` if one of them told nothing. */
export function summarise(values: readonly (number | undefined)[]): Summary | undefined {
  const told = values.filter((value) => value !== undefined);
  const sorted = told.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (told.length < values.length || least === undefined || most === undefined) return undefined;
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? most;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? least) + upper) / 2;
  return { median, least, most, values: told };
}
