import { SourceError } from '@holdfast/contracts';
import type { BackupContext } from './backup-context.ts';
import { findCurrent } from './collection-state.ts';
import { isFatal, takeIn } from './item-intake.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { NodeReference } from '../tree/tree-record.ts';

/** Source.locate is asked for so many items at a time. */
const BATCH = 200;

/**
 * Finds out what became of every item that left its collection, or that the last run left unsettled. An item is gone
 * only when no other collection told of it and the source itself does not know it: one report that it left proves
 * nothing, because a move there and back between two runs is told as that alone.
 */
export async function settle(context: BackupContext): Promise<void> {
  const { collections } = context;
  const open = new Set([...collections.values()].flatMap((state) => [...state.open]));
  const unknown: string[] = [];
  for (const id of open) if (!(await standsSomewhere(context, id))) unknown.push(id);

  const unsettled = new Set<string>();
  for (let start = 0; start < unknown.length; start += BATCH) {
    const batch = unknown.slice(start, start + BATCH);
    try {
      await locate(context, batch);
    } catch (error) {
      if (context.reading.signal?.aborted || isFatal(error) || !SourceError.is(error)) throw error;
      for (const id of batch) unsettled.add(id);
    }
  }
  for (const state of collections.values()) {
    state.open = new Set([...state.open].filter((id) => unsettled.has(id)));
  }
}

/** Counts the items of a collection that the source does not have any more, those excepted that moved elsewhere. */
export async function countVanished(context: BackupContext, items: NodeReference | undefined): Promise<void> {
  for await (const { value } of context.vault.trees.walk(items, itemRecordKind, context.options)) {
    if (!(await standsSomewhere(context, value.id))) context.counts.removed += 1;
  }
}

async function standsSomewhere(context: BackupContext, id: string): Promise<boolean> {
  const { vault, source, itemIndex, collections, options } = context;
  for (const { collectionId, sort } of itemIndex.find(vault.keyring.itemId(source.id, id))) {
    const state = collections.get(collectionId);
    if (state === undefined || state.gone) continue;
    if ((await findCurrent(state, { id, sort }, vault.trees, options)) !== undefined) return true;
  }
  return false;
}

async function locate(context: BackupContext, ids: readonly string[]): Promise<void> {
  const { source, collections, counts, reading } = context;
  for await (const { found } of source.locate(ids, reading)) {
    reading.signal?.throwIfAborted();
    const state = found && collections.get(found.collectionId);
    if (found === undefined || state === undefined) {
      counts.removed += 1;
      continue;
    }
    (await takeIn(context, state, found.item))();
  }
}
