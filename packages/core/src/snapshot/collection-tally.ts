import type { CollectionCoverage } from './snapshot.ts';

/** Of each kind of line a report tells so many; its totals count all. */
export const MOST_LINES = 10_000;
/** So many collections of which there is nothing to say but that they are covered are told one by one. */
export const MOST_PLAIN_LINES = 100_000;

/** Collections of a coverage report: all of them counted, so many of them told one by one. */
export interface CollectionTally {
  /** Counts one, and keeps its line while there is room. */
  add(line: CollectionCoverage): void;
  /** Counts so many that are covered and empty, and takes the lines of as many as there is room for. */
  addPlain(count: number, collections: Iterable<Pick<CollectionCoverage, 'id' | 'name'>>): void;
  /** Collections by state. */
  readonly counts: Readonly<Record<CollectionCoverage['state'], number>>;
  /** Items of all of them. */
  readonly items: number;
  /** The lines that were kept. */
  readonly lines: readonly CollectionCoverage[];
  /** Collections whose line was not kept: those of which there is something to say, and the others. */
  readonly leftOut: { readonly telling: number; readonly plain: number };
}

/** Whether there is no more to say of a collection than what its record in the tree says. */
export function isPlain({ state, failed, omitted, atRest }: CollectionCoverage): boolean {
  return state === 'covered' && failed === 0 && omitted === 0 && atRest;
}

/** Makes an empty {@link CollectionTally}. */
export function createCollectionTally(): CollectionTally {
  const counts = { covered: 0, skipped: 0, failed: 0 };
  const telling: CollectionCoverage[] = [];
  const plain: CollectionCoverage[] = [];
  const leftOut = { telling: 0, plain: 0 };
  let items = 0;

  return {
    add(line) {
      counts[line.state] += 1;
      items += line.items;
      if (isPlain(line)) {
        if (plain.length < MOST_PLAIN_LINES) plain.push(line);
        else leftOut.plain += 1;
      } else if (telling.length < MOST_LINES) telling.push(line);
      else leftOut.telling += 1;
    },
    addPlain(count, collections) {
      counts.covered += count;
      let left = count;
      for (const { id, name } of collections) {
        if (left === 0 || plain.length >= MOST_PLAIN_LINES) break;
        plain.push({ id, name, state: 'covered', cause: undefined, items: 0, failed: 0, omitted: 0, atRest: true });
        left -= 1;
      }
      leftOut.plain += left;
    },
    counts,
    leftOut,
    get items() {
      return items;
    },
    get lines() {
      return [...telling, ...plain];
    },
  };
}
