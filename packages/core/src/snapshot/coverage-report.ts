import { compareUtf8 } from '../tree/tree-key.ts';
import type { CollectionCoverage, CoverageReport, ItemFailure, PartOmission } from './snapshot.ts';

/** What a coverage report is made of: its counts follow from that. */
export interface CoverageLines {
  /** The collections, not yet counted. */
  readonly collections: readonly Omit<CollectionCoverage, 'failed' | 'omitted'>[];
  /** The items that failed. */
  readonly failures: readonly ItemFailure[];
  /** The parts that were omitted. */
  readonly omitted: readonly PartOmission[];
}

/** Makes a coverage report: counts what its lines say, and puts the collections in order of their ids. */
export function createCoverageReport({ collections, failures, omitted }: CoverageLines): CoverageReport {
  const failedOf = countByCollection(failures);
  const omittedOf = countByCollection(omitted);
  const withState = (state: CollectionCoverage['state']): number =>
    collections.filter((collection) => collection.state === state).length;
  return {
    totals: {
      covered: withState('covered'),
      skipped: withState('skipped'),
      failed: withState('failed'),
      items: collections.reduce((sum, { items }) => sum + items, 0),
      failedItems: failures.length,
      omittedParts: omitted.length,
      lostParts: omitted.filter(({ lost }) => lost).length,
    },
    collections: collections
      .map((collection) => ({
        ...collection,
        failed: failedOf.get(collection.id) ?? 0,
        omitted: omittedOf.get(collection.id) ?? 0,
      }))
      .toSorted((a, b) => compareUtf8(a.id, b.id)),
    failures: [...failures],
    omitted: [...omitted],
  };
}

function countByCollection(lines: readonly { readonly collection: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { collection } of lines) counts.set(collection, (counts.get(collection) ?? 0) + 1);
  return counts;
}
