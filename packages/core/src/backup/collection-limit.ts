import { RepositoryError } from '@holdfast/contracts';
import type { Collection, Source } from '@holdfast/contracts';
import type { Budget } from '../repository/budget.ts';
import type { QuietCollections } from './quiet-collections.ts';

/** Sees to it that the collections of a run fit into its memory. */
export interface CollectionLimit {
  /** Counts one; tells whether there is room for it. */
  admits(): boolean;
  /** Counts what one takes that is not quiet. */
  add(collection: Collection): void;
  /**
   * Checks what was counted.
   *
   * @throws `ERR_MEMORY_EXCEEDED`, a {@link RepositoryError}, if there was no room for some; it tells what is needed for all.
   */
  check(): void;
}

/** What a collection that is not quiet takes in the course of a run beside its texts, measured with a hundred thousand of them. */
const OVERHEAD = 1200;
/** So much of the memory of a run may be taken by its collections. */
const SHARE = 5 / 8;

/** Makes a {@link CollectionLimit}. */
export function createCollectionLimit(
  source: Source,
  quiet: QuietCollections,
  { memory }: Pick<Budget, 'memory'>,
): CollectionLimit {
  let folders = 0;
  let admitted = 0;
  let others = 0;
  const hasRoom = (): boolean => others + quiet.memory <= memory * SHARE;
  return {
    admits() {
      folders += 1;
      if (!hasRoom()) return false;
      admitted = folders;
      return true;
    },
    add({ id, name, metadata }) {
      others += OVERHEAD + id.length + name.length;
      for (const value of Object.values(metadata)) others += typeof value === 'string' ? value.length : 100;
    },
    check() {
      if (hasRoom()) return;
      // Those that there was no room for are taken to be like those that there was.
      const needed = Math.ceil((((others + quiet.memory) / SHARE) * folders) / admitted);
      throw new RepositoryError('ERR_MEMORY_EXCEEDED', { folders, source: source.id, needed, memory });
    },
  };
}
