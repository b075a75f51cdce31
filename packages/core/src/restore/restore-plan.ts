import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions, RestoreFolder } from '@holdfast/contracts';
import { findCollection, walkCollections } from '../browse/find-collection.ts';
import type { FoundCollection } from '../browse/find-collection.ts';
import { findItems } from '../browse/find-items.ts';
import type { WantedItem } from '../browse/find-items.ts';
import { requireOneOf } from '../internal/require-one-of.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import type { SnapshotChoice } from '../snapshot/find-snapshot.ts';
import type { SnapshotSource } from '../snapshot/snapshot.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import { CONFLICT_POLICIES } from './restore-action.ts';
import type { ConflictPolicy } from './restore-action.ts';

/** One item to restore. */
export interface ItemChoice {
  /** Id of the collection it is in. */
  readonly collection: string;
  /** Its id. */
  readonly item: string;
  /** Its sort time, as lists tell it: with it the item is found without the index. @defaultValue it is looked up */
  readonly sort?: number | undefined;
}

/** An item in a plan. */
export interface PlannedItem {
  /** Its id. */
  readonly id: string;
  /** Its sort time, by which it is found without the index. Plans that were made by {@link Repository.planRestore} have it. */
  readonly sort?: number | undefined;
}

/** Options of {@link Repository.planRestore}. Without `collections` and `items` the whole snapshot is planned. */
export interface PlanRestoreOptions extends OperationOptions, SnapshotChoice {
  /** Ids of collections to restore with all their items. */
  readonly collections?: readonly string[] | undefined;
  /** Whether the collections below those of `collections` are restored too. @defaultValue `false` */
  readonly recursive?: boolean | undefined;
  /** Single items to restore. */
  readonly items?: readonly ItemChoice[] | undefined;
  /**
   * Names of folders, from the top of the target down to the one that everything is restored into; what is missing is
   * created.
   *
   * @defaultValue each item goes to the folder it was in
   */
  readonly into?: readonly string[] | undefined;
  /**
   * Whether folders are kept below `into`, from the topmost that was chosen, or all items are put into that one folder.
   * Single items of `items` go straight into it in any case.
   *
   * @defaultValue `'keep'`
   */
  readonly structure?: 'flat' | 'keep' | undefined;
  /** What becomes of items that the target has already. @defaultValue `'skip'` */
  readonly onConflict?: ConflictPolicy | undefined;
}

/** A collection in a plan. */
export interface PlannedCollection {
  /** Its id in the snapshot. */
  readonly collection: string;
  /** Display names of the way to it in the snapshot, for people. */
  readonly from: readonly string[];
  /** Where the target finds it or creates it. */
  readonly path: readonly RestoreFolder[];
  /** The items to restore, each by itself or by its id alone; `'all'` stands for every one. */
  readonly items: 'all' | readonly (PlannedItem | string)[];
  /** How many these are. */
  readonly count: number;
}

/** The items of a planned collection in one form. */
export function plannedItems({ items }: PlannedCollection): 'all' | readonly PlannedItem[] {
  return items === 'all' ? items : items.map((item) => (typeof item === 'string' ? { id: item } : item));
}

/** What a restore is going to do: plain data that can be printed, stored and read back. */
export interface RestorePlan {
  /** Id of the snapshot. */
  readonly snapshot: string;
  /** The source it is of. */
  readonly source: SnapshotSource;
  /** What becomes of items that the target has already. */
  readonly onConflict: ConflictPolicy;
  /** Collections, parents before children. */
  readonly collections: readonly PlannedCollection[];
  /** How many items there are in all. */
  readonly items: number;
}

interface ResolvedPlanOptions extends OperationOptions {
  readonly collections: ReadonlySet<string>;
  readonly items: ReadonlyMap<string, readonly WantedItem[]>;
  readonly isWhole: boolean;
  readonly recursive: boolean;
  readonly into: readonly string[] | undefined;
  readonly structure: 'flat' | 'keep';
  readonly onConflict: ConflictPolicy;
}

function resolvePlanOptions(options: PlanRestoreOptions): ResolvedPlanOptions {
  const { collections, items, recursive = false, into, structure = 'keep', onConflict = 'skip', signal } = options;
  requireOneOf('onConflict', onConflict, CONFLICT_POLICIES);
  requireOneOf('structure', structure, ['flat', 'keep']);
  if (structure === 'flat' && into === undefined) throw new TypeError('structure flat goes with into');
  if (into?.length === 0 || into?.some((name) => name.trim() === '') === true) {
    throw new TypeError('into names one folder at least, and no name in it may be empty');
  }
  const single = Map.groupBy(items ?? [], ({ collection }) => collection);
  return {
    collections: new Set(collections),
    items: new Map([...single].map(([id, choices]) => [id, choices.map(({ item, sort }) => ({ id: item, sort }))])),
    isWhole: collections === undefined && items === undefined,
    recursive,
    into,
    structure,
    onConflict,
    signal,
  };
}

