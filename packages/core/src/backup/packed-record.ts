import { concatBytes } from '../internal/bytes.ts';
import { createCborEncoder } from '../internal/cbor.ts';
import { decodeTreeCbor } from '../tree/node.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';

/**
 * An item record as bytes. Many of them wait for the next checkpoint; as objects, with the texts that theirs are slices of,
 * they would take ten times as much, and the garbage collector would copy all of it.
 */
export interface PackedRecord {
  /** Its CBOR. */
  readonly bytes: Uint8Array;
  /** The blob ids in it, back to back. */
  readonly ids: Uint8Array;
}

/** Makes what packs records. Those of one packer share memory. */
export function createRecordPacker(): (record: ItemRecord) => PackedRecord {
  const encode = createCborEncoder();
  return (record) => ({
    bytes: encode(itemRecordKind.toCbor(record)),
    ids: concatBytes(record.parts.flatMap(({ blobs }) => blobs)),
  });
}

/** Makes a record of its bytes again. */
export function unpackRecord({ bytes }: PackedRecord): ItemRecord {
  return itemRecordKind.fromCbor(decodeTreeCbor(bytes, OWN), OWN);
}

const OWN = 'a record of this run';
