import { damagedSegment } from './directory.ts';
import { ITEM_SHAPE, requireItemRecord } from './item-segment.ts';
import type { ItemPlace, ItemRecord } from './item-segment.ts';
import { createRecordIndex } from './record-index.ts';
import type { IndexMode, LookUpOptions, RecordIndex, RecordSegments } from './record-index.ts';
import type { RecordLog } from './record-log.ts';

/** Where items were stored: what segments say, and what was added since. */
export interface ItemIndex {
  /** All places of an item, each once, those added last first. */
  find(key: Uint8Array, options?: LookUpOptions): Promise<ItemPlace[]>;
  /** The same of many items, in the order of the keys. Many at once cost less than one by one. */
  findMany(keys: readonly Uint8Array[], options?: LookUpOptions): Promise<ItemPlace[][]>;
  /**
   * Adds a place of an item; those it had stay.
   *
   * @throws A `RangeError` if the record does not have the form of the format.
   */
  add(key: Uint8Array, place: ItemPlace): void;
  /** Hands out what was added since the last time, to be written into segments. It stays findable. */
  take(): TakenItems;
  /** The part that this index has in common with that of blobs. */
  readonly records: RecordIndex;
  /** Number of a collection, which is added if it is new. */
  collectionNumber(id: string): number;
  /** Id of the collection of a number. */
  collectionAt(number: number): string;
}

/** Places that were taken out of an index to be written. */
export interface TakenItems {
  /** How many there are. */
  readonly size: number;
  /** Some of them, by their numbers. */
  records(from: number, to: number): IterableIterator<ItemRecord>;
  /** Says in which segments they stand now. */
  stored(hashes: Iterable<string>): void;
  /** Says that they could not be stored: they count as new again. */
  giveBack(): void;
}

/** Options of {@link createItemIndex}. */
export interface ItemIndexOptions {
  /** The segments to look into. @defaultValue none */
  readonly segments?: RecordSegments | undefined;
  /** See {@link IndexMode}. @defaultValue `auto` */
  readonly mode?: IndexMode | undefined;
  /** Bytes that the table in memory may take. @defaultValue no limit */
  readonly memory?: number | undefined;
}

const TWO_32 = 2 ** 32;

/** Makes an index that knows nothing but what its segments say. */
export function createItemIndex(options: ItemIndexOptions = {}): ItemIndex {
  const ids: string[] = [];
  const numbers = new Map<string, number>();
  const payload = new Uint32Array(4);
  const records = createRecordIndex({
    ...options,
    shape: ITEM_SHAPE,
    several: true,
    read(view, offset, segment, into) {
      const number = segment.numbers[view.getUint32(offset + 16)];
      const high = view.getInt32(offset + 20);
      const low = view.getUint32(offset + 24);
      if (number === undefined || !Number.isSafeInteger(high * TWO_32 + low)) {
        throw damagedSegment(segment.object, 'an index record with a number out of range');
      }
      into[0] = 0;
      into[1] = number;
      into[2] = high;
      into[3] = low;
    },
  });

  function collectionNumber(id: string): number {
    const known = numbers.get(id);
    if (known !== undefined) return known;
    numbers.set(id, ids.length);
    return ids.push(id) - 1;
  }

  function placeOf(words: Uint32Array): ItemPlace {
    return { collectionId: ids[words[1]!]!, sort: (words[2]! | 0) * TWO_32 + words[3]! };
  }

  async function findMany(keys: readonly Uint8Array[], lookUp?: LookUpOptions): Promise<ItemPlace[][]> {
    const found: ItemPlace[][] = keys.map(() => []);
    const words = new Uint32Array(4);
    await records.lookUp(
      keys,
      words,
      (number) => {
        const place = placeOf(words);
        const isNew = found[number]!.every(
          ({ collectionId, sort }) => collectionId !== place.collectionId || sort !== place.sort,
        );
        if (isNew) found[number]!.push(place);
      },
      lookUp,
    );
    return found;
  }

  return {
    records,
    collectionNumber,
    collectionAt: (number) => ids[number]!,
    findMany,
    find: async (key, lookUp) => (await findMany([key], lookUp))[0] ?? [],
    add(key, place) {
      requireItemRecord({ key, place });
      payload[0] = 0;
      payload[1] = collectionNumber(place.collectionId);
      payload[2] = Math.floor(place.sort / TWO_32);
      payload[3] = place.sort - Math.floor(place.sort / TWO_32) * TWO_32;
      records.add(key, payload);
    },
    take() {
      const taken = records.take();
      return {
        size: taken.size,
        records: (from, to) => recordsOf(taken, placeOf, { from, to }),
        stored: (hashes) => records.stored(hashes),
        giveBack: () => records.giveBack(taken),
      };
    },
  };
}

function* recordsOf(
  taken: RecordLog,
  placeOf: (words: Uint32Array) => ItemPlace,
  range: { readonly from: number; readonly to: number },
): IterableIterator<ItemRecord> {
  const payload = new Uint32Array(4);
  for (let from = range.from; from < Math.min(range.to, taken.size); from++) {
    let key = new Uint8Array();
    taken.each(payload, (bytes) => (key = bytes.slice()), { from, to: from + 1 });
    yield { key, place: placeOf(payload) };
  }
}
