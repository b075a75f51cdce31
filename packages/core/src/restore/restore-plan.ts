import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions, RestoreFolder } from '@holdfast/contracts';
import { findCollection, walkCollections } from '../browse/find-collection.ts';
import type { FoundCollection } from '../browse/find-collection.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import type { SnapshotChoice } from '../snapshot/find-snapshot.ts';
import type { SnapshotSource } from '../snapshot/snapshot.ts';
import { itemRecordKind } from '../tree/item-record.ts';

/** One item to restore. */
export interface ItemChoice {
  /** Id of the collection it is in. */
  readonly collection: string;
  /** Its id. */
  readonly item: string;
}

/** Options of {@link Repository.planRestore}. Without `collections` and `items` the whole snapshot is planned. */
export interface PlanRestoreOptions extends OperationOptions, SnapshotChoice {
  /** Ids of collections to restore with all their items; collections below them are not included. */
  readonly collections?: readonly string[] | undefined;
  /** Single items to restore. */
  readonly items?: readonly ItemChoice[] | undefined;
}

/** A collection in a plan. */
export interface PlannedCollection {
  /** Its id in the snapshot. */
  readonly collection: string;
  /** The way to it: where the target finds it or creates it. */
  readonly path: readonly RestoreFolder[];
  /** Ids of the items to restore; `'all'` stands for every one. */
  readonly items: 'all' | readonly string[];
  /** How many these are. */
  readonly count: number;
}

/** What a restore is going to do: plain data that can be printed, stored and read back. */
export interface RestorePlan {
  /** Id of the snapshot. */
  readonly snapshot: string;
  /** The source it is of. */
  readonly source: SnapshotSource;
  /** Collections, parents before children. */
  readonly collections: readonly PlannedCollection[];
  /** How many items are to be created in all. */
  readonly items: number;
}

/**
 * Plans a restore. Nothing is read but trees, nothing is written.
 *
 * @throws `ERR_SNAPSHOT_NOT_FOUND`, `ERR_COLLECTION_NOT_IN_SNAPSHOT` or `ERR_ITEM_NOT_IN_SNAPSHOT`, a
 * {@link RepositoryError}, if something that was chosen is not there.
 */
export async function planRestore(vault: Vault, options: PlanRestoreOptions): Promise<RestorePlan> {
  const snapshot = await findSnapshot(vault.snapshots, options, options);
  const all = new Map<string, FoundCollection>();
  for await (const found of walkCollections(vault, snapshot, options)) all.set(found.record.id, found);

  const whole = options.collections === undefined && options.items === undefined;
  const wholeCollections = new Set(whole ? all.keys() : options.collections);
  const single = Map.groupBy(options.items ?? [], ({ collection }) => collection);
  const planned: PlannedCollection[] = [];
  for (const id of new Set([...wholeCollections, ...single.keys()])) {
    const found = all.get(id) ?? (await findCollection(vault, snapshot, id, options));
    const items = wholeCollections.has(id) ? 'all' : [...new Set(single.get(id)?.map(({ item }) => item))];
    if (items !== 'all') await requireItems(vault, found, items, { ...options, snapshot: snapshot.snapshot.id });
    planned.push({
      collection: id,
      path: pathOf(found, all),
      items,
      count: items === 'all' ? (found.items?.count ?? 0) : items.length,
    });
  }
  return {
    snapshot: snapshot.snapshot.id,
    source: snapshot.snapshot.source,
    collections: planned.toSorted((a, b) => a.path.length - b.path.length),
    items: planned.reduce((sum, { count }) => sum + count, 0),
  };
}

function pathOf({ record }: FoundCollection, all: ReadonlyMap<string, FoundCollection>): RestoreFolder[] {
  return record.collection.path.map((id) => {
    const { name, role, kind, hidden } = (all.get(id) ?? { record }).record.collection;
    return { name, role, kind, hidden };
  });
}

async function requireItems(
  vault: Vault,
  { record, items }: FoundCollection,
  wanted: readonly string[],
  options: OperationOptions & { readonly snapshot: string },
): Promise<void> {
  const missing = new Set(wanted);
  for await (const { value } of vault.trees.walk(items, itemRecordKind, options)) {
    missing.delete(value.id);
    if (missing.size === 0) return;
  }
  const [item] = missing;
  if (item !== undefined) {
    throw new RepositoryError('ERR_ITEM_NOT_IN_SNAPSHOT', { snapshot: options.snapshot, collection: record.id, item });
  }
}
