import { createTextTable } from '../internal/text-table.ts';
import type { TextTable } from '../internal/text-table.ts';

/** Ids of items that failed in one collection, to be asked for by the next run. */
export interface FailedItems extends Iterable<string> {
  /** Notes one. */
  add(item: string): void;
  /** Takes one back; tells whether it was there. */
  delete(item: string): boolean;
  /** Whether it is there. */
  has(item: string): boolean;
  /** Takes all of them back. */
  clear(): void;
  /** So many are there. */
  readonly size: number;
  /**
   * Whether there were more than can be named, so that iterating gives only some of them: the next run can come back to the
   * others only by hearing of the collection from its beginning.
   */
  readonly overflown: boolean;
}

/** How many ids a run may name. */
export interface NamedItems {
  /** So many more. */
  left: number;
}

/** So many failed items of a run are named one by one. */
export const MOST_NAMED_ITEMS = 100_000;
/** And of one collection: its record in the tree holds them all. */
const MOST_IN_COLLECTION = 10_000;

/** Makes an empty {@link FailedItems} that draws on the names a run has left. */
export function createFailedItems(names: NamedItems): FailedItems {
  const named = new Set<string>();
  /** 1 for those that are there. */
  let unnamed: TextTable | undefined;
  let unnamedCount = 0;

  return {
    add(item) {
      if (named.has(item) || unnamed?.get(item) === 1) return;
      if (names.left > 0 && named.size < MOST_IN_COLLECTION) {
        named.add(item);
        names.left -= 1;
        return;
      }
      unnamed ??= createTextTable();
      unnamed.set(item, 1);
      unnamedCount += 1;
    },
    delete(item) {
      if (named.delete(item)) {
        names.left += 1;
        return true;
      }
      if (unnamed?.get(item) !== 1) return false;
      unnamed.set(item, 0);
      unnamedCount -= 1;
      return true;
    },
    has: (item) => named.has(item) || unnamed?.get(item) === 1,
    clear() {
      names.left += named.size;
      named.clear();
      unnamed = undefined;
      unnamedCount = 0;
    },
    get size() {
      return named.size + unnamedCount;
    },
    get overflown() {
      return unnamedCount > 0;
    },
    [Symbol.iterator]: () => named[Symbol.iterator](),
  };
}
