import type { OperationOptions, RestorableItem } from '@holdfast/contracts';
import { findItems } from '../browse/find-items.ts';
import type { ItemsOfCollection, WantedItem } from '../browse/find-items.ts';
import { partOrder, restorable } from '../browse/snapshot-item.ts';
import { readAhead } from '../internal/read-ahead.ts';
import type { Vault } from '../repository/vault.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord, StoredPart } from '../tree/item-record.ts';
import type { TreeRecord } from '../tree/tree-record.ts';

/** Items are read in groups of so many, or of so many bytes. */
const GROUP_ITEMS = 256;
const LARGEST_GROUP = 8 * 1024 * 1024;
/** Share of the memory of a budget that the parts of one group may take; they are there sealed, open and joined. */
const GROUP_SHARE = 1 / 32;
/** Groups that are on their way while one is being written. */
const GROUPS_AHEAD = 2;
/** Parts up to this size are read with those of their neighbours before it is known which of the items are wanted. */
const SMALL_PART = 64 * 1024;
/** From this share of wanted items on, the next group is read whole before it is known which of its items are wanted. */
const MOST = 0.9;

/** Some items whose parts can be read together. */
export interface ItemGroup {
  /** The items. Their small parts are read already; others are read when they are asked for, or by `loadAll`. */
  readonly items: readonly RestorableItem[];
  /** Reads all parts of these items with as few range reads as the packs allow; very large ones are left for later. */
  loadAll(wanted: readonly RestorableItem[]): Promise<void>;
  /** Bytes of parts read so far. */
  bytesRead(): number;
}

/** Which records of a collection are wanted. */
export type ItemSelection = 'all' | readonly WantedItem[];

/**
 * Yields the chosen items of a collection in groups, each small enough to be held in memory, while the next ones are being
 * read. However large an item is, a group is not: parts that do not fit are read when they are asked for.
 */
export async function* itemGroups(
  vault: Vault,
  where: ItemsOfCollection,
  { selection, ...options }: OperationOptions & { readonly selection: ItemSelection },
): AsyncGenerator<ItemGroup, void, void> {
  const limit = Math.min(LARGEST_GROUP, Math.floor(vault.budget.memory * GROUP_SHARE));
  const records =
    selection === 'all'
      ? vault.trees.walk(where.root, itemRecordKind, options)
      : findItems(vault, where, selection, options);
  // What was wanted of the groups before tells what will be of the next one.
  const wanted: Wanted = { most: false };
  const start = (group: readonly TreeRecord<ItemRecord>[]): Promise<ItemGroup> =>
    openGroup(vault, where.source, group, { ...options, limit, wanted });
  yield* readAhead(grouped(records, limit), start, { depth: GROUPS_AHEAD });
}

async function* grouped(
  records: AsyncIterable<TreeRecord<ItemRecord>>,
  limit: number,
): AsyncGenerator<readonly TreeRecord<ItemRecord>[], void, void> {
  let group: TreeRecord<ItemRecord>[] = [];
  let bytes = 0;
  for await (const record of records) {
    const size = record.value.parts.reduce((sum, part) => sum + part.size, 0);
    if (group.length > 0 && (group.length === GROUP_ITEMS || bytes + size > limit)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(record);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

interface Wanted {
  /** Whether most items of the group before were. */
  most: boolean;
}

interface Loading {
  readonly record: TreeRecord<ItemRecord>;
  readonly item: RestorableItem;
  readonly loaded: Map<string, Uint8Array>;
}

async function openGroup(
  vault: Vault,
  source: string,
  records: readonly TreeRecord<ItemRecord>[],
  { limit, wanted, ...options }: OperationOptions & { readonly limit: number; readonly wanted: Wanted },
): Promise<ItemGroup> {
  let bytes = 0;
  const note = (size: number): void => {
    bytes += size;
  };
  const all = records.map((record): Loading => {
    const loaded = new Map<string, Uint8Array>();
    return { record, loaded, item: restorable(vault, source, record, { loaded, onRead: note }) };
  });

  /** A damaged piece costs its own part alone: that is read again when it is asked for, and fails then. */
  async function load(some: readonly Loading[], largest: number): Promise<void> {
    let room = limit;
    const fits = ({ size }: StoredPart): boolean => size <= largest && (room -= size) >= 0;
    const parts = some.flatMap(({ record, loaded }) =>
      record.value.parts
        .filter((part) => !loaded.has(part.name) && fits(part))
        .map((part) => ({ loaded, part, order: partOrder(record, part) })),
    );
    if (parts.length === 0) return;
    const found = await vault.pieces.load(
      parts.map(({ order }) => order),
      options,
    );
    for (const [i, { loaded, part }] of parts.entries()) {
      const bytesOfPart = found[i];
      if (bytesOfPart === undefined) continue;
      note(bytesOfPart.length);
      loaded.set(part.name, bytesOfPart);
    }
  }

  await load(all, wanted.most ? limit : SMALL_PART);
  return {
    items: all.map(({ item }) => item),
    loadAll(some) {
      const chosen = new Set(some);
      wanted.most = some.length >= all.length * MOST;
      return load(
        all.filter(({ item }) => chosen.has(item)),
        limit,
      );
    },
    bytesRead: () => bytes,
  };
}
