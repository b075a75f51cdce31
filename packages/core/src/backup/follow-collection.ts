import { SourceError } from '@holdfast/contracts';
import type { ChangeCheckpoint, SourceItem } from '@holdfast/contracts';
import { totalsOf } from './backup-context.ts';
import type { BackupContext } from './backup-context.ts';
import { findCurrent } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { isFatal, takeIn } from './item-intake.ts';
import type { Intake } from './item-intake.ts';

/**
 * Follows the changes of one collection to their end.
 *
 * Items are read several at a time; what comes of them is applied in the order in which the source told it, so that a
 * cursor is never ahead of the items it stands for. `onCheckpoint` is awaited after each cursor.
 */
export async function followCollection(
  context: BackupContext,
  state: CollectionState,
  onCheckpoint: () => Promise<void>,
): Promise<void> {
  const { source, options, reading, slots } = context;
  const { collection } = state;
  options.onProgress({
    type: 'collection-started',
    collection: collection.id,
    name: collection.name,
    totals: totalsOf(context),
  });

  let applied: Promise<void> = Promise.resolve();
  let failed: { readonly error: unknown } | undefined;
  const inOrder = (step: () => void | Promise<void>): void => {
    applied = applied.then(step);
    applied.catch((error: unknown) => {
      failed ??= { error };
    });
  };

  const begin = async (item: SourceItem): Promise<void> => {
    const release = await slots.acquire(reading);
    const intake: Promise<Intake> = takeIn(context, state, item).finally(release);
    intake.catch(() => {});
    inOrder(async () => (await intake)());
  };

  try {
    for await (const event of source.changes(collection, { cursor: state.cursor, ...reading })) {
      reading.signal?.throwIfAborted();
      if (failed !== undefined) throw failed.error;
      switch (event.type) {
        case 'item-changed':
          await begin(event.item);
          break;
        case 'item-removed':
          inOrder(() => remove(context, state, event.itemId));
          break;
        case 'collection-reset':
          inOrder(() => reset(state));
          break;
        case 'checkpoint':
          inOrder(() => advance(context, state, event));
          inOrder(onCheckpoint);
          break;
      }
    }
  } catch (error) {
    if (failed !== undefined || reading.signal?.aborted || isFatal(error) || !SourceError.is(error)) throw error;
    await applied;
    state.gone = error.code === 'ERR_COLLECTION_NOT_FOUND';
    state.failure = state.gone ? undefined : error.code;
    return;
  }
  await applied;
}

function advance({ vault }: BackupContext, state: CollectionState, { cursor, last }: ChangeCheckpoint): void {
  state.cursor = cursor;
  state.cursorTime = vault.clock.now();
  if (last && state.pass !== undefined) state.pass.ended = true;
}

/** The source tells the collection from its beginning: what it has told so far of another pass is worth nothing. */
function reset(state: CollectionState): void {
  state.edits.clear();
  state.pass = { root: undefined, ended: false };
  state.cursor = undefined;
}

async function remove(
  { vault, source, itemIndex, options }: BackupContext,
  state: CollectionState,
  id: string,
): Promise<void> {
  const places = itemIndex.find(vault.keyring.itemId(source.id, id));
  for (const { collectionId, sort } of places) {
    if (collectionId !== state.collection.id) continue;
    const key = { id, sort };
    if ((await findCurrent(state, key, vault.trees, options)) === undefined) continue;
    state.edits.set(id, { key });
    state.open.add(id);
    return;
  }
}
