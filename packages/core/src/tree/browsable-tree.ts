import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { itemTrees } from './collection-record.ts';
import type { CollectionRecord } from './collection-record.ts';
import type { NodeReference } from './tree-record.ts';

/** The items of a collection as a reader sees them: in a checkpoint of a first run, what was told so far. */
export function browsableTree(
  record: CollectionRecord,
  places: readonly (BlobLocation | undefined)[],
): NodeReference | undefined {
  const { items, pass } = itemTrees(record, places);
  return items ?? pass;
}
