import { RepositoryError } from '@holdfast/contracts';
import type { Collection, Source } from '@holdfast/contracts';
import type { Budget } from '../repository/budget.ts';

/** Sees to it that the collections of a run fit into its memory. */
export interface CollectionLimit {
  /** Counts one; tells whether there is room for it. */
  admits(collection: Collection): boolean;
  /**
   * Ends the counting.
   *
   * @throws `ERR_MEMORY_EXCEEDED`, a {@link RepositoryError}, if there was none for some; it tells what is needed for all.
   */
  check(): void;
}

/** What a collection takes in the course of a run beside its texts, measured with a hundred thousand of them. */
const OVERHEAD = 1200;
/** So much of the memory of a run may be taken by its collections. */
const SHARE = 5 / 8;

/** Makes a {@link CollectionLimit}. */
export function createCollectionLimit(source: Source, { memory }: Pick<Budget, 'memory'>): CollectionLimit {
  let folders = 0;
  let taken = 0;
  return {
    admits({ id, name, metadata }) {
      folders += 1;
      taken += OVERHEAD + id.length + name.length;
      for (const value of Object.values(metadata)) taken += typeof value === 'string' ? value.length : 100;
      return taken <= memory * SHARE;
    },
    check() {
      if (taken <= memory * SHARE) return;
      const needed = Math.ceil(taken / SHARE);
      throw new RepositoryError('ERR_MEMORY_EXCEEDED', { folders, source: source.id, needed, memory });
    },
  };
}
