import type { OperationOptions } from '@holdfast/contracts';
import { collectionRecordKind } from '../tree/collection-record.ts';
import type { TreeReader } from '../tree/tree-reader.ts';
import { MOST_PLAIN_LINES } from './collection-tally.ts';
import { createCoverageReport } from './coverage-report.ts';
import type { CollectionLine } from './coverage-report.ts';
import type { SnapshotStore, StoredSnapshot } from './snapshot-store.ts';
import type { CoverageReport } from './snapshot.ts';

/** What a coverage report is read from. */
export interface CoverageReading {
  /** Has the lines that were stored. */
  readonly snapshots: SnapshotStore;
  /** Has the collections. */
  readonly trees: TreeReader;
}

/** Reads the coverage report of a snapshot: what is stored of it, and the collections that need no line of their own. */
export async function readCoverage(
  { snapshots, trees }: CoverageReading,
  { object, root }: StoredSnapshot,
  options: OperationOptions,
): Promise<CoverageReport> {
  const stored = await snapshots.coverage(object, options);
  const { whole } = stored;
  // Of those that are not told, nobody knows any more which had something to say.
  if (whole !== undefined && whole.leftOut.collections > 0) {
    const { covered, skipped, failed } = whole.totals;
    const untold = covered + skipped + failed - stored.collections.length - whole.leftOut.collections;
    return createCoverageReport({ ...stored, whole: { ...whole, leftOut: { ...whole.leftOut, covered: untold } } });
  }
  const told = new Set(stored.collections.map(({ id }) => id));
  const collections: CollectionLine[] = [...stored.collections];
  let room = MOST_PLAIN_LINES;
  for await (const { value } of trees.walk(root, collectionRecordKind, options)) {
    const { id, collection, items, pass } = value;
    if (told.has(id)) continue;
    if (room === 0) break;
    room -= 1;
    const count = items.root === undefined ? (pass?.count ?? 0) : items.count;
    const { name } = collection;
    collections.push({ id, name, state: 'covered', cause: undefined, items: count, atRest: true });
  }
  return createCoverageReport({ ...stored, collections });
}
