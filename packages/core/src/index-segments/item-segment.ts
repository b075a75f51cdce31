import { damagedSegment, decodeDirectory, encodeDirectory, isArray } from './directory.ts';
import type { DecodedDirectory, DecodeSegmentOptions, EncodeSegmentOptions, SegmentContent } from './directory.ts';
import { encodeRecords, openRecords } from './record-table.ts';
import type { RecordShape } from './record-table.ts';
import { createRecordWriter, setBytes } from './record-writer.ts';

/** Where an item was stored at some time. The trees say whether it is there now. */
export interface ItemPlace {
  /** Id of the collection, as the source gave it. */
  readonly collectionId: string;
  /** The item's sort time. */
  readonly sort: number;
}

/** One record of a segment of items. */
export interface ItemRecord {
  /** The keyed hash of the item's id, 16 bytes. */
  readonly key: Uint8Array;
  /** Where that item was stored. */
  readonly place: ItemPlace;
}

/** A segment that tells in which collections items were stored, kept as bytes. */
export interface ItemSegment {
  /** How many records it has. */
  readonly count: number;
  /** Names of older segments whose records are all in this one. */
  readonly replaces: readonly Uint8Array[];
  /** All places of an item; none if the segment does not know it. */
  find(key: Uint8Array): ItemPlace[];
  /** All records, in ascending order of keys. */
  entries(): IterableIterator<ItemRecord>;
}

/** The form of records of items. */
export const ITEM_SHAPE: RecordShape = { recordLength: 28, keyLength: 16, hashes: 4 };

/**
 * Makes a segment of items, of any sources, from records in any order. Equal records are kept once, and records and
 * collections are sorted, so that equal sets of records give equal bytes.
 *
 * @throws A `RangeError` if a key is not 16 bytes long or a sort time is not a safe integer.
 */
export function encodeItemSegment(
  records: Iterable<ItemRecord>,
  { replaces = [] }: EncodeSegmentOptions = {},
): SegmentContent {
  const writer = createRecordWriter(ITEM_SHAPE.recordLength);
  const numbers = new Map<string, number>();
  for (const record of records) {
    requireItemRecord(record);
    const { key, place } = record;
    const number = numbers.get(place.collectionId) ?? numbers.size;
    numbers.set(place.collectionId, number);
    const offset = writer.add();
    const view = writer.view();
    setBytes(view, offset, key);
    view.setUint32(offset + 16, number);
    view.setBigInt64(offset + 20, BigInt(place.sort));
  }

  const arrived = [...numbers.keys()];
  const collections = arrived.toSorted();
  const positions = new Map(collections.map((id, position) => [id, position]));
  const view = writer.view();
  for (let offset = 16; offset < writer.bytes().length; offset += ITEM_SHAPE.recordLength) {
    view.setUint32(offset, positions.get(arrived[view.getUint32(offset)]!)!);
  }
  const { blocks, filter, ...fields } = encodeRecords(writer.bytes(), ITEM_SHAPE);
  return { blocks, filter, directory: encodeDirectory({ segment: 'items', replaces, ...fields }, { collections }) };
}

/**
 * Opens a segment of items. The bytes are kept, so they must not change afterwards.
 *
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if it is of a newer
 *   version; `ERR_OBJECT_DAMAGED` if anything in it is malformed.
 */
export function decodeItemSegment(content: SegmentContent, { object }: DecodeSegmentOptions): ItemSegment {
  const directory = decodeDirectory(content.directory, { object });
  if (directory.segment !== 'items') throw damagedSegment(object, 'an index segment of another kind');
  const collections = decodeCollections(directory, object);
  const table = openRecords(content, directory, ITEM_SHAPE, object);

  function placeAt(index: number): ItemPlace {
    const { view, offset } = table.locate(index);
    const sort = view.getInt32(offset + 20) * 0x1_00_00_00_00 + view.getUint32(offset + 24);
    return { collectionId: collections[view.getUint32(offset + 16)]!, sort };
  }

  for (let i = 0; i < table.count; i++) {
    const { view, offset } = table.locate(i);
    if (view.getUint32(offset + 16) >= collections.length || !Number.isSafeInteger(placeAt(i).sort)) {
      throw damagedSegment(object, 'an index record with a number out of range');
    }
  }

  return {
    count: table.count,
    replaces: directory.replaces,
    find(key) {
      const places: ItemPlace[] = [];
      const first = table.findFirst(key);
      if (first === -1) return places;
      for (let i = first; table.hasKey(i, key); i++) places.push(placeAt(i));
      return places;
    },
    *entries() {
      for (let i = 0; i < table.count; i++) yield { key: table.keyAt(i), place: placeAt(i) };
    },
  };
}

/** @throws A `RangeError` if a key is not 16 bytes long or a sort time is not a safe integer. */
export function requireItemRecord({ key, place }: ItemRecord): void {
  if (key.length !== ITEM_SHAPE.keyLength) throw new RangeError('The key of an item is 16 bytes long.');
  if (!Number.isSafeInteger(place.sort)) throw new RangeError('A sort time is a safe integer.');
}

/** The collections that a directory lists. */
export function decodeCollections({ members: { collections } }: DecodedDirectory, object: string): readonly string[] {
  if (!isArray(collections)) throw damagedSegment(object, 'an index directory without collections');
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (!collections.every(isText)) throw damagedSegment(object, 'an index directory with a malformed collection');
  return collections;
}
