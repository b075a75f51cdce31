import { compareUtf8 } from '../tree/tree-key.ts';
import type {
  CollectionCoverage,
  CoverageLeftOut,
  CoverageReport,
  CoverageTotals,
  ItemFailure,
  PartOmission,
} from './snapshot.ts';

/** A line on a collection; its counts follow from the other lines, unless they are given. */
export type CollectionLine = Omit<CollectionCoverage, 'failed' | 'omitted'> &
  Partial<Pick<CollectionCoverage, 'failed' | 'omitted'>>;

/** What a coverage report is made of: its counts follow from that. */
export interface CoverageLines {
  /** The collections. */
  readonly collections: readonly CollectionLine[];
  /** The items that failed. */
  readonly failures: readonly ItemFailure[];
  /** The parts that were omitted. */
  readonly omitted: readonly PartOmission[];
  /** The totals and what is left out, where these are not all lines. */
  readonly whole?: { readonly totals: CoverageTotals; readonly leftOut: CoverageLeftOut } | undefined;
}

/** Makes a coverage report: counts what its lines say, and puts the collections in order of their ids. */
export function createCoverageReport({ collections, failures, omitted, whole }: CoverageLines): CoverageReport {
  const failedOf = countByCollection(failures);
  const omittedOf = countByCollection(omitted);
  const withState = (state: CollectionCoverage['state']): number =>
    collections.filter((collection) => collection.state === state).length;
  return {
    totals: whole?.totals ?? {
      covered: withState('covered'),
      skipped: withState('skipped'),
      failed: withState('failed'),
      items: collections.reduce((sum, { items }) => sum + items, 0),
      failedItems: failures.length,
      omittedParts: omitted.length,
      lostParts: omitted.filter(({ lost }) => lost).length,
    },
    collections: collections
      .map(({ id, name, state, cause, items, atRest, failed, omitted: parts }) => ({
        id,
        name,
        state,
        cause,
        items,
        atRest,
        failed: failed ?? failedOf.get(id) ?? 0,
        omitted: parts ?? omittedOf.get(id) ?? 0,
      }))
      .toSorted((a, b) => compareUtf8(a.id, b.id)),
    failures: [...failures],
    omitted: [...omitted],
    leftOut: whole?.leftOut ?? { collections: 0, covered: 0, failures: 0, omitted: 0 },
  };
}

function countByCollection(lines: readonly { readonly collection: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { collection } of lines) counts.set(collection, (counts.get(collection) ?? 0) + 1);
  return counts;
}
