import { createTextTable } from '../internal/text-table.ts';
import type { TextTable } from '../internal/text-table.ts';
import { MOST_LINES } from '../snapshot/collection-tally.ts';
import type { PartOmission } from '../snapshot/snapshot.ts';

/** Parts that were omitted in a run, by item: all of them counted, so many of them told one by one. */
export interface OmissionLog {
  /** Notes those of an item, one at least, in the place of what was noted of it before. */
  set(item: string, parts: readonly PartOmission[]): void;
  /** Takes back what was noted of an item. */
  delete(item: string): void;
  /** Parts omitted of items of a collection. */
  countOf(collection: string): number;
  /** The first of them. */
  readonly lines: readonly PartOmission[];
  /** All of them. */
  readonly total: number;
  /** Those of them whose content is missing. */
  readonly lost: number;
}

/** Parts and lost parts of an item that has no line, as one number. */
const PACK = 2 ** 16;

/** Makes an empty {@link OmissionLog}. */
export function createOmissionLog(): OmissionLog {
  const kept = new Map<string, readonly PartOmission[]>();
  let keptLines = 0;
  /** Items beyond those kept: how much was noted, and in which collection of the list. */
  let amounts: TextTable | undefined;
  let homes: TextTable | undefined;
  const homeNames: string[] = [];
  const homeNumbers = new Map<string, number>();
  const counts = new Map<string, number>();
  let total = 0;
  let lost = 0;

  function count(collection: string | undefined, parts: number, lostParts: number): void {
    total += parts;
    lost += lostParts;
    if (collection !== undefined) counts.set(collection, (counts.get(collection) ?? 0) + parts);
  }

  function remove(item: string): void {
    const parts = kept.get(item);
    if (parts !== undefined) {
      kept.delete(item);
      keptLines -= parts.length;
      count(parts[0]?.collection, -parts.length, -lostOf(parts));
      return;
    }
    const amount = amounts?.get(item) ?? 0;
    if (amount === 0) return;
    amounts?.set(item, 0);
    count(homeNames[homes?.get(item) ?? -1], -Math.floor(amount / PACK), -(amount % PACK));
  }

  return {
    delete: remove,
    set(item, parts) {
      remove(item);
      const collection = parts[0]?.collection;
      if (collection === undefined) return;
      if (keptLines + parts.length <= MOST_LINES) {
        kept.set(item, parts);
        keptLines += parts.length;
        count(collection, parts.length, lostOf(parts));
        return;
      }
      const noted = Math.min(parts.length, PACK - 1);
      const notedLost = Math.min(lostOf(parts), PACK - 1);
      const number = homeNumbers.get(collection) ?? homeNames.push(collection) - 1;
      homeNumbers.set(collection, number);
      amounts ??= createTextTable();
      amounts.set(item, noted * PACK + notedLost);
      homes ??= createTextTable();
      homes.set(item, number);
      count(collection, noted, notedLost);
    },
    countOf: (collection) => counts.get(collection) ?? 0,
    get lines() {
      return [...kept.values()].flat();
    },
    get total() {
      return total;
    },
    get lost() {
      return lost;
    },
  };
}

function lostOf(parts: readonly PartOmission[]): number {
  return parts.filter(({ lost }) => lost).length;
}
