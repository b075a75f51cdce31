import { createTextTable } from '../internal/text-table.ts';
import type { TextTable } from '../internal/text-table.ts';
import { LazySet } from '../internal/lazy-collections.ts';

/** How many ids of failed items a run may keep. */
export interface NamedItems {
  /** So many more. */
  left: number;
}

/** So many failed items of a run are named one by one. */
export const MOST_NAMED_ITEMS = 100_000;
/** And of one collection: its record in the tree holds them all. */
const MOST_IN_COLLECTION = 10_000;

/** Ids of items that failed in one collection, to be asked for by the next run. */
export class FailedItems implements Iterable<string> {
  readonly #names: NamedItems;
  #named = new LazySet<string>();
  /** 1 for those that are there. */
  #unnamed: TextTable | undefined;
  #unnamedCount = 0;

  /** Draws on the names that a run has left. */
  constructor(names: NamedItems) {
    this.#names = names;
  }

  /** Notes one. */
  add(item: string): void {
    if (this.has(item)) return;
    if (this.#names.left > 0 && this.#named.size < MOST_IN_COLLECTION) {
      this.#named.add(item);
      this.#names.left -= 1;
      return;
    }
    this.#unnamed ??= createTextTable();
    this.#unnamed.set(item, 1);
    this.#unnamedCount += 1;
  }

  /** Takes one back; tells whether it was there. */
  delete(item: string): boolean {
    if (this.#named.delete(item)) {
      this.#names.left += 1;
      return true;
    }
    if (this.#unnamed?.get(item) !== 1) return false;
    this.#unnamed.set(item, 0);
    this.#unnamedCount -= 1;
    return true;
  }

  /** Whether it is there. */
  has(item: string): boolean {
    return this.#named.has(item) || this.#unnamed?.get(item) === 1;
  }

  /** Takes all of them back. */
  clear(): void {
    this.#names.left += this.#named.size;
    this.#named = new LazySet();
    this.#unnamed = undefined;
    this.#unnamedCount = 0;
  }

  /** So many are there. */
  get size(): number {
    return this.#named.size + this.#unnamedCount;
  }

  /**
   * Whether there are more than can be named, so that iterating gives only some of them: the next run can come back to
   * the others only by hearing of the collection from its beginning.
   */
  get overflown(): boolean {
    return this.#unnamedCount > 0;
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#named[Symbol.iterator]();
  }
}
