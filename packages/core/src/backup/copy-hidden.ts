import { SourceError } from '@holdfast/contracts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { NodeReference } from '../tree/tree-record.ts';
import type { BackupContext } from './backup-context.ts';
import type { CollectionState } from './collection-state.ts';
import { copyItem } from './copy-stored.ts';
import { noteFailure } from './note-failure.ts';
import { editsOf, updateItems } from './write-trees.ts';

/** So many items are copied before they are written into the tree. */
const BATCH = 500;

/**
 * Copies what a self-contained snapshot is to show of collections whose enumeration did not come to its end: what the
 * snapshot before held. Without this it would refer to what was stored before it.
 */
export async function copyHidden(context: BackupContext): Promise<void> {
  for (const state of context.collections.values()) {
    const { items, pass, made, gone } = state;
    if (gone || pass?.ended !== false || items === undefined || made?.has(items) === true) continue;
    state.items = await copyTree(context, state, items);
    if (state.items !== undefined) made?.add(state.items);
  }
}

async function copyTree(
  context: BackupContext,
  state: CollectionState,
  items: NodeReference,
): Promise<NodeReference | undefined> {
  const { vault, options } = context;
  let copied: NodeReference | undefined;
  let batch: ItemRecord[] = [];
  for await (const stored of vault.trees.walk(items, itemRecordKind, options)) {
    const copy = await copyItem(context, stored);
    if (copy !== undefined) batch.push(copy);
    else noteFailure(context, state, stored.value.id, new SourceError('ERR_ITEM_UNREADABLE', { reason: LOST }));
    if (batch.length < BATCH) continue;
    copied = await addRecords(context, copied, batch);
    batch = [];
  }
  return addRecords(context, copied, batch);
}

const LOST = 'the collection could not be read, and what is stored of the item is damaged';

async function addRecords(
  context: BackupContext,
  root: NodeReference | undefined,
  records: readonly ItemRecord[],
): Promise<NodeReference | undefined> {
  const { data, nodes, options, pack } = context;
  await data.flush();
  const edits = records.map(
    (record) => [record.id, { key: { id: record.id, sort: record.sort }, record: pack(record) }] as const,
  );
  const updated = await updateItems(context, root, await editsOf(context, new Map(edits)));
  await nodes.flush(options);
  return updated;
}
