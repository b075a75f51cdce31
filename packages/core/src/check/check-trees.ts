import { RepositoryError } from '@holdfast/contracts';
import { toHex } from '../internal/bytes.ts';
import { objectName } from '../objects/object-name.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { collectionRecordKind, itemTrees } from '../tree/collection-record.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { TreeKey } from '../tree/tree-key.ts';
import type { NodeReference, RecordKind, TreeRecord } from '../tree/tree-record.ts';
import { addProblem, noting } from './check-context.ts';
import type { CheckContext } from './check-context.ts';

/**
 * Walks the trees of a snapshot. Every node is read and verified; every blob that an item needs must lie inside a pack
 * that is there, by its hint or by the index. Nodes that another snapshot shares are walked once.
 */
export async function checkTrees(context: CheckContext, snapshot: StoredSnapshot, seen: Set<string>): Promise<void> {
  const object = objectName('snapshots', snapshot.object);
  await walk(context, snapshot.root, collectionRecordKind, seen, object, async ({ value, places }) => {
    const { items, pass } = itemTrees(value, places);
    for (const root of [items, pass])
      await walk(context, root, itemRecordKind, seen, object, (item) => requireBlobs(context, item));
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
    if (!lies(record.places[position]) && !lies(context.vault.index.blobs.find(id))) {
      const item = record.value.id;
      addProblem(context, new RepositoryError('ERR_BLOB_MISSING', { item }), `item ${item}`);
    }
  }
}
