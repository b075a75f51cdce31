import type { MeasuredCommand } from '../measure/run-measured.ts';

/** What is measured, in this order. */
export const CASES = ['first', 'unchanged', 'changed', 'restore', 'item', 'check'] as const;

/** One thing that is measured. */
export type CaseName = (typeof CASES)[number];

/** How cases are called in a table. */
export const caseTitles: Readonly<Record<CaseName, string>> = {
  first: 'first backup',
  unchanged: 'unchanged',
  changed: '1 % changed',
  restore: 'full restore',
  item: 'one item from cold',
  check: 'check with reading',
};

/** Where a contestant works in one round. All folders are its own, but the source. */
export interface Ground {
  /** The files to back up. */
  readonly source: string;
  /** Its repository; does not exist at first. What lies in it is counted as stored. */
  readonly repository: string;
  /** For keys and caches, which are not counted. Exists. */
  readonly aside: string;
  /** Where it restores to; empty. */
  readonly target: string;
  /** The file that `item` restores, below the source. */
  readonly item: string;
}

/** A program that backs up files. */
export interface Contestant {
  readonly name: string;
  /** Its version and settings, for the table. */
  readonly title: string;
  /** Makes a repository, where the program wants that done before; not measured. */
  prepare(ground: Ground): MeasuredCommand | undefined;
  /** The command that does a case as a whole process. */
  command(name: CaseName, ground: Ground): MeasuredCommand;
}
