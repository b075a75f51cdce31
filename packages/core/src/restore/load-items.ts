import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { OperationOptions, RestorableItem } from '@holdfast/contracts';
import { assemblePart } from '../browse/assemble-part.ts';
import { partRequests, restorable } from '../browse/snapshot-item.ts';
import type { Vault } from '../repository/vault.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { NodeReference, TreeRecord } from '../tree/tree-record.ts';

/** Items are read out of packs in groups of about so many bytes, or so many items. */
const GROUP_BYTES = 8 * 1024 * 1024;
const GROUP_ITEMS = 64;
/** Parts up to this size are read with those of their neighbours before it is known which of the items are wanted. */
const SMALL_PART = 64 * 1024;

/** Some items whose parts can be read together. */
export interface ItemGroup {
  /** The items. Their small parts are read already; others are read when they are asked for, or by `loadAll`. */
  readonly items: readonly RestorableItem[];
  /** Reads all parts of these items with as few range reads as the packs allow. */
  loadAll(wanted: readonly RestorableItem[]): Promise<void>;
  /** Bytes of parts read so far. */
  bytesRead(): number;
}

/** Which records of a collection are wanted. */
export type ItemSelection = 'all' | readonly string[];

/** Yields the chosen items of a collection in groups, each small enough to be held in memory. */
export async function* itemGroups(
  vault: Vault,
  source: string,
  root: NodeReference | undefined,
  { selection, ...options }: OperationOptions & { readonly selection: ItemSelection },
): AsyncGenerator<ItemGroup, void, void> {
  const wanted = selection === 'all' ? undefined : new Set(selection);
  let records: TreeRecord<ItemRecord>[] = [];
  let bytes = 0;
  for await (const record of vault.trees.walk(root, itemRecordKind, options)) {
    if (wanted !== undefined && !wanted.has(record.value.id)) continue;
    records.push(record);
    bytes += record.value.parts.reduce((sum, { size }) => sum + size, 0);
    if (bytes >= GROUP_BYTES || records.length >= GROUP_ITEMS) {
      yield await openGroup(vault, source, records, options);
      records = [];
      bytes = 0;
    }
  }
  if (records.length > 0) yield await openGroup(vault, source, records, options);
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
  options: OperationOptions,
): Promise<ItemGroup> {
  let bytes = 0;
  const note = (size: number): void => {
    bytes += size;
  };
  const all = records.map((record): Loading => {
    const loaded = new Map<string, Uint8Array>();
    return { record, loaded, item: restorable(vault, source, record, { loaded, onRead: note }) };
  });

  async function load(some: readonly Loading[], largest: number): Promise<void> {
    const wanted = some.flatMap(({ record, loaded }) =>
      record.value.parts
        .filter(({ name, size }) => size <= largest && !loaded.has(name))
        .map((part) => ({ loaded, part, item: record.value.id, requests: partRequests(record, part.name) })),
    );
    let blobs: Uint8Array[];
    try {
      const requests = wanted.flatMap((part) => part.requests);
      blobs = await vault.blobs.readMany(requests, options);
    } catch (error) {
      // One damaged blob must not cost its neighbours: each item then reads its own, and fails alone.
      if (RepositoryError.is(error) || CryptoError.is(error)) return;
      throw error;
    }
    let used = 0;
    for (const { loaded, part, item, requests } of wanted) {
      const own = blobs.slice(used, used + requests.length);
      used += requests.length;
      try {
        loaded.set(part.name, assemblePart(part, own, item));
        note(part.size);
      } catch (error) {
        // The item that needs it will say so, and it alone fails.
        if (!RepositoryError.is(error)) throw error;
      }
    }
  }

  await load(all, SMALL_PART);
  return {
    items: all.map(({ item }) => item),
    loadAll(wanted) {
      const chosen = new Set(wanted);
      return load(
        all.filter(({ item }) => chosen.has(item)),
        Number.POSITIVE_INFINITY,
      );
    },
    bytesRead: () => bytes,
  };
}
