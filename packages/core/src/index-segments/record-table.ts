import { createFilter, mayContain } from './bloom-filter.ts';
import type { FilterShape } from './bloom-filter.ts';
import { damagedSegment } from './directory.ts';
import type { SegmentContent, SegmentDirectory } from './directory.ts';

/** The form of the records of one kind of segment. */
export interface RecordShape extends FilterShape {
  /** Length of a record in bytes; its key comes first. */
  readonly recordLength: number;
}

/** Sorted records of fixed length, kept as the bytes they came as. */
export interface RecordTable {
  /** How many records there are. */
  readonly count: number;
  /** The block a record lies in, and where. */
  locate(index: number): { readonly view: DataView; readonly offset: number };
  /** Number of the first record with that key, or -1. */
  findFirst(key: Uint8Array): number;
  /** Whether the record of that number has that key. */
  hasKey(index: number, key: Uint8Array): boolean;
  /** A copy of the key of a record. */
  keyAt(index: number): Uint8Array;
}

/** What {@link encodeRecords} makes of records. */
export interface EncodedRecords {
  /** How many different records there are. */
  readonly count: number;
  /** They, sorted, in blocks. */
  readonly blocks: readonly Uint8Array[];
  /** The first key of each block. */
  readonly fences: readonly Uint8Array[];
  /** The filter over all keys. */
  readonly filter: Uint8Array;
}

/** Records in a block, the last of a segment excepted. */
export const RECORDS_PER_BLOCK = 1024;

/** Sorts records that lie back to back, drops equal ones, and cuts them into blocks with fences and filter. */
export function encodeRecords(records: Uint8Array, shape: RecordShape): EncodedRecords {
  const { recordLength, keyLength } = shape;
  const sorted = sortRecords(records, recordLength);
  const blocks: Uint8Array[] = [];
  for (let start = 0; start < sorted.length; start += RECORDS_PER_BLOCK * recordLength) {
    blocks.push(sorted.slice(start, start + RECORDS_PER_BLOCK * recordLength));
  }
  return {
    count: sorted.length / recordLength,
    blocks,
    fences: blocks.map((block) => block.slice(0, keyLength)),
    filter: createFilter(sorted, recordLength, shape),
  };
}

/**
 * Checks blocks against their directory and makes them searchable, without a copy and without an object per record.
 *
 * @throws `ERR_OBJECT_DAMAGED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if lengths, count, order,
 *   fences or filter do not fit.
 */
export function openRecords(
  { blocks, filter }: SegmentContent,
  directory: SegmentDirectory,
  shape: RecordShape,
  object: string,
): RecordTable {
  const { count, fences } = directory;
  const { recordLength, keyLength } = shape;
  if (blocks.length !== Math.ceil(count / RECORDS_PER_BLOCK) || fences.length !== blocks.length) {
    throw damagedSegment(object, 'an index segment with another number of blocks than stated');
  }
  for (const [i, block] of blocks.entries()) {
    const records = i < blocks.length - 1 ? RECORDS_PER_BLOCK : count - i * RECORDS_PER_BLOCK;
    if (block.length !== records * recordLength) {
      throw damagedSegment(object, 'an index block of another length than stated');
    }
    const fence = fences[i]!;
    if (fence.length !== keyLength || compareAt(block, 0, fence, 0, keyLength) !== 0) {
      throw damagedSegment(object, 'an index block that does not begin with its fence');
    }
    const before = blocks[i - 1];
    if (before && compareAt(before, before.length - recordLength, block, 0, keyLength) > 0) {
      throw damagedSegment(object, 'an index segment that is not sorted');
    }
    checkBlock(block, filter, shape, object);
  }
  const views = blocks.map((block) => new DataView(block.buffer, block.byteOffset, block.byteLength));

  function compareKey(index: number, key: Uint8Array): number {
    return compareAt(blocks[index >>> 10]!, (index & 1023) * recordLength, key, 0, keyLength);
  }

  return {
    count,
    locate(index) {
      return { view: views[index >>> 10]!, offset: (index & 1023) * recordLength };
    },
    findFirst(key) {
      if (key.length !== keyLength || count === 0 || !mayContain(filter, key, 0, shape)) return -1;
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (compareKey(middle, key) < 0) low = middle + 1;
        else high = middle;
      }
      return low < count && compareKey(low, key) === 0 ? low : -1;
    },
    hasKey(index, key) {
      return index < count && compareKey(index, key) === 0;
    },
    keyAt(index) {
      const offset = (index & 1023) * recordLength;
      return Uint8Array.prototype.slice.call(blocks[index >>> 10]!, offset, offset + keyLength);
    },
  };
}

/**
 * Checks one block by itself.
 *
 * @throws `ERR_OBJECT_DAMAGED` if its length or its fence is another one, or it is not sorted.
 */
export function checkSorted(
  block: Uint8Array,
  expected: {
    readonly records: number;
    readonly fence: Uint8Array;
    readonly shape: RecordShape;
    readonly object: string;
  },
): void {
  const { records, fence, shape, object } = expected;
  const { recordLength, keyLength } = shape;
  if (records < 1 || block.length !== records * recordLength) {
    throw damagedSegment(object, 'an index block of another length than stated');
  }
  if (fence.length !== keyLength || compareAt(block, 0, fence, 0, keyLength) !== 0) {
    throw damagedSegment(object, 'an index block that does not begin with its fence');
  }
  for (let offset = recordLength; offset < block.length; offset += recordLength) {
    if (compareAt(block, offset - recordLength, block, offset, keyLength) > 0) {
      throw damagedSegment(object, 'an index segment that is not sorted');
    }
  }
}

function checkBlock(block: Uint8Array, filter: Uint8Array, shape: RecordShape, object: string): void {
  const { recordLength, keyLength } = shape;
  for (let offset = 0; offset < block.length; offset += recordLength) {
    if (offset > 0 && compareAt(block, offset - recordLength, block, offset, keyLength) > 0) {
      throw damagedSegment(object, 'an index segment that is not sorted');
    }
    if (!mayContain(filter, block, offset, shape)) {
      throw damagedSegment(object, 'an index segment whose filter lacks a key');
    }
  }
}

/** Sorts by all bytes of the records, so that equal input in any order gives equal output. */
function sortRecords(records: Uint8Array, recordLength: number): Uint8Array {
  const count = records.length / recordLength;
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  // Keys are as good as random: six bytes nearly always decide, and a float holds them exactly.
  const beginnings = Float64Array.from({ length: count }, (_, i) => {
    return view.getUint32(i * recordLength) * 0x1_00_00 + view.getUint16(i * recordLength + 4);
  });
  const order = Uint32Array.from({ length: count }, (_, i) => i).toSorted((a, b) => {
    const difference = beginnings[a]! - beginnings[b]!;
    return difference === 0
      ? compareAt(records, a * recordLength, records, b * recordLength, recordLength)
      : difference;
  });
  const sorted = new Uint8Array(records.length);
  let length = 0;
  for (const index of order) {
    const start = index * recordLength;
    const isRepeated = length > 0 && compareAt(sorted, length - recordLength, records, start, recordLength) === 0;
    if (isRepeated) continue;
    sorted.set(records.subarray(start, start + recordLength), length);
    length += recordLength;
  }
  return sorted.subarray(0, length);
}

/** Compares stretches of bytes. */
export function compareAt(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): number {
  for (let i = 0; i < length; i++) {
    const difference = a[atA + i]! - b[atB + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
