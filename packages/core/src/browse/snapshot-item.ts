import { BLOB_KINDS } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions, RestorableItem } from '@holdfast/contracts';
import type { BlobRequest } from '../packs/blob-reader.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import type { SnapshotChoice } from '../snapshot/find-snapshot.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { TreeRecord } from '../tree/tree-record.ts';
import { assemblePart } from './assemble-part.ts';
import { findCollection } from './find-collection.ts';

/** Options of {@link Repository.item}. */
export interface ItemOptions extends OperationOptions, SnapshotChoice {
  /** Id of the collection it is in. */
  readonly collection: string;
  /** Id of the item. */
  readonly item: string;
}

/** Finds one item of a snapshot. */
export async function findItem(vault: Vault, options: ItemOptions): Promise<RestorableItem> {
  const snapshot = await findSnapshot(vault.snapshots, options, options);
  const { items } = await findCollection(vault, snapshot, options.collection, options);
  // Callers know the id, not the sort time that orders the tree, so the collection is searched; the item index, where
  // it knows the item, tells where to look first.
  await vault.index.refresh({ ...options, tolerant: true });
  const key = vault.keyring.itemId(snapshot.snapshot.source.id, options.item);
  for (const { collectionId, sort } of await vault.index
    .items(snapshot.snapshot.source.id)
    .find(key, { ...options, tolerant: true })) {
    if (collectionId !== options.collection) continue;
    const found = await vault.trees.find(items, { id: options.item, sort }, itemRecordKind, options);
    if (found !== undefined) return restorable(vault, snapshot.snapshot.source.id, found);
  }
  for await (const record of vault.trees.walk(items, itemRecordKind, options)) {
    if (record.value.id === options.item) return restorable(vault, snapshot.snapshot.source.id, record);
  }
  const { collection, item } = options;
  throw new RepositoryError('ERR_ITEM_NOT_IN_SNAPSHOT', { snapshot: snapshot.snapshot.id, collection, item });
}

/** Parts that were read in advance, and who is told of those that are read later. */
export interface PartReading {
  /** Parts by name. */
  readonly loaded?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Called with the size of each part that had to be read. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/** An item of that source that restores from its record. */
export function restorable(
  vault: Vault,
  source: string,
  record: TreeRecord<ItemRecord>,
  { loaded = new Map(), onRead = () => {} }: PartReading = {},
): RestorableItem {
  const { id, changeKey, kind, summary, volatile, parts, omitted } = record.value;
  return {
    source,
    id,
    changeKey,
    kind,
    summary,
    volatile,
    omitted,
    parts: parts.map(({ name }) => name),
    async readPart(name, options = {}) {
      const part = parts.find((candidate) => candidate.name === name);
      if (part === undefined) throw new RepositoryError('ERR_PART_NOT_IN_ITEM', { item: id, part: name });
      const known = loaded.get(name);
      if (known !== undefined) return known;
      const bytes = assemblePart(part, await vault.blobs.readMany(partRequests(record, name), options), id);
      onRead(bytes.length);
      return bytes;
    },
  };
}

/** The blobs of a part, in order. */
export function partRequests({ value, places }: TreeRecord<ItemRecord>, name: string): BlobRequest[] {
  let used = 0;
  for (const part of value.parts) {
    const first = used;
    used += part.blobs.length;
    if (part.name === name) {
      return part.blobs.map((id, position) => ({ kind: BLOB_KINDS.piece, id, hint: places[first + position] }));
    }
  }
  return [];
}
