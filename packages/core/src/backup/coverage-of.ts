import type { Collection } from '@holdfast/contracts';
import type { CoverageReport } from '../snapshot/snapshot.ts';
import type { BackupContext } from './backup-context.ts';
import type { CollectionState } from './collection-state.ts';

/** What the run has covered so far. */
export function coverageOf({ collections, skipped, failures, omitted }: BackupContext): CoverageReport {
  const itemsOf = ({ items, pass }: CollectionState): number => (items ?? pass?.root)?.count ?? 0;
  return {
    collections: [
      ...[...collections.values()]
        .filter(({ gone }) => !gone)
        .map((state) => ({
          ...named(state.collection),
          state: state.failure === undefined ? ('covered' as const) : ('failed' as const),
          cause: state.failure,
          items: itemsOf(state),
          atRest: state.failure === undefined && state.atRest,
        })),
      ...[...skipped.values()].map(({ collection, cause }) => ({
        ...named(collection),
        state: 'skipped' as const,
        cause,
        items: 0,
        atRest: false,
      })),
    ],
    failures: [...failures],
    omitted: [...omitted],
  };
}

function named({ id, name }: Collection): { readonly id: string; readonly name: string } {
  return { id, name };
}
