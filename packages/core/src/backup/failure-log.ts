import { createTextTable } from '../internal/text-table.ts';
import type { TextTable } from '../internal/text-table.ts';
import { MOST_LINES } from '../snapshot/collection-tally.ts';
import type { ItemFailure } from '../snapshot/snapshot.ts';

/** Items that failed in a run: all of them counted, so many of them told one by one. */
export interface FailureLog {
  /** Notes one. */
  add(failure: ItemFailure): void;
  /** Takes one back, if it was noted. */
  remove(collection: string, item: string): void;
  /** Takes back all of a collection. */
  removeAll(collection: string): void;
  /** Takes back what was noted of entries of a collection that have no id. */
  removeNameless(collection: string): void;
  /** Items of a collection that failed. */
  countOf(collection: string): number;
  /** The first of them. */
  readonly lines: readonly ItemFailure[];
  /** All of them. */
  readonly total: number;
}

/** Makes an empty {@link FailureLog}. */
export function createFailureLog(): FailureLog {
  let lines: ItemFailure[] = [];
  let total = 0;
  const counts = new Map<string, { all: number; nameless: number }>();
  /** 1 for those that have no line. */
  let untold: TextTable | undefined;

  return {
    add(failure) {
      const { collection, item } = failure;
      const count = counts.get(collection) ?? { all: 0, nameless: 0 };
      counts.set(collection, count);
      count.all += 1;
      if (item === '') count.nameless += 1;
      total += 1;
      if (lines.length < MOST_LINES) lines.push(failure);
      else (untold ??= createTextTable()).set(keyOf(collection, item), 1);
    },
    remove(collection, item) {
      const position = lines.findIndex((line) => line.item === item && line.collection === collection);
      if (position >= 0) lines.splice(position, 1);
      else {
        const key = keyOf(collection, item);
        if (untold?.get(key) !== 1) return;
        untold.set(key, 0);
      }
      const count = counts.get(collection);
      if (count !== undefined) count.all -= 1;
      total -= 1;
    },
    removeAll(collection) {
      lines = lines.filter((line) => line.collection !== collection);
      total -= counts.get(collection)?.all ?? 0;
      counts.delete(collection);
    },
    removeNameless(collection) {
      const count = counts.get(collection);
      if (count === undefined) return;
      lines = lines.filter((line) => line.item !== '' || line.collection !== collection);
      total -= count.nameless;
      count.all -= count.nameless;
      count.nameless = 0;
    },
    countOf: (collection) => counts.get(collection)?.all ?? 0,
    get lines() {
      return lines;
    },
    get total() {
      return total;
    },
  };
}

function keyOf(collection: string, item: string): string {
  return `${collection.length} ${collection}${item}`;
}
