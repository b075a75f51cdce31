import { SourceError } from '@holdfast/contracts';
import { LazySet } from '../internal/lazy-collections.ts';
import { isFatal } from '../internal/is-fatal.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { NodeReference } from '../tree/tree-record.ts';
import type { BackupContext } from './backup-context.ts';
import { beginToFollow, findCurrent, findEver, makeReady } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { takeIn } from './item-intake.ts';
import { joinNewCollections, wake } from './list-collections.ts';
import { forgetFailures } from './note-failure.ts';
import { adoptTrees, writeTrees } from './write-trees.ts';

/** Source.locate is asked for so many items at a time. */
const BATCH = 200;

/** What is known so far of the items to be settled. */
export interface Settling {
  /** Items that could not be settled, and why. */
  readonly unsettled: Map<string, SourceError>;
  /** Items that left a collection. */
  readonly left: Set<string>;
  /** Items that the source has no more, or not in a collection that is backed up. */
  readonly gone: Set<string>;
  /** Collections that disappeared and whose items have been asked for. */
  readonly opened: Set<CollectionState>;
  /** Whether the collections were listed a second time. */
  listedAgain: boolean;
}

/** Collections that are to be followed again after {@link settle}. */
export interface Settled {
  /** Those that an item was taken into, and those that are new. */
  readonly touched: ReadonlySet<CollectionState>;
  /**
   * Those that were seen too early. They hold an item that another one told of as well; or one of which another one told
   * later that it left: it may have gone there and come back meanwhile.
   */
  readonly outdated: ReadonlySet<CollectionState>;
}

/** What {@link settle} begins with. */
export function beginSettling(): Settling {
  return { unsettled: new Map(), left: new Set(), gone: new Set(), opened: new Set(), listedAgain: false };
}

/**
 * Finds out what became of every item that left its collection, or that the last run left unsettled. An item is gone
 * only when no other collection told of it and the source itself does not know it: one report that it left proves
 * nothing, because a move there and back between two runs is told as that alone.
 *
 * An item that is found is taken in where it is. What is found in a collection that was not there when the run began
 * makes the run list the collections once more.
 */
export async function settle(context: BackupContext, settling: Settling): Promise<Settled> {
  const { unknown, outdated } = await collectOpen(context, settling);
  const touched = new Set<CollectionState>();
  for (let start = 0; start < unknown.length; start += BATCH) {
    await locateBatch(context, settling, { ids: unknown.slice(start, start + BATCH), touched });
  }
  return { touched, outdated };
}

/** Puts into the report, and leaves to the next run, what could not be settled. */
export async function settleRest(context: BackupContext, { unsettled, left }: Settling): Promise<void> {
  for (const [id, error] of await standingInUnfinishedPasses(context, left)) unsettled.set(id, error);
  const states = statesWithOpenItems(context);
  for (const [id, error] of unsettled) {
    const state = states.find(({ open, retry }) => open.has(id) || retry.has(id));
    if (state !== undefined) noteUnsettled(context, state.collection.id, id, error);
  }
  for (const state of states) {
    state.open = new LazySet([...state.open].filter((id) => unsettled.has(id)));
    state.retry = new LazySet([...state.retry].filter((id) => unsettled.has(id)));
  }
}

/** The items that the source has to be asked for, and the collections that items seem to have moved to. */
async function collectOpen(
  context: BackupContext,
  { opened, unsettled, left }: Settling,
): Promise<{ readonly unknown: readonly string[]; readonly outdated: ReadonlySet<CollectionState> }> {
  await writeFinishedPasses(context);
  for (const state of context.collections.values()) {
    if (!state.gone || opened.has(state)) continue;
    opened.add(state);
    await openWhatIsGone(context, state);
  }
  const states = statesWithOpenItems(context);
  const retry = new Set(states.flatMap((state) => [...state.retry]));
  const open = new Set(states.flatMap((state) => [...state.open]));
  const failing = [...context.collections.values()].filter(({ failed }) => failed.size > 0);
  const unknown: string[] = [];
  const outdated = await collectLeft(context);
  for (const id of open) left.add(id);
  for (const id of new Set([...retry, ...open])) {
    if (unsettled.has(id)) continue;
    const home = await findHome(context, id);
    if (home !== undefined && open.has(id) && !isHidden(home)) {
      outdated.add(home);
      for (const state of states) state.open.delete(id);
    }
    // What failed in this run was asked for; the next one asks again. Only an old version that left is to be kept.
    if (failing.some(({ failed }) => failed.has(id)) && (home !== undefined || !open.has(id))) continue;
    if (retry.has(id) || home === undefined) unknown.push(id);
  }
  return { unknown, outdated };
}

/** The collections that still show items that were told of elsewhere. */
async function collectLeft({ arrivals, collections, vault, options }: BackupContext): Promise<Set<CollectionState>> {
  const seenEarly = new Set<CollectionState>();
  for (const { from, key } of arrivals.values()) {
    if (from.gone || !collections.has(from.collection.id)) continue;
    if ((await findCurrent(from, key, vault.trees, options)) !== undefined) seenEarly.add(from);
  }
  arrivals.clear();
  return seenEarly;
}

function statesWithOpenItems({ collections }: BackupContext): CollectionState[] {
  return [...collections.values()].filter(({ open, retry }) => open.size + retry.size > 0);
}

/** What an enumeration did not tell is found out from trees, so those are written first. */
async function writeFinishedPasses(context: BackupContext): Promise<void> {
  const { collections, nodes, options } = context;
  if (![...collections.values()].some(({ pass, items }) => pass?.ended === true && items !== undefined)) return;
  const written = await writeTrees(context);
  await nodes.flush(options);
  adoptTrees(written);
}

