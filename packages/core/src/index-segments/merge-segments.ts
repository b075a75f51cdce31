import type { OperationOptions } from '@holdfast/contracts';
import { compareBytes, fromHex } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { BLOB_SHAPE, listedPack } from './blob-segment.ts';
import { damagedSegment, encodeDirectory } from './directory.ts';
import type { SegmentContent } from './directory.ts';
import { ITEM_SHAPE } from './item-segment.ts';
import { mergeRecords } from './merge-records.ts';
import type { OpenSegment, SegmentReader } from './open-segment.ts';
import type { PackTable } from './pack-table.ts';
import type { RecordShape } from './record-table.ts';

/** What a merge needs. */
export interface MergeOptions extends OperationOptions {
  /** Reads the segments. */
  readonly reader: SegmentReader;
  /** Names of all segments that the new one replaces: those merged, and those they replace. */
  readonly replaces: readonly string[];
}

/** Merges segments of blobs. Equal sets of records give equal blocks. */
export async function mergeBlobSegments(
  segments: readonly OpenSegment[],
  packs: PackTable,
  options: MergeOptions,
): Promise<SegmentContent> {
  const numbers = distinctNumbers(segments).toSorted((a, b) => compareBytes(packs.get(a).name, packs.get(b).name));
  const { blocks, filter, ...fields } = await merge(segments, numbers, BLOB_SHAPE, options);
  const listed = numbers.map((number) => listedPack(packs.get(number)));
  const replaces = options.replaces.map(fromHex);
  return { blocks, filter, directory: encodeDirectory({ segment: 'blobs', replaces, ...fields }, { packs: listed }) };
}

/** Merges segments of items. Equal sets of records give equal blocks. */
export async function mergeItemSegments(
  segments: readonly OpenSegment[],
  collectionAt: (number: number) => string,
  options: MergeOptions,
): Promise<SegmentContent> {
  const ids = new Map(distinctNumbers(segments).map((number) => [collectionAt(number), number]));
  const collections = [...ids.keys()].toSorted();
  const numbers = collections.map((id) => ids.get(id)!);
  const { blocks, filter, ...fields } = await merge(segments, numbers, ITEM_SHAPE, options);
  const replaces = options.replaces.map(fromHex);
  return { blocks, filter, directory: encodeDirectory({ segment: 'items', replaces, ...fields }, { collections }) };
}

function distinctNumbers(segments: readonly OpenSegment[]): number[] {
  const numbers = new Set<number>();
  for (const segment of segments) for (const number of segment.numbers) numbers.add(number);
  return [...numbers];
}

/** @param numbers - Those of all segments that stand in the new one, in the order in which it lists them. */
function merge(
  segments: readonly OpenSegment[],
  numbers: readonly number[],
  shape: RecordShape,
  { reader, signal }: MergeOptions,
): ReturnType<typeof mergeRecords> {
  const places = new Map(numbers.map((number, place) => [number, place]));
  const most = segments.reduce((sum, { count }) => sum + count, 0);
  const renumbered = segments.map((segment) => {
    const own = Uint32Array.from(segment.numbers, (number) => places.get(number)!);
    return renumber(reader.blocks(segment, shape, { signal }), segment, own, shape);
  });
  return mergeRecords(renumbered, most, shape);
}

/** What a directory lists is sorted, so new numbers leave the order of records as it is. */
async function* renumber(
  blocks: AsyncIterable<Uint8Array>,
  { object }: OpenSegment,
  numbers: Uint32Array,
  { recordLength, keyLength }: RecordShape,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const read of blocks) {
    const block = read.slice();
    const view = new DataView(block.buffer);
    for (let offset = keyLength; offset < block.length; offset += recordLength) {
      const number = numbers[view.getUint32(offset)];
      if (number === undefined) throw damagedSegment(object, 'an index record with a number out of range');
      view.setUint32(offset, number);
    }
    yield block;
    // Whoever asked for the next one is done with it.
    freeBytes(block);
  }
}
