import { hasText, viewOf } from './bytes.ts';
import { formatError, HEADER_LENGTH, MAX_OBJECT_LENGTH } from './object-header.ts';
import type { ObjectName } from './object-header.ts';

/** Numbers of the kinds of blobs, as in a table and in a blob id. */
export const BLOB_KINDS: {
  /** Zero bytes that hide the length of an object. */
  readonly padding: 0;
  /** A piece of an item part. */
  readonly piece: 1;
  /** A tree node. */
  readonly node: 2;
  /** A block of an index segment. */
  readonly indexBlock: 3;
  /** The directory of an index segment. */
  readonly indexDirectory: 4;
  /** A snapshot. */
  readonly snapshot: 5;
  /** A removal record. */
  readonly removal: 6;
  /** A coverage report. */
  readonly report: 7;
  /** The domain that ids of pieces and nodes in this object were made with. */
  readonly domain: 8;
} = { padding: 0, piece: 1, node: 2, indexBlock: 3, indexDirectory: 4, snapshot: 5, removal: 6, report: 7, domain: 8 };

/** Bytes of a blob id. */
export const BLOB_ID_LENGTH = 32;
/** Blobs that an object may hold. */
export const MAX_BLOBS: number = 2 ** 20;
/** Bytes of one record of a table. */
export const RECORD_LENGTH = 44;
/** Bytes after the sealed table: its length and the end mark. */
export const TAIL_LENGTH = 12;
const END = 'TSAFDLOH';
const END_OFFSET = 4;
const KIND_OFFSET = 0;
const OFFSET_OFFSET = 4;
const LENGTH_OFFSET = 8;
const ID_OFFSET = 12;

/** Where a blob lies in its object. */
export interface BlobRecord {
  /** Kind of blob: one of {@link BLOB_KINDS}. */
  readonly kind: number;
  /** Its number in the object, from 0. */
  readonly ordinal: number;
  /** Offset of its sealed form from the start of the object. */
  readonly offset: number;
  /** Length of its sealed form. */
  readonly length: number;
  /** Its id, 32 bytes. */
  readonly id: Uint8Array;
}

/** Where the sealed table of an object lies. */
export interface TableRange {
  /** Offset from the start of the object. */
  readonly offset: number;
  /** Length in bytes. */
  readonly length: number;
}

/** Writes the table of an object. */
export function encodeTable(records: readonly BlobRecord[]): Uint8Array {
  const table = new Uint8Array(records.length * RECORD_LENGTH);
  const view = viewOf(table);
  for (const [index, record] of records.entries()) {
    const start = index * RECORD_LENGTH;
    view.setUint8(start + KIND_OFFSET, record.kind);
    view.setUint32(start + OFFSET_OFFSET, record.offset);
    view.setUint32(start + LENGTH_OFFSET, record.length);
    table.set(record.id, start + ID_OFFSET);
  }
  return table;
}

/** What {@link decodeTable} needs besides the table. */
export interface DecodeTableOptions extends ObjectName {
  /** Where the sealed table begins in the object, and so where the last blob ends. */
  readonly tableOffset: number;
  /** Bytes that sealing adds to each blob. */
  readonly overhead: number;
}

/** Reads an opened table, checks every record, and leaves out padding. */
export function decodeTable(table: Uint8Array, options: DecodeTableOptions): readonly BlobRecord[] {
  const { object, tableOffset, overhead } = options;
  const count = table.length / RECORD_LENGTH;
  if (!Number.isInteger(count) || count > MAX_BLOBS) throw formatError(object, 'its table has no possible length');
  const view = viewOf(table);
  const records: BlobRecord[] = [];
  let end = HEADER_LENGTH;
  for (let ordinal = 0; ordinal < count; ordinal += 1) {
    const start = ordinal * RECORD_LENGTH;
    const word = view.getUint32(start + KIND_OFFSET);
    const offset = view.getUint32(start + OFFSET_OFFSET);
    const length = view.getUint32(start + LENGTH_OFFSET);
    // The kind is the first byte of that word; the other three must be zero.
    if (word % 2 ** 24 !== 0) throw formatError(object, `record ${ordinal} of its table has bytes that must be zero`);
    if (offset !== end) throw formatError(object, `blob ${ordinal} does not follow the one before`);
    if (length < overhead) throw formatError(object, `blob ${ordinal} is too short`);
    end = offset + length;
    const kind = word / 2 ** 24;
    if (kind === BLOB_KINDS.padding) {
      if (overhead === 0) throw formatError(object, 'it has padding but no suite');
      continue;
    }
    records.push({ kind, ordinal, offset, length, id: table.subarray(start + ID_OFFSET, start + RECORD_LENGTH) });
  }
  if (end !== tableOffset) throw formatError(object, 'its last blob does not end where its table begins');
  return records;
}

/** The 12 bytes after a sealed table. */
export function encodeTail(tableLength: number): Uint8Array {
  const tail = new Uint8Array(TAIL_LENGTH);
  viewOf(tail).setUint32(0, tableLength);
  new TextEncoder().encodeInto(END, tail.subarray(END_OFFSET));
  return tail;
}

/**
 * Tells where the sealed table of an object lies, from its last 12 bytes.
 *
 * @param tail - The last 12 bytes of the object.
 * @param size - Length of the object.
 * @param options - Name of the object, for the error.
 * @throws `ERR_SEAL_FORMAT`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if this is no end of a sealed object.
 *
 * @example Reading a table by ranges
 * ```ts
 * import type { Destination } from '@holdfast/contracts';
 * import { openTableAt, tableRange } from '@holdfast/crypto';
 * import type { BlobRecord, Keyring } from '@holdfast/crypto';
 *
 * async function readTable(keyring: Keyring, store: Destination, object: string): Promise<readonly BlobRecord[]> {
 *   const { size } = await store.stat(object);
 *   const tail = await store.get(object, { range: { offset: size - 12, length: 12 } });
 *   const range = tableRange(tail, size, { object });
 *   const header = await store.get(object, { range: { offset: 0, length: 48 } });
 *   return openTableAt(keyring, header, await store.get(object, { range }), { object, offset: range.offset });
 * }
 * ```
 */
export function tableRange(tail: Uint8Array, size: number, { object }: ObjectName): TableRange {
  if (size > MAX_OBJECT_LENGTH) throw formatError(object, 'it is too long');
  if (size < HEADER_LENGTH + TAIL_LENGTH || tail.length !== TAIL_LENGTH) throw formatError(object, 'it is too short');
  if (!hasText(tail, END_OFFSET, END)) throw formatError(object, 'it does not end as one');
  const length = viewOf(tail).getUint32(0);
  const offset = size - TAIL_LENGTH - length;
  if (offset < HEADER_LENGTH) throw formatError(object, 'its table is longer than the object');
  return { offset, length };
}
