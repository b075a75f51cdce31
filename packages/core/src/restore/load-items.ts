import type { OperationOptions, RestorableItem } from '@holdfast/contracts';
import { findItems } from '../browse/find-items.ts';
import type { ItemsOfCollection, WantedItem } from '../browse/find-items.ts';
import { partOrder, restorable } from '../browse/snapshot-item.ts';
import { readAhead } from '../internal/read-ahead.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import type { Semaphore } from '../internal/semaphore.ts';
import { fetchedParts } from '../packs/fetched-parts.ts';
import type { FetchedPart, FetchedParts } from '../packs/fetched-parts.ts';
import type { Vault } from '../repository/vault.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord, StoredPart } from '../tree/item-record.ts';
import type { TreeRecord } from '../tree/tree-record.ts';

/** Items are read in groups of so many, or of so many bytes. */
export const GROUP_ITEMS = 256;
const LARGEST_GROUP = 4 * 1024 * 1024;
/** Share of the memory of a budget that the parts of one group may take. */
const GROUP_SHARE = 1 / 64;
/** Groups that are on their way while one is being written. */
const GROUPS_AHEAD = 2;
/** Parts up to this size are read with those of their neighbours before it is known which of the items are wanted. */
const SMALL_PART = 64 * 1024;
/** From this share of wanted items on, the next group is read whole before it is known which of its items are wanted. */
const MOST = 0.9;

/** Some items whose parts can be read together. */
export interface ItemGroup {
  /** The items. Their small parts are fetched already; others are read when they are asked for, or by `loadAll`. */
  readonly items: readonly RestorableItem[];
  /** Fetches all parts of these items with as few range reads as the packs allow; very large ones are left for later. */
  loadAll(wanted: readonly RestorableItem[]): Promise<void>;
  /** Bytes of parts read so far. */
  bytesRead(): number;
  /** Frees what was fetched and not asked for. */
  release(): void;
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
  const large = createSemaphore(1);
  const start = (group: readonly TreeRecord<ItemRecord>[]): Promise<ItemGroup> =>
    openGroup(vault, where.source, group, { ...options, limit, wanted, large });
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

interface GroupOptions {
  /** Bytes of parts that are fetched together. */
  readonly limit: number;
  readonly wanted: Wanted;
  /** Lets those in who save a part that is not fetched, and may be of any size. */
  readonly large: Semaphore;
}

interface Loading {
  readonly record: TreeRecord<ItemRecord>;
  readonly item: RestorableItem;
  readonly fetched: Map<string, FetchedPart>;
  /** Names of the parts that were fetched. */
  readonly asked: Set<string>;
}

async function openGroup(
  vault: Vault,
  source: string,
  records: readonly TreeRecord<ItemRecord>[],
  { limit, wanted, large, ...options }: OperationOptions & GroupOptions,
): Promise<ItemGroup> {
  let bytes = 0;
  const note = (size: number): void => {
    bytes += size;
  };
  const together: FetchedParts[] = [];
  const all = records.map((record): Loading => {
    const fetched = new Map<string, FetchedPart>();
    const item = restorable(vault, source, record, { fetched, large, onRead: note });
    return { record, fetched, asked: new Set(), item };
  });

  /** A damaged piece costs its own part alone: that is read again when it is asked for, and fails then. */
  async function load(some: readonly Loading[], largest: number): Promise<void> {
    let room = limit;
    const fits = ({ size }: StoredPart): boolean => size <= largest && (room -= size) >= 0;
    const parts = some.flatMap((loading) =>
      loading.record.value.parts
        .filter((part) => !loading.asked.has(part.name) && fits(part))
        .map((part) => ({ loading, part })),
    );
    if (parts.length === 0) return;
    const orders = parts.map(({ loading: { record }, part }) => partOrder(record, part));
    const found = fetchedParts(await vault.pieces.fetch(orders, options), orders.length);
    together.push(found);
    for (const [
      i,
      {
        loading: { asked, fetched },
        part: { name },
      },
    ] of parts.entries()) {
      asked.add(name);
      fetched.set(name, found.part(i));
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
    release() {
      for (const one of together) one.release();
    },
  };
}
