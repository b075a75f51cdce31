import type { Collection } from '@holdfast/contracts';
import { createCoverageReport } from '../snapshot/coverage-report.ts';
import type { CoverageLines } from '../snapshot/coverage-report.ts';
import type { CoverageReport } from '../snapshot/snapshot.ts';
import type { BackupContext } from './backup-context.ts';
import type { CollectionState } from './collection-state.ts';

type Line = CoverageLines['collections'][number];

/** What the run has covered so far. */
export function coverageOf(context: BackupContext): CoverageReport {
  const { collections, skipped, unlisted, failures, omitted } = context;
  const unlistedCauses = new Map(unlisted.map(({ collection, error }) => [collection.id, error.code]));
  const lines: Line[] = [...collections.values()].map((state) =>
    lineOf(state, unlistedCauses.get(state.collection.id)),
  );
  for (const { collection, cause } of skipped.values()) lines.push(notCovered(collection, 'skipped', cause));
  for (const { collection, error } of unlisted) {
    if (!collections.has(collection.id)) lines.push(notCovered(collection, 'failed', error.code));
  }
  return createCoverageReport({ collections: lines, failures, omitted });
}

function lineOf(
  { collection, items, pass, failure, gone, atRest }: CollectionState,
  unlisted: string | undefined,
): Line {
  if (gone) return notCovered(collection, 'skipped', 'vanished');
  const { id, name } = collection;
  const cause = failure ?? unlisted;
  const state = cause === undefined ? 'covered' : 'failed';
  return { id, name, state, cause, items: (items ?? pass?.root)?.count ?? 0, atRest: failure === undefined && atRest };
}

function notCovered({ id, name }: Collection, state: 'skipped' | 'failed', cause: string): Line {
  return { id, name, state, cause, items: 0, atRest: false };
}
