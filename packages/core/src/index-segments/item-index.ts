import type { OperationOptions } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import { decodeItemSegment, encodeItemSegment } from './item-segment.ts';
import type { ItemPlace, ItemRecord, ItemSegment } from './item-segment.ts';

/** Where items were stored: what segments say, and what was added since. */
export interface ItemIndex {
  /** All places of an item, each once, those added last first. */
  find(key: Uint8Array, options?: OperationOptions): Promise<ItemPlace[]>;
  /** The same of many items, in the order of the keys. Many at once cost less than one by one. */
  findMany(keys: readonly Uint8Array[], options?: OperationOptions): Promise<ItemPlace[][]>;
  /** Adds a place of an item; those it had stay. */
  add(key: Uint8Array, place: ItemPlace): void;
  /** Adds all records of a segment. */
  addSegment(segment: ItemSegment): void;
  /**
   * Gives what was added by `add` since the last take, for a segment to be written. It stays findable, as bytes.
   *
   * @throws A `RangeError` if one of them does not have the form of the format; then nothing is taken.
   */
  takeRecent(): readonly ItemRecord[];
}

/** Makes an index that knows nothing. */
export function createItemIndex(): ItemIndex {
  const segments: ItemSegment[] = [];
  let recent = new Map<string, ItemRecord[]>();

  function find(key: Uint8Array): ItemPlace[] {
    const added = recent.size > 0 ? recent.get(toHex(key)) : undefined;
    const places = added ? added.map(({ place }) => place).toReversed() : [];
    for (let i = segments.length - 1; i >= 0; i--) {
      for (const place of segments[i]!.find(key)) places.push(place);
    }
    return withoutRepetitions(places);
  }

  return {
    find: async (key) => find(key),
    findMany: async (keys) => keys.map((key) => find(key)),
    add(key, place) {
      const name = toHex(key);
      const present = recent.get(name);
      if (present) present.push({ key, place });
      else recent.set(name, [{ key, place }]);
    },
    addSegment(segment) {
      segments.push(segment);
    },
    takeRecent() {
      const taken = [...recent.values()].flat();
      if (taken.length === 0) return taken;
      // Keys are made of source and item, so a segment that stays in memory needs no source.
      segments.push(decodeItemSegment(encodeItemSegment('', taken), { object: 'index in memory' }));
      recent = new Map();
      return taken;
    },
  };
}

function withoutRepetitions(places: readonly ItemPlace[]): ItemPlace[] {
  return places.filter(
    (place, i) =>
      places.findIndex((other) => other.collectionId === place.collectionId && other.sort === place.sort) === i,
  );
}
