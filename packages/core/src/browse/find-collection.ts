import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import type { Vault } from '../repository/vault.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import { browsableTree } from '../tree/browsable-tree.ts';
import { collectionRecordKind } from '../tree/collection-record.ts';
import type { CollectionRecord } from '../tree/collection-record.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { NodeReference } from '../tree/tree-record.ts';

/** A collection of a snapshot, and its items. */
export interface FoundCollection {
  /** Its record. */
  readonly record: CollectionRecord;
  /** Root of its items. */
  readonly items: NodeReference | undefined;
}

/**
 * Finds a collection in a snapshot.
 *
 * @throws `ERR_COLLECTION_NOT_IN_SNAPSHOT`, a {@link RepositoryError}.
 */
export async function findCollection(
  vault: Vault,
  { root, snapshot }: StoredSnapshot,
  collection: string,
  options: OperationOptions,
): Promise<FoundCollection> {
  const found = await vault.trees.find(root, { id: collection, sort: 0 }, collectionRecordKind, options);
  if (found === undefined) {
    throw new RepositoryError('ERR_COLLECTION_NOT_IN_SNAPSHOT', { snapshot: snapshot.id, collection });
  }
  return { record: found.value, items: browsableTree(found.value, found.places) };
}

/** Yields the collections of a snapshot, in order of their ids. */
export async function* walkCollections(
  vault: Vault,
  { root }: StoredSnapshot,
  options: OperationOptions,
): AsyncGenerator<FoundCollection, void, void> {
  for await (const { value, places } of vault.trees.walk(root, collectionRecordKind, options)) {
    yield { record: value, items: browsableTree(value, places) };
  }
}

/** Whether a snapshot has an item of that id, in that collection or, without one, in any. */
export async function snapshotHasItem(
  vault: Vault,
  snapshot: StoredSnapshot,
  item: string,
  { collection, ...options }: OperationOptions & { readonly collection?: string | undefined },
): Promise<boolean> {
  const source = snapshot.snapshot.source.id;
  const key = vault.keyring.itemId(source, item);
  const places = await vault.index.items(source).find(key, { ...options, tolerant: true });
  for (const { collectionId, sort } of places) {
    if (collection !== undefined && collectionId !== collection) continue;
    const found = await vault.trees.find(snapshot.root, { id: collectionId, sort: 0 }, collectionRecordKind, options);
    const items = found && browsableTree(found.value, found.places);
    if ((await vault.trees.find(items, { id: item, sort }, itemRecordKind, options)) !== undefined) return true;
  }
  return false;
}