/** Asks the source where items are and takes in what it finds. */
async function locateBatch(
  context: BackupContext,
  settling: Settling,
  { ids, touched }: { readonly ids: readonly string[]; readonly touched: Set<CollectionState> },
): Promise<void> {
  const { source, collections, quiet, skipped, reading } = context;
  const asked = new Set(ids);
  const withOpenItems = statesWithOpenItems(context);
  /** The source has said where the item is, so nothing is open about it until it is told of again. */
  const close = (id: string): void => {
    for (const { open, retry } of withOpenItems) {
      open.delete(id);
      retry.delete(id);
    }
  };
  let failure = new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'no answer for an item' });
  try {
    for await (const { itemId, found } of source.locate(ids, reading)) {
      reading.signal?.throwIfAborted();
      const isNew = found !== undefined && [collections, quiet, skipped].every((all) => !all.has(found.collectionId));
      if (isNew && !settling.listedAgain) {
        settling.listedAgain = true;
        for (const joined of await joinNewCollections(context)) touched.add(joined);
      }
      const woken = found && wake(context, found.collectionId);
      if (woken !== undefined) touched.add(woken);
      const state = found && collections.get(found.collectionId);
      if (found === undefined || state === undefined || state.gone) {
        close(itemId);
        await countGone(context, settling, itemId);
      } else if (isHidden(state)) {
        settling.unsettled.set(itemId, unfinished(state));
      } else if (state.told === '') {
        beginToFollow(state);
        touched.add(state);
      } else if (state.told !== undefined) {
        const apply = await context.data.hurry(takeIn(context, state, found.item));
        // Not before: a run that ends here must leave the item to the next one.
        close(itemId);
        apply();
        context.counts.applied += 1;
        if (state.edits.size > 0) touched.add(state);
        // Its removal may stand in a checkpoint already, and no cursor will tell of it again.
        makeReady(state);
      }
      // What is in a collection that was not followed yet is told by its feed, or else asked for again.
      asked.delete(itemId);
    }
  } catch (error) {
    if (reading.signal?.aborted || isFatal(error) || !SourceError.is(error)) throw error;
    failure = error;
  }
  for (const id of asked) settling.unsettled.set(id, failure);
}

/** Whether the snapshot shows what the collection held before, because its enumeration did not come to its end. */
function isHidden({ pass, items }: CollectionState): boolean {
  return pass?.ended === false && items !== undefined;
}

function unfinished({ failure }: CollectionState): SourceError {
  return new SourceError('ERR_SOURCE_PROTOCOL', { reason: failure ?? 'unfinished enumeration' });
}

/** Counts an item that was in the last snapshot, once. Those of collections that vanished are counted by themselves. */
async function countGone(context: BackupContext, { gone }: Settling, id: string): Promise<void> {
  const { vault, source, itemIndex, counts, collections, options } = context;
  if (gone.has(id)) return;
  for (const { collectionId, sort } of await itemIndex.find(vault.keyring.itemId(source.id, id), options)) {
    const state = collections.get(collectionId);
    if (state === undefined || (await findEver(state, { id, sort }, vault.trees, options)) === undefined) continue;
    gone.add(id);
    // What still stands in a tree left after its collection was told; the next run hears of it.
    if ((await findHome(context, id)) === undefined) counts.removed += 1;
    return;
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
  const hiding = [...collections.values()].filter((state) => isHidden(state));
  if (hiding.length === 0) return hidden;
  for (const id of left) {
    for (const { collectionId, sort } of await itemIndex.find(vault.keyring.itemId(source.id, id), options)) {
      const state = hiding.find(({ collection }) => collection.id === collectionId);
      if (state === undefined || (await findCurrent(state, { id, sort }, vault.trees, options)) === undefined) continue;
      hidden.set(id, unfinished(state));
    }
  }
  return hidden;
}

/** Nobody knows whether the item is missing from the snapshot, so the run is no success. */
function noteUnsettled({ failures }: BackupContext, collection: string, item: string, error: SourceError): void {
  const { reason } = error.details;
  failures.add({ collection, item, code: error.code, reason: reason === undefined ? undefined : String(reason) });
}

/** The items of a collection that disappeared in the course of the run may have gone elsewhere before that. */
async function openWhatIsGone(context: BackupContext, state: CollectionState): Promise<void> {
  const { vault, options } = context;
  forgetFailures(context, state, (id) => state.open.add(id));
  const root = state.items ?? state.pass?.root;
  for await (const { value } of vault.trees.walk(root, itemRecordKind, options)) state.open.add(value.id);
  for (const [id, { record }] of state.ready) if (record !== undefined) state.open.add(id);
}

/** Counts the items of a collection that the source does not have any more, those excepted that moved elsewhere. */
export async function countVanished(context: BackupContext, items: NodeReference | undefined): Promise<void> {
  for await (const { value } of context.vault.trees.walk(items, itemRecordKind, context.options)) {
    if ((await findHome(context, value.id)) === undefined) context.counts.removed += 1;
  }
}

/** The collection that the item stands in, if there is one. */
async function findHome(context: BackupContext, id: string): Promise<CollectionState | undefined> {
  const { vault, source, itemIndex, collections, options } = context;
  for (const { collectionId, sort } of await itemIndex.find(vault.keyring.itemId(source.id, id), options)) {
    const state = collections.get(collectionId);
    if (state === undefined || state.gone) continue;
    if ((await findCurrent(state, { id, sort }, vault.trees, options)) !== undefined) return state;
  }
  return undefined;
}
