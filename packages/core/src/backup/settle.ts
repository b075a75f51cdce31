import { SourceError } from '@holdfast/contracts';
import type { BackupContext } from './backup-context.ts';
import { findCurrent, makeReady } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { isFatal } from '../internal/is-fatal.ts';
import { takeIn } from './item-intake.ts';
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
  const states = [...context.collections.values()];
  const failed = new Set(states.flatMap((state) => [...state.failed]));
  const retry = new Set(states.flatMap((state) => [...state.retry]));
  const left = new Set(states.flatMap((state) => [...state.open]));
  const unknown: string[] = [];
  for (const id of new Set([...retry, ...left])) {
    const stands = await standsSomewhere(context, id);
    // What failed in this run was asked for; the next one asks again. Only an old version that left is to be kept.
    if (failed.has(id) && (stands || !left.has(id))) continue;
    if (retry.has(id) || !stands) unknown.push(id);
  }

  const unsettled = await standingInUnfinishedPasses(context, left);
  for (let start = 0; start < unknown.length; start += BATCH) {
    const batch = new Set(unknown.slice(start, start + BATCH));
    let failure = new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'no answer for an item' });
    try {
      await locate(context, batch);
    } catch (error) {
      if (context.reading.signal?.aborted || isFatal(error) || !SourceError.is(error)) throw error;
      failure = error;
    }
    for (const id of batch) unsettled.set(id, failure);
  }
  for (const [id, error] of unsettled) {
    const state = states.find(({ open, retry: asked }) => open.has(id) || asked.has(id));
    if (state !== undefined) noteUnsettled(context, state.collection.id, id, error);
  }
  for (const state of states) {
    state.open = new Set([...state.open].filter((id) => unsettled.has(id)));
    state.retry = new Set([...state.retry].filter((id) => unsettled.has(id)));
  }
}

/**
 * Items that left their collection and were told only by one whose enumeration did not come to its end: the snapshot shows
 * what that collection held before, so it has them nowhere.
 */
async function standingInUnfinishedPasses(
  { vault, source, itemIndex, collections, options }: BackupContext,
  left: ReadonlySet<string>,
): Promise<Map<string, SourceError>> {
  const hidden = new Map<string, SourceError>();
  const unfinished = [...collections.values()].filter(
    ({ pass, items }) => pass?.ended === false && items !== undefined,
  );
  if (unfinished.length === 0) return hidden;
  for (const id of left) {
    for (const { collectionId, sort } of itemIndex.find(vault.keyring.itemId(source.id, id))) {
      const state = unfinished.find(({ collection }) => collection.id === collectionId);
      if (state === undefined || (await findCurrent(state, { id, sort }, vault.trees, options)) === undefined) continue;
      hidden.set(id, new SourceError('ERR_SOURCE_PROTOCOL', { reason: state.failure ?? 'unfinished enumeration' }));
    }
  }
  return hidden;
}

/** Nobody knows whether the item is missing from the snapshot, so the run is no success. */
function noteUnsettled({ failures }: BackupContext, collection: string, item: string, error: SourceError): void {
  const { reason } = error.details;
  failures.push({ collection, item, code: error.code, reason: reason === undefined ? undefined : String(reason) });
}

/** The items of a collection that disappeared in the course of the run may have gone elsewhere before that. */
export async function openWhatIsGone({ vault, options }: BackupContext, state: CollectionState): Promise<void> {
  const root = state.items ?? state.pass?.root;
  for await (const { value } of vault.trees.walk(root, itemRecordKind, options)) state.open.add(value.id);
  for (const [id, { record }] of state.ready) if (record !== undefined) state.open.add(id);
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

/** Asks the source where items are, takes them in, and takes every item that it answered for out of the batch. */
async function locate(context: BackupContext, batch: Set<string>): Promise<void> {
  const { source, collections, counts, reading, itemIndex, vault } = context;
  for await (const { itemId, found } of source.locate([...batch], reading)) {
    reading.signal?.throwIfAborted();
    const state = found && collections.get(found.collectionId);
    if (found !== undefined && state !== undefined && !state.gone) {
      (await takeIn(context, state, found.item))();
      // Its removal may stand in a checkpoint already, and no cursor will tell of it again.
      makeReady(state);
    } else if (itemIndex.find(vault.keyring.itemId(source.id, itemId)).length > 0) {
      // What still stands in a tree left after its collection was told; the next run hears of it.
      if (!(await standsSomewhere(context, itemId))) counts.removed += 1;
    }
    batch.delete(itemId);
  }
}
