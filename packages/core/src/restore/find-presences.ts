import type { ItemPresence, OperationOptions, RestorableItem, RestoreTarget } from '@holdfast/contracts';
import { snapshotHasItem, walkCollections } from '../browse/find-collection.ts';
import type { Vault } from '../repository/vault.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { RestorePlan } from './restore-plan.ts';

/** Asks a target what it holds of items of one collection of a snapshot, so far as the plan's policy wants to know. */
export type FindPresences = (
  targetId: string | undefined,
  collection: string,
  items: readonly RestorableItem[],
) => Promise<readonly ItemPresence[]>;

/** Makes the function that asks. */
export function findPresences(
  vault: Vault,
  snapshot: StoredSnapshot,
  { onConflict }: RestorePlan,
  target: RestoreTarget,
  { signal }: OperationOptions,
): FindPresences {
  const scope = onConflict === 'only-missing' ? 'everywhere' : 'collection';
  let index: Promise<void> | undefined;
  async function* snapshotItems(): AsyncGenerator<string, void, void> {
    for await (const found of walkCollections(vault, snapshot, { signal })) {
      for await (const { value } of vault.trees.walk(found.items, itemRecordKind, { signal })) yield value.id;
    }
  }
  return (targetId, collection, items) => {
    const where = { signal, collection: scope === 'collection' ? collection : undefined };
    const isInSnapshot = async (id: string): Promise<boolean> => {
      // Seldom asked, so the index is loaded only then.
      await (index ??= vault.index.refresh({ signal, tolerant: true }));
      return snapshotHasItem(vault, snapshot, id, where);
    };
    return target.findItems(targetId, items, { scope, isInSnapshot, snapshotItems, signal });
  };
}
