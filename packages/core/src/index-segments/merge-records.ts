import { addToFilter, emptyFilter } from './bloom-filter.ts';
import { compareAt, RECORDS_PER_BLOCK } from './record-table.ts';
import type { EncodedRecords, RecordShape } from './record-table.ts';

/** Blocks of one segment, in order, with numbers that mean the same in all of them. */
export type RecordBlocks = AsyncIterable<Uint8Array>;

interface Cursor {
  readonly iterator: AsyncIterator<Uint8Array>;
  block: Uint8Array;
  offset: number;
}

/**
 * Merges sorted records of several segments into one, block by block, and drops equal ones. Of each segment as much is in
 * memory as it reads at a time, and the result as a whole.
 *
 * @param most - Records of all segments together, at least.
 */
export async function mergeRecords(
  segments: readonly RecordBlocks[],
  most: number,
  shape: RecordShape,
): Promise<EncodedRecords> {
  const { recordLength, keyLength } = shape;
  const filter = emptyFilter(most);
  const blocks: Uint8Array[] = [];
  let block = new Uint8Array(RECORDS_PER_BLOCK * recordLength);
  let length = 0;
  let count = 0;

  function push(from: Uint8Array, offset: number): void {
    if (length === block.length) {
      blocks.push(block);
      block = new Uint8Array(RECORDS_PER_BLOCK * recordLength);
      length = 0;
    }
    block.set(from.subarray(offset, offset + recordLength), length);
    length += recordLength;
    count += 1;
    addToFilter(filter, from, offset, shape);
  }

  /** Whether the record is the one that was pushed last. */
  function isRepeated(from: Uint8Array, offset: number): boolean {
    return count > 0 && compareAt(block, length - recordLength, from, offset, recordLength) === 0;
  }

  const cursors: Cursor[] = [];
  for (const segment of segments) {
    const cursor = { iterator: segment[Symbol.asyncIterator](), block: new Uint8Array(), offset: 0 };
    if (await refill(cursor)) cursors.push(cursor);
  }
  while (cursors.length > 0) {
    let least = 0;
    for (let i = 1; i < cursors.length; i++) {
      const [a, b] = [cursors[i]!, cursors[least]!];
      if (compareAt(a.block, a.offset, b.block, b.offset, recordLength) < 0) least = i;
    }
    const cursor = cursors[least]!;
    if (!isRepeated(cursor.block, cursor.offset)) push(cursor.block, cursor.offset);
    cursor.offset += recordLength;
    if (cursor.offset === cursor.block.length && !(await refill(cursor))) cursors.splice(least, 1);
  }
  if (length > 0) blocks.push(block.subarray(0, length));
  return { count, blocks, fences: blocks.map((one) => one.slice(0, keyLength)), filter };
}

async function refill(cursor: Cursor): Promise<boolean> {
  const next = await cursor.iterator.next();
  if (next.done === true) return false;
  cursor.block = next.value;
  cursor.offset = 0;
  return true;
}
