import type { OperationOptions } from '@holdfast/contracts';
import type { Vault } from '../repository/vault.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import { compareKeys } from '../tree/tree-key.ts';
import type { TreeKey } from '../tree/tree-key.ts';
import type { NodeReference, TreeRecord } from '../tree/tree-record.ts';

/** An item that is looked for: its id and, if the caller knows it, where it stands in the tree. */
export interface WantedItem {
  /** Its id in the source. */
  readonly id: string;
  /** Its sort time, as lists of items tell it. With it the item is found without asking the index. */
  readonly sort?: number | undefined;
}

/** Where items are looked for. */
export interface ItemsOfCollection {
  /** Id of the source. */
  readonly source: string;
  /** Id of the collection. */
  readonly collection: string;
  /** Root of its items. */
  readonly root: NodeReference | undefined;
}

/** From this share of a collection on, everything is read in order instead of item by item. */
const MANY = 1 / 4;

/**
 * Yields items of a collection; what is not there is left out. An item whose sort time is told costs its path in the tree; one
 * whose is not, a look-up in the index besides. Only for one that neither finds the collection is searched, because a
 * segment of the index may be damaged. The order is that of the tree, but for what was found late.
 */
export async function* findItems(
  vault: Vault,
  { source, collection, root }: ItemsOfCollection,
  wanted: readonly WantedItem[],
  options: OperationOptions,
): AsyncGenerator<TreeRecord<ItemRecord>, void, void> {
  const left = new Set(wanted.map(({ id }) => id));
  if (root === undefined || left.size === 0) return;

  async function* at(keys: readonly TreeKey[]): AsyncGenerator<TreeRecord<ItemRecord>, void, void> {
    for (const key of keys.toSorted(compareKeys)) {
      if (!left.has(key.id)) continue;
      const record = await vault.trees.find(root, key, itemRecordKind, options);
      if (record === undefined) continue;
      left.delete(key.id);
      yield record;
    }
  }

  if (left.size < root.count * MANY) {
    yield* at(wanted.flatMap(({ id, sort }) => (sort === undefined ? [] : [{ id, sort }])));
    if (left.size > 0) yield* at(await indexedKeys(vault, { source, collection }, [...left], options));
  }
  if (left.size === 0) return;
  for await (const record of vault.trees.walk(root, itemRecordKind, options)) {
    if (left.delete(record.value.id)) yield record;
    if (left.size === 0) return;
  }
}

/** Where the index says that items of a collection are, or were. */
async function indexedKeys(
  vault: Vault,
  { source, collection }: Pick<ItemsOfCollection, 'collection' | 'source'>,
  ids: readonly string[],
  options: OperationOptions,
): Promise<TreeKey[]> {
  await vault.index.refresh({ ...options, tolerant: true });
  const keys = ids.map((id) => vault.keyring.itemId(source, id));
  const found = await vault.index.items(source).findMany(keys, options);
  return ids.flatMap((id, i) =>
    (found[i] ?? []).flatMap(({ collectionId, sort }) => (collectionId === collection ? [{ id, sort }] : [])),
  );
}
