import { RepositoryError } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import { objectName } from '../objects/object-name.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { collectionRecordKind, itemTrees } from '../tree/collection-record.ts';
import { itemRecordKind } from '../tree/item-record.ts';
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
  await walk(context, snapshot.root, collectionRecordKind, seen, object, async ({ value, places }) => {
    const { items, pass } = itemTrees(value, places);
    for (const root of [items, pass]) {
      await walk(context, root, itemRecordKind, seen, object, (item) => {
        requireBlobs(context, item);
        requirePlace(context, item.value, { source, collection: value.id });
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
  visit: (record: TreeRecord<T>) => void | Promise<void>,
): Promise<void> {
  if (reference === undefined || seen.has(toHex(reference.id))) return;
  const { vault, options } = context;
  options.signal?.throwIfAborted();
  seen.add(toHex(reference.id));
  const node = await noting(context, object, () => vault.trees.node(reference, options));
  if (node === undefined) return;
  requireIndexed(context, reference.id, locationOf(reference.place));
  if (node.level > 0) {
    const children = await noting(context, object, () => vault.trees.children(node));
    for (const child of children ?? []) await walk(context, child, kind, seen, object, visit);
    return;
  }
  const records = await noting(context, object, () => vault.trees.records(node, kind));
  for (const record of records ?? []) await visit(record);
}

function requireBlobs(context: CheckContext, record: TreeRecord<{ readonly id: string }>): void {
  const references = itemRecordKind.references(record.value as Parameters<typeof itemRecordKind.references>[0]);
  for (const [position, { id }] of references.entries()) {
    const lies = (location: BlobLocation | undefined): boolean => {
      const size = location && context.packs.get(toHex(location.pack.name));
      return location !== undefined && size !== undefined && location.offset + location.length <= size;
    };
    requireIndexed(context, id, record.places[position]);
    if (!lies(record.places[position]) && !lies(context.vault.index.blobs.find(id))) {
      const item = record.value.id;
      addProblem(context, new RepositoryError('ERR_BLOB_MISSING', { item }), `item ${item}`);
    }
  }
}

/** What a hint alone finds shows that a segment is missing: whatever a snapshot needs was in one. */
function requireIndexed(context: CheckContext, id: Uint8Array, hint: BlobLocation | undefined): void {
  if (hint === undefined || context.vault.index.blobs.has(id)) return;
  missingSegment(context, objectName('data', toHex(hint.pack.name)));
}

/** Without its place in the index a removal of the item would not be understood. */
function requirePlace(
  context: CheckContext,
  { id, sort }: TreeKey,
  { source, collection }: { readonly source: string; readonly collection: string },
): void {
  const { index, keyring } = context.vault;
  const places = index.items(source).find(keyring.itemId(source, id));
  if (places.some((place) => place.collectionId === collection && place.sort === sort)) return;
  missingSegment(context, `items of ${source}`);
}

function missingSegment(context: CheckContext, of: string): void {
  const object = `index segment of ${of}`;
  addProblem(context, new RepositoryError('ERR_OBJECT_MISSING', { object }), object);
}
