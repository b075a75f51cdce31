import type { OperationOptions } from '@holdfast/contracts';
import { mayContain } from './bloom-filter.ts';
import type { OpenSegment, SegmentReader } from './open-segment.ts';
import { compareAt } from './record-table.ts';
import type { RecordShape } from './record-table.ts';

/** What {@link searchSegment} needs. */
export interface SegmentSearch extends OperationOptions {
  /** Reads blocks. */
  readonly reader: SegmentReader;
  /** The form of the records. */
  readonly shape: RecordShape;
  /** Told of each record that has one of the keys: the number of the key, and where the record is. */
  readonly found: (wanted: number, block: Uint8Array, offset: number) => void;
}

/** Searches a segment for the keys of those numbers; each block that may have one of them is read once. */
export async function searchSegment(
  segment: OpenSegment,
  keys: readonly Uint8Array[],
  wanted: Uint32Array,
  { reader, shape, found, signal }: SegmentSearch,
): Promise<void> {
  const choose = (filter: Uint8Array): Map<number, number[]> => chooseBlocks(segment, keys, wanted, filter, shape);
  const byBlock = await reader.withFilter(segment, wanted.length, choose, { signal });
  for (const [number, members] of byBlock) {
    const use = (block: Uint8Array): void => {
      for (const member of members) searchBlock(block, keys[member]!, shape, (offset) => found(member, block, offset));
    };
    await reader.withBlock(segment, number, use, { shape, signal });
  }
}

/** The numbers of the keys that a block may have, by the number of the block. */
function chooseBlocks(
  segment: OpenSegment,
  keys: readonly Uint8Array[],
  wanted: Uint32Array,
  filter: Uint8Array,
  shape: RecordShape,
): Map<number, number[]> {
  const byBlock = new Map<number, number[]>();
  for (const number of wanted) {
    const key = keys[number]!;
    if (key.length !== shape.keyLength || !mayContain(filter, key, 0, shape)) continue;
    // A key that is also a fence may stand at the end of the block before.
    const first = firstFence(segment, key, shape);
    for (let block = Math.max(0, first - 1); block < segment.blocks; block++) {
      if (compareFence(segment, block, key, shape) > 0) break;
      const others = byBlock.get(block);
      if (others === undefined) byBlock.set(block, [number]);
      else others.push(number);
    }
  }
  return byBlock;
}

/** The first block whose fence is not before the key. */
function firstFence(segment: OpenSegment, key: Uint8Array, shape: RecordShape): number {
  let low = 0;
  let high = segment.blocks;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareFence(segment, middle, key, shape) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareFence({ fences }: OpenSegment, block: number, key: Uint8Array, { keyLength }: RecordShape): number {
  return compareAt(fences, block * keyLength, key, 0, keyLength);
}

function searchBlock(block: Uint8Array, key: Uint8Array, shape: RecordShape, found: (offset: number) => void): void {
  const { recordLength, keyLength } = shape;
  const count = block.length / recordLength;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(block, middle * recordLength, key, 0, keyLength) < 0) low = middle + 1;
    else high = middle;
  }
  for (; low < count && compareAt(block, low * recordLength, key, 0, keyLength) === 0; low++) found(low * recordLength);
}