/**
 * Plans a restore. Nothing is read but trees, nothing is written.
 *
 * @throws `ERR_SNAPSHOT_NOT_FOUND`, `ERR_COLLECTION_NOT_IN_SNAPSHOT` or `ERR_ITEM_NOT_IN_SNAPSHOT`, a
 * {@link RepositoryError}, if something that was chosen is not there.
 */
export async function planRestore(vault: Vault, options: PlanRestoreOptions): Promise<RestorePlan> {
  const resolved = resolvePlanOptions(options);
  const { items, onConflict } = resolved;
  const snapshot = await findSnapshot(vault.snapshots, options, options);
  const all = new Map<string, FoundCollection>();
  for await (const found of walkCollections(vault, snapshot, options)) all.set(found.record.id, found);
  for (const id of [...resolved.collections, ...items.keys()]) {
    // Throws what is to be thrown of a collection that is not there.
    if (!all.has(id)) await findCollection(vault, snapshot, id, options);
  }

  const tops = topFolders(all, resolved);
  const planned: PlannedCollection[] = [];
  for (const [id, found] of all) {
    const top = topOf(found, resolved);
    const single = top === undefined ? items.get(id) : undefined;
    if (top === undefined && single === undefined) continue;
    const chosen = single && (await chooseItems(vault, found, single, { ...options, snapshot }));
    const original = pathOf(found, all);
    const below = top === undefined ? [] : original.slice(found.record.collection.path.indexOf(top) + 1);
    planned.push({
      collection: id,
      from: original.map(({ name }) => name),
      path: targetPath(original, top === undefined ? [] : [tops.get(top), ...below], resolved),
      items: chosen ?? 'all',
      count: chosen?.length ?? found.items?.count ?? 0,
    });
  }
  return {
    snapshot: snapshot.snapshot.id,
    source: snapshot.snapshot.source,
    onConflict,
    collections: planned.toSorted((a, b) => a.from.length - b.from.length),
    items: planned.reduce((sum, { count }) => sum + count, 0),
  };
}

function pathOf({ record }: FoundCollection, all: ReadonlyMap<string, FoundCollection>): RestoreFolder[] {
  return record.collection.path.map((id) => {
    const { name, role, kind, hidden } = (all.get(id) ?? { record }).record.collection;
    return { name, role, kind, hidden };
  });
}

/** The topmost chosen collection on the way to a collection that is restored whole; `undefined` for any other. */
function topOf(
  { record }: FoundCollection,
  { collections, isWhole, recursive }: ResolvedPlanOptions,
): string | undefined {
  const { id, path } = record.collection;
  if (isWhole) return path[0];
  const top = path.find((above) => collections.has(above));
  return collections.has(id) || recursive ? top : undefined;
}

/** The folders directly below `into`, by the collection each stands for. Two of one name must not become one folder. */
function topFolders(
  all: ReadonlyMap<string, FoundCollection>,
  options: ResolvedPlanOptions,
): ReadonlyMap<string, RestoreFolder> {
  const folders = new Map<string, RestoreFolder>();
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  for (const found of all.values()) {
    const id = topOf(found, options);
    if (id === undefined || folders.has(id)) continue;
    const { name, kind, hidden } = (all.get(id) ?? found).record.collection;
    let free = name;
    let number = numbers.get(name) ?? 2;
    for (; taken.has(free.toLowerCase()); number += 1) free = `${name} (${number})`;
    numbers.set(name, number);
    taken.add(free.toLowerCase());
    // A copy of the inbox is an ordinary folder of that name.
    folders.set(id, { name: free, role: undefined, kind, hidden });
  }
  return folders;
}

function targetPath(
  original: readonly RestoreFolder[],
  kept: readonly (RestoreFolder | undefined)[],
  { into, structure }: ResolvedPlanOptions,
): readonly RestoreFolder[] {
  if (into === undefined) return original;
  const kind = original.at(-1)?.kind ?? 'mail';
  const folders = into.map((name): RestoreFolder => ({ name, role: undefined, kind, hidden: false }));
  if (structure === 'flat') return folders;
  return [...folders, ...kept.flatMap((folder) => (folder === undefined ? [] : [{ ...folder, role: undefined }]))];
}

/** Finds the items that were chosen, each once, in the order of the choice. */
async function chooseItems(
  vault: Vault,
  { record, items: root }: FoundCollection,
  wanted: readonly WantedItem[],
  { snapshot, ...options }: OperationOptions & { readonly snapshot: StoredSnapshot },
): Promise<readonly PlannedItem[]> {
  const where = { source: snapshot.snapshot.source.id, collection: record.id, root };
  const sorts = new Map<string, number>();
  for await (const { value } of findItems(vault, where, wanted, options)) sorts.set(value.id, value.sort);
  return [...new Set(wanted.map(({ id }) => id))].map((id) => {
    const sort = sorts.get(id);
    if (sort !== undefined) return { id, sort };
    const missing = { snapshot: snapshot.snapshot.id, collection: record.id, item: id };
    throw new RepositoryError('ERR_ITEM_NOT_IN_SNAPSHOT', missing);
  });
}
