import { compareBytes } from '../internal/bytes.ts';
import { decodeCbor, encodeCbor } from '../internal/cbor.ts';
import type { CborValue } from '../internal/cbor.ts';
import { damagedSegment, decodeDirectory, encodeDirectory, isArray, isMap } from './directory.ts';
import type { DecodeSegmentOptions, EncodeSegmentOptions, SegmentContent, SegmentDirectory } from './directory.ts';

/** One record of a segment of snapshots. */
export interface SnapshotRecord {
  /** Name of the snapshot object, 32 bytes. */
  readonly object: Uint8Array;
  /** The JSON of that snapshot. */
  readonly snapshot: string;
}

/** A segment that tells what snapshots say, so that they are listed without reading each. */
export interface SnapshotSegment extends Iterable<SnapshotRecord> {
  /** How many records it has. */
  readonly count: number;
  /** Names of older segments whose records are all in this one. */
  readonly replaces: readonly Uint8Array[];
}

const NAME_LENGTH = 32;

/**
 * Makes a segment of snapshots from records in any order. Of records of one object the last is kept. Without records it
 * has no block.
 *
 * @throws A `RangeError` if a name is not 32 bytes long.
 */
export function encodeSnapshotSegment(
  records: Iterable<SnapshotRecord>,
  { replaces = [] }: EncodeSegmentOptions = {},
): SegmentContent {
  const sorted = [...records].toSorted((a, b) => compareBytes(a.object, b.object));
  if (sorted.some(({ object }) => object.length !== NAME_LENGTH)) {
    throw new RangeError('The name of a snapshot object is 32 bytes long.');
  }
  const kept = sorted.filter((record, i) => {
    const next = sorted[i + 1];
    return !next || compareBytes(record.object, next.object) !== 0;
  });
  return {
    filter: new Uint8Array(0),
    blocks: kept.length === 0 ? [] : [encodeCbor(kept.map(({ object, snapshot }) => ({ object, snapshot })))],
    directory: encodeDirectory({
      segment: 'snapshots',
      count: kept.length,
      fences: kept.slice(0, 1).map(({ object }) => object),
      replaces,
    }),
  };
}

/**
 * Opens a segment of snapshots.
 *
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if it is of a newer
 *   version; `ERR_OBJECT_DAMAGED` if anything in it is malformed.
 */
export function decodeSnapshotSegment(content: SegmentContent, { object }: DecodeSegmentOptions): SnapshotSegment {
  const directory = decodeDirectory(content.directory, { object });
  const records = decodeSnapshotBlocks(content.blocks, directory, object);
  return { count: directory.count, replaces: directory.replaces, [Symbol.iterator]: () => records.values() };
}

/**
 * Opens the blocks of a segment of snapshots.
 *
 * @throws `ERR_OBJECT_DAMAGED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if anything is malformed.
 */
export function decodeSnapshotBlocks(
  read: readonly Uint8Array[],
  { segment, count, fences }: SegmentDirectory,
  object: string,
): readonly SnapshotRecord[] {
  if (segment !== 'snapshots') throw damagedSegment(object, 'an index segment of another kind');
  const blocks = count === 0 ? 0 : 1;
  if (read.length !== blocks || fences.length !== blocks) {
    throw damagedSegment(object, 'an index segment with another number of blocks than stated');
  }
  const records = read.flatMap((block) => decodeBlock(block, object));
  if (records.length !== count) throw damagedSegment(object, 'an index segment with another count than stated');
  for (const [i, record] of records.entries()) {
    const order =
      i === 0 ? compareBytes(fences[0]!, record.object) : compareBytes(records[i - 1]!.object, record.object);
    if (i === 0 ? order !== 0 : order >= 0) throw damagedSegment(object, 'an index segment that is not sorted');
  }
  return records;
}

function decodeBlock(block: Uint8Array, object: string): SnapshotRecord[] {
  let value: CborValue;
  try {
    value = decodeCbor(block);
  } catch (error) {
    throw damagedSegment(object, 'an index block that is not CBOR', error);
  }
  if (!isArray(value)) throw damagedSegment(object, 'an index block that is not an array');
  return value.map((record) => {
    const { object: name, snapshot } = isMap(record) ? record : {};
    if (!(name instanceof Uint8Array) || name.length !== NAME_LENGTH || typeof snapshot !== 'string') {
      throw damagedSegment(object, 'an index record that is malformed');
    }
    return { object: name, snapshot };
  });
}
