import { RepositoryError } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import { objectName } from '../objects/object-name.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { collectionRecordKind, itemTrees } from '../tree/collection-record.ts';
import type { CollectionRecord } from '../tree/collection-record.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { TreeKey } from '../tree/tree-key.ts';
import { locationOf } from '../tree/tree-record.ts';
import type { NodeReference, RecordKind, TreeRecord } from '../tree/tree-record.ts';
import { addProblem, noting } from './check-context.ts';
import type { CheckContext } from './check-context.ts';

/**
 * Walks the trees of a snapshot. Every node is read and verified; every blob that an item needs must lie inside a pack
 * that is there, by its hint or by the index. Nodes that another snapshot shares are walked once.
 */
export async function checkTrees(context: CheckContext, snapshot: StoredSnapshot, seen: Set<string>): Promise<void> {
  const object = objectName('snapshots', snapshot.object);
  const source = snapshot.snapshot.source.id;
  await walk(context, snapshot.root, collectionRecordKind, seen, object, async (records) => {
    for (const { value, root } of records.flatMap(treesOf)) {
      await walk(context, root, itemRecordKind, seen, object, async (items) => {
        await requireBlobs(context, items);
        await requirePlaces(context, items, { source, collection: value.id });
      });
    }
  });
}

async function walk<T extends TreeKey>(
  context: CheckContext,
  reference: NodeReference | undefined,
  kind: RecordKind<T>,
  seen: Set<string>,
  object: string,
  visit: (records: readonly TreeRecord<T>[]) => Promise<void>,
): Promise<void> {
  if (reference === undefined || seen.has(toHex(reference.id))) return;
  const { vault, options } = context;
  options.signal?.throwIfAborted();
  seen.add(toHex(reference.id));
  const node = await noting(context, object, () => vault.trees.node(reference, options));
  if (node === undefined) return;
  const hint = locationOf(reference.place);
  if (hint !== undefined)
    requireIndexed(context, await vault.index.blobs.find(reference.id, { ...options, tolerant: true }), hint);
  if (node.level > 0) {
    const children = await noting(context, object, () => vault.trees.children(node));
    for (const child of children ?? []) await walk(context, child, kind, seen, object, visit);
    return;
  }
  const records = await noting(context, object, () => vault.trees.records(node, kind));
  if (records !== undefined) await visit(records);
}

function treesOf({
  value,
  places,
}: TreeRecord<CollectionRecord>): { readonly value: CollectionRecord; readonly root: NodeReference | undefined }[] {
  const { items, pass } = itemTrees(value, places);
  return [items, pass].map((root) => ({ value, root }));
}

/** The records of a leaf are asked for together: one look-up into the index for all their blobs. */
async function requireBlobs(context: CheckContext, records: readonly TreeRecord<ItemRecord>[]): Promise<void> {
  const wanted = records.flatMap(({ value, places }) =>
    itemRecordKind.references(value).map(({ id }, position) => ({ item: value.id, id, hint: places[position] })),
  );
  const found = await context.vault.index.blobs.findMany(
    wanted.map(({ id }) => id),
    { ...context.options, tolerant: true },
  );
  const lies = (location: BlobLocation | undefined): boolean => {
    const size = location && context.packs.get(toHex(location.pack.name));
    return location !== undefined && size !== undefined && location.offset + location.length <= size;
  };
  for (const [i, { item, hint }] of wanted.entries()) {
    if (hint !== undefined) requireIndexed(context, found[i], hint);
    if (!lies(hint) && !lies(found[i])) {
      addProblem(context, new RepositoryError('ERR_BLOB_MISSING', { item }), `item ${item}`);
    }
  }
}

/** What a hint alone finds shows that a segment is missing: whatever a snapshot needs was in one. */
function requireIndexed(context: CheckContext, found: BlobLocation | undefined, hint: BlobLocation): void {
  if (found === undefined) missingSegment(context, objectName('data', toHex(hint.pack.name)));
}

/** Without its place in the index a removal of an item would not be understood. */
async function requirePlaces(
  context: CheckContext,
  records: readonly TreeRecord<ItemRecord>[],
  { source, collection }: { readonly source: string; readonly collection: string },
): Promise<void> {
  const { index, keyring } = context.vault;
  const keys = records.map(({ value }) => keyring.itemId(source, value.id));
  const found = await index.items(source).findMany(keys, { ...context.options, tolerant: true });
  for (const [i, { value }] of records.entries()) {
    const places = found[i] ?? [];
    if (places.some((place) => place.collectionId === collection && place.sort === value.sort)) continue;
    missingSegment(context, `items of ${source}`);
  }
}

function missingSegment(context: CheckContext, of: string): void {
  const object = `index segment of ${of}`;
  addProblem(context, new RepositoryError('ERR_OBJECT_MISSING', { object }), object);
}
