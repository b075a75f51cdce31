import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import { findCollection, walkCollections } from '../browse/find-collection.ts';
import type { Vault } from '../repository/vault.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import type { NodeReference } from '../tree/tree-record.ts';
import type { PlannedCollection, RestorePlan } from './restore-plan.ts';

/** Finds the items of a planned collection; `undefined` if there are none. */
export type FindPlannedTree = (planned: PlannedCollection) => Promise<NodeReference | undefined>;

/** So many collections are looked up one by one, each at the cost of a leaf of the tree; more are read in one go. */
const SINGLE_LOOKUPS = 32;

/**
 * Makes the function that finds the items of the collections of a plan. It throws `ERR_COLLECTION_NOT_IN_SNAPSHOT`, a
 * {@link RepositoryError}, for one that the snapshot does not have.
 */
export async function plannedTrees(
  vault: Vault,
  snapshot: StoredSnapshot,
  { collections }: RestorePlan,
  options: OperationOptions,
): Promise<FindPlannedTree> {
  if (collections.length <= SINGLE_LOOKUPS) {
    return async ({ collection }) => (await findCollection(vault, snapshot, collection, options)).items;
  }
  const wanted = new Set(collections.map(({ collection }) => collection));
  const trees = new Map<string, NodeReference | undefined>();
  for await (const { record, items } of walkCollections(vault, snapshot, options)) {
    if (wanted.has(record.id)) trees.set(record.id, items);
  }
  return ({ collection }) => {
    if (trees.has(collection)) return Promise.resolve(trees.get(collection));
    const missing = { snapshot: snapshot.snapshot.id, collection };
    return Promise.reject(new RepositoryError('ERR_COLLECTION_NOT_IN_SNAPSHOT', missing));
  };
}
