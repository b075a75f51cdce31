import type { Collection } from '@holdfast/contracts';
import { createCollectionTally } from '../snapshot/collection-tally.ts';
import { createCoverageReport } from '../snapshot/coverage-report.ts';
import type { CollectionCoverage, CoverageReport } from '../snapshot/snapshot.ts';
import type { BackupContext } from './backup-context.ts';
import type { CollectionState } from './collection-state.ts';

/** What the run has covered so far. */
export function coverageOf(context: BackupContext): CoverageReport {
  const { collections, quiet, skipped, unlisted, failures, omitted } = context;
  const causes = new Map(unlisted.map(({ collection, error }) => [collection.id, error.code]));
  const tally = createCollectionTally();
  for (const state of collections.values()) tally.add(lineOf(context, state, causes.get(state.collection.id)));
  tally.addPlain(quiet.size, quiet);
  for (const { collection, cause } of skipped.values()) tally.add(notCovered(collection, 'skipped', cause));
  for (const { collection, error } of unlisted) {
    if (!collections.has(collection.id) && !quiet.has(collection.id))
      tally.add(notCovered(collection, 'failed', error.code));
  }
  const { lines, counts, items, leftOut } = tally;
  const { total, lost } = omitted;
  return createCoverageReport({
    collections: lines,
    failures: failures.lines,
    omitted: omitted.lines,
    whole: {
      totals: { ...counts, items, failedItems: failures.total, omittedParts: total, lostParts: lost },
      leftOut: {
        collections: leftOut.telling,
        covered: leftOut.plain,
        failures: failures.total - failures.lines.length,
        omitted: total - omitted.lines.length,
      },
    },
  });
}

function lineOf(
  { failures, omitted }: BackupContext,
  { collection, items, pass, failure, gone, atRest }: CollectionState,
  unlisted: string | undefined,
): CollectionCoverage {
  if (gone) return notCovered(collection, 'skipped', 'vanished');
  const { id, name } = collection;
  const cause = failure ?? unlisted;
  return {
    id,
    name,
    state: cause === undefined ? 'covered' : 'failed',
    cause,
    items: (items ?? pass?.root)?.count ?? 0,
    failed: failures.countOf(id),
    omitted: omitted.countOf(id),
    atRest: failure === undefined && atRest,
  };
}

function notCovered({ id, name }: Collection, state: 'skipped' | 'failed', cause: string): CollectionCoverage {
  return { id, name, state, cause, items: 0, failed: 0, omitted: 0, atRest: false };
}
