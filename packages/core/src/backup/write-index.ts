import type { OperationOptions } from '@holdfast/contracts';
import { encodeBlobSegment } from '../index-segments/blob-segment.ts';
import type { SegmentContent } from '../index-segments/directory.ts';
import { encodeItemSegment } from '../index-segments/item-segment.ts';
import { RECORD_SEGMENTS } from '../index-segments/merge-plan.ts';
import { encodeSnapshotSegment } from '../index-segments/snapshot-segment.ts';
import type { IndexStore } from '../repository/index-store.ts';
import { mergeIndex } from '../repository/merge-index.ts';
import { snapshotHash } from '../snapshot/snapshot-store.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import type { BackupContext } from './backup-context.ts';

/** A segment for snapshots alone is written when so many are in none. */
const MOST_UNLISTED = 16;

/** What was taken out of an index to be written. */
interface Taken<Entry> {
  readonly size: number;
  records(from: number, to: number): IterableIterator<Entry>;
  stored(hashes: Iterable<string>): void;
  giveBack(): void;
}

/**
 * Stores what is new in the index. Runs of one open repository share it, so only one at a time: what one has taken is
 * stored before another commits. What could not be stored counts as new again. Then segments are merged, as far as
 * that is due.
 *
 * @param context - The run.
 * @param unlisted - Snapshots that no segment mentions yet. Those that one mentions now are taken out.
 */
export async function writeIndex(
  { vault, itemIndex, options }: BackupContext,
  unlisted: StoredSnapshot[],
): Promise<void> {
  const { index, logger } = vault;
  const release = await index.writing.acquire(options);
  try {
    const blobs = await writeTaken(index, index.blobs.take(), encodeBlobSegment, options);
    const items = await writeTaken(index, itemIndex.take(), encodeItemSegment, options);
    const snapshots = await writeSummaries(index, unlisted, { due: blobs > 0, ...options });
    if (blobs + items + snapshots > 0) await mergeIndex(index, { blobs, items, snapshots }, { ...options, logger });
  } finally {
    release();
  }
}

/** Returns how many bytes were written. */
async function writeTaken<Entry>(
  index: IndexStore,
  taken: Taken<Entry>,
  encode: (records: Iterable<Entry>) => SegmentContent,
  options: OperationOptions,
): Promise<number> {
  const written: string[] = [];
  let bytes = 0;
  try {
    for (let from = 0; from < taken.size; from += RECORD_SEGMENTS.most) {
      const { hash, size } = await index.write(encode(taken.records(from, from + RECORD_SEGMENTS.most)), options);
      written.push(hash);
      bytes += size;
    }
  } catch (error) {
    taken.giveBack();
    throw error;
  }
  taken.stored(written);
  return bytes;
}

async function writeSummaries(
  index: IndexStore,
  unlisted: StoredSnapshot[],
  { due, ...options }: OperationOptions & { readonly due: boolean },
): Promise<number> {
  if (unlisted.length === 0 || (!due && unlisted.length < MOST_UNLISTED)) return 0;
  const snapshots = unlisted.splice(0).map((stored) => ({ object: snapshotHash(stored), snapshot: stored.text }));
  const { size } = await index.write(encodeSnapshotSegment(snapshots), options);
  return size;
}
