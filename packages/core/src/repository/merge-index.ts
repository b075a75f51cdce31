import type { Logger, OperationOptions } from '@holdfast/contracts';
import type { SegmentContent, SegmentKind } from '../index-segments/directory.ts';
import { planMerge, RECORD_SEGMENTS, SNAPSHOT_SEGMENTS } from '../index-segments/merge-plan.ts';
import { mergeBlobSegments, mergeItemSegments } from '../index-segments/merge-segments.ts';
import type { OpenSegment } from '../index-segments/open-segment.ts';
import { encodeSnapshotSegment } from '../index-segments/snapshot-segment.ts';
import { fromHex } from '../internal/bytes.ts';
import { isDamage } from '../objects/damage.ts';
import type { IndexStore } from './index-store.ts';

/** Bytes of segments that a run has written itself, by kind. */
export type OwnBytes = { readonly [Kind in SegmentKind]: number };

/** Options of {@link mergeIndex}. */
export interface MergeIndexOptions extends OperationOptions {
  /** Hears of segments that cannot be merged because one is damaged. */
  readonly logger: Logger;
}

/**
 * Merges segments of each kind, as far as that is due. The segments merged stay: until the new one is there they are
 * needed, and readers that know it skip them.
 */
export async function mergeIndex(index: IndexStore, own: OwnBytes, options: MergeIndexOptions): Promise<void> {
  for (const kind of ['blobs', 'items', 'snapshots'] as const) {
    const sizes = kind === 'snapshots' ? SNAPSHOT_SEGMENTS : RECORD_SEGMENTS;
    const chosen = planMerge(index.live(kind), own[kind], sizes);
    if (chosen.length < 2) continue;
    try {
      await index.write(await merge(index, kind, chosen, options), options);
    } catch (error) {
      // A look-up that needs the damaged one will name it; merging can wait.
      if (!isDamage(error)) throw error;
      options.logger.warn('index segments cannot be merged', { code: error.code });
    }
  }
}

async function merge(
  index: IndexStore,
  kind: SegmentKind,
  chosen: readonly OpenSegment[],
  { signal }: OperationOptions,
): Promise<SegmentContent> {
  const { reader } = index;
  // A merge holds its result twice, sealed and not.
  reader.release();
  // Also what those replace that are replaced now: whoever knows the new one need not look at any of them.
  const replaces = [...new Set(chosen.flatMap(({ hash }) => [hash, ...index.replacedBy(hash)]))].toSorted();
  switch (kind) {
    case 'blobs':
      return mergeBlobSegments(chosen, index.blobs.packTable, { reader, replaces, signal });
    case 'items':
      return mergeItemSegments(chosen, (number) => index.collectionAt(number), { reader, replaces, signal });
    case 'snapshots':
      return encodeSnapshotSegment(index.summariesIn(chosen), { replaces: replaces.map(fromHex) });
  }
}
