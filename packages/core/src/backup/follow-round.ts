import { createHash } from 'node:crypto';
import { SourceError } from '@holdfast/contracts';
import type { ChangeCheckpoint, ChangeEvent, SourceItem } from '@holdfast/contracts';
import { LazyMap } from '../internal/lazy-collections.ts';
import { isFatal } from '../internal/is-fatal.ts';
import { whileHeldUp } from '../progress/pause-gate.ts';
import type { BackupContext } from './backup-context.ts';
import { discard, findCurrent, makeReady } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { takeIn } from './item-intake.ts';
import { forgetFailure, forgetNameless, noteFailure, unusableId } from './note-failure.ts';
import type { Intake } from './item-intake.ts';

/** So many items are told of ahead of the one that is applied next. */
const FURTHEST_AHEAD = 4096;

/** What became of one round. */
export interface FollowedRound {
  /** Whether the source told nothing at all. */
  readonly silent: boolean;
  /** Digest of the items told and their change keys: two rounds in a row that have the same told nothing new. */
  readonly told: string;
  /** What ended the feed before its end, if that concerns this collection alone. */
  readonly failure: SourceError | undefined;
}

/**
 * Follows the changes of one collection from its cursor to the end of the feed, once.
 *
 * Items are read several at a time; what comes of them is applied in the order in which the source told it, so that a
 * cursor is never ahead of the items it stands for. `onCheckpoint` is awaited after each cursor.
 */
export async function followRound(
  context: BackupContext,
  state: CollectionState,
  onCheckpoint: () => Promise<void>,
): Promise<FollowedRound> {
  const { source, options, reading, slots, turns, underway, data, counts, progress } = context;
  const told = createHash('sha256');
  let silent = true;
  let applied: Promise<void> = Promise.resolve();
  let failed: { readonly error: unknown } | undefined;
  const inOrder = (step: () => void | Promise<void>): void => {
    applied = applied.then(step);
    applied.catch((error: unknown) => {
      failed ??= { error };
    });
  };

  const ahead = new Set<string>();
  // What was to be applied when half of the items ahead, and when all of them, had been told of.
  let older = applied;
  let newer = applied;
  let toldSince = 0;
  let toldSinceHurry = 0;
  /** What becomes of an item is found out only when everything told of it before is applied. */
  const queue = async (id: string): Promise<void> => {
    if (ahead.has(id)) await data.hurry(applied);
    if (ahead.size >= FURTHEST_AHEAD) await data.hurry(older);
    toldSince += 1;
    toldSinceHurry += 1;
    if (toldSince >= FURTHEST_AHEAD / 2) {
      older = newer;
      newer = applied;
      toldSince = 0;
    }
    ahead.add(id);
  };

  const begin = async (item: SourceItem): Promise<void> => {
    await whileHeldUp(options.pause, progress, reading);
    await queue(item.id);
    const free = await slots.acquire(reading);
    let isRead = false;
    const release = (): void => {
      if (isRead) return;
      isRead = true;
      free();
      progress?.add(1, 0);
      // A source that pauses must not keep waiting what it has told.
      if (slots.idle) setImmediate(() => slots.idle && data.nudge());
    };
    const intake: Promise<Intake> = takeIn(context, state, item, release).finally(release);
    const ended = intake.then(
      () => {},
      () => {},
    );
    underway.add(ended);
    void ended.then(() => underway.delete(ended));
    inOrder(async () => {
      (await intake)();
      counts.applied += 1;
      ahead.delete(item.id);
    });
  };

  let endTurn: (() => void) | undefined;
  const take = async (event: ChangeEvent): Promise<void> => {
    switch (event.type) {
      case 'item-changed':
        // Only now: a collection that tells of nothing waits for no other.
        endTurn ??= await turns.acquire(reading);
        told.update(JSON.stringify([event.item.id, event.item.changeKey]));
        if (event.item.id !== '' && event.item.id.isWellFormed()) await begin(event.item);
        else inOrder(() => noteFailure(context, state, '', unusableId()));
        break;
      case 'item-removed':
        told.update(JSON.stringify([event.itemId]));
        await queue(event.itemId);
        inOrder(async () => {
          await remove(context, state, event.itemId);
          ahead.delete(event.itemId);
        });
        break;
      case 'item-failed':
        told.update(JSON.stringify([event.itemId ?? null, event.error.code]));
        inOrder(() => noteFailure(context, state, event.itemId ?? '', event.error));
        break;
      case 'collection-reset':
        inOrder(() => reset(context, state));
        // What comes now is to be compared with the new enumeration, not with what was known before.
        await data.hurry(applied);
        break;
      case 'checkpoint':
        inOrder(() => advance(context, state, event));
        if (toldSinceHurry >= options.checkpoint.items) {
          toldSinceHurry = 0;
          // What stands before the cursor is to be in a checkpoint now, not when a slab is full.
          void data.hurry(applied.catch(() => {}));
        }
        inOrder(onCheckpoint);
        break;
    }
  };

  let failure: SourceError | undefined;
  try {
    for await (const event of source.changes(state.collection, { cursor: state.cursor, ...reading })) {
      reading.signal?.throwIfAborted();
      if (failed !== undefined) throw failed.error;
      if (event.type !== 'checkpoint') silent = false;
      await take(event);
    }
  } catch (error) {
    underway.add(applied.catch(() => {}));
    if (failed !== undefined) throw failed.error;
    if (reading.signal?.aborted || isFatal(error) || !SourceError.is(error)) throw error;
    failure = error;
  } finally {
    endTurn?.();
  }
  await data.hurry(applied);
  return { silent, told: told.digest('hex'), failure };
}

function advance({ vault }: BackupContext, state: CollectionState, { cursor, last }: ChangeCheckpoint): void {
  state.cursor = cursor;
  makeReady(state);
  // Records hold integers, and a clock may tell fractions.
  state.cursorTime = Math.floor(vault.clock.now());
  if (last && state.pass !== undefined) state.pass.ended = true;
}

/** The source tells the collection from its beginning: what it has told so far of another pass is worth nothing. */
function reset(context: BackupContext, state: CollectionState): void {
  forgetNameless(context, state);
  for (const changes of [state.flushing, state.ready, state.edits]) discard(state, changes);
  state.flushing = new LazyMap();
  state.ready = new LazyMap();
  state.edits = new LazyMap();
  state.before.push(state.pass?.root);
  if (state.pass?.root !== undefined) state.made?.add(state.pass.root);
  state.pass = { root: undefined, ended: false };
  state.cursor = undefined;
}

/**
 * Takes an item out and leaves it to be settled what became of it; also where nothing is known of it, because an item
 * that came, left and came back is told as having left.
 */
async function remove(context: BackupContext, state: CollectionState, id: string): Promise<void> {
  const { vault, source, itemIndex, options } = context;
  state.open.add(id);
  forgetFailure(context, state, id);
  const places = await itemIndex.find(vault.keyring.itemId(source.id, id), options);
  for (const { collectionId, sort } of places) {
    if (collectionId !== state.collection.id) continue;
    const key = { id, sort };
    if ((await findCurrent(state, key, vault.trees, options)) === undefined) continue;
    state.edits.set(id, { key });
    return;
  }
}
