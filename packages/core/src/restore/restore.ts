import { CryptoError, RepositoryError, SourceError } from '@holdfast/contracts';
import type { CreatedItem, ItemPresence, OperationOptions, RestorableItem, RestoreTarget } from '@holdfast/contracts';
import { isFatal } from '../internal/is-fatal.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { requireOneOf } from '../internal/require-one-of.ts';
import { usageBetween } from '../internal/usage-between.ts';
import { whileHeldUp } from '../progress/pause-gate.ts';
import { createProgressMeter } from '../progress/progress-meter.ts';
import type { ProgressMeter } from '../progress/progress-meter.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import { findPresences } from './find-presences.ts';
import type { FindPresences } from './find-presences.ts';
import { GROUP_ITEMS, itemGroups } from './load-items.ts';
import type { ItemGroup } from './load-items.ts';
import { plannedTrees } from './planned-trees.ts';
import { CONFLICT_POLICIES, decideAction, losesSomething, NOTHING_THERE } from './restore-action.ts';
import type { ConflictPolicy, RestoreAction } from './restore-action.ts';
import type { ResolvedRestoreOptions } from './restore-options.ts';
import { plannedItems } from './restore-plan.ts';
import type { PlannedCollection, RestorePlan } from './restore-plan.ts';
import type { RestoreReport } from './restore-report.ts';
import { restoreTally, tallied } from './restore-tally.ts';
import type { RestoreTally } from './restore-tally.ts';

/** Everything the steps of one restore share. */
interface RestoreContext {
  readonly target: RestoreTarget;
  readonly find: FindPresences;
  readonly policy: ConflictPolicy;
  readonly options: ResolvedRestoreOptions;
  readonly tally: RestoreTally;
  readonly progress: ProgressMeter | undefined;
}

/** Carries out a plan: brings every item of it into the target, unless the policy leaves it alone. */
export async function restoreItems(
  vault: Vault,
  plan: RestorePlan,
  target: RestoreTarget,
  options: ResolvedRestoreOptions,
): Promise<RestoreReport> {
  const { signal } = options;
  signal?.throwIfAborted();
  requireOneOf('onConflict', plan.onConflict, CONFLICT_POLICIES);
  const started = vault.clock.now();
  const usageBefore = target.usage;
  const progress = createProgressMeter({ clock: vault.clock, onProgress: options.onProgress });
  progress?.expect({ items: plan.items });
  const tally = restoreTally(plan.items, options, progress);
  let bytesRead = 0;
  const snapshot = await findSnapshot(vault.snapshots, { snapshot: plan.snapshot }, { signal });
  const find = findPresences(vault, snapshot, plan, target, { signal });
  const treeOf = await plannedTrees(vault, snapshot, plan, { signal });
  const context: RestoreContext = { target, find, policy: plan.onConflict, options, tally, progress };

  progress?.phase('restoring');
  for (const planned of plan.collections) {
    if (tally.ended !== undefined) break;
    const items = await treeOf(planned);
    const selection = plannedItems(planned);
    const missing = new Set(selection === 'all' ? [] : selection.map(({ id }) => id));
    const place = await openPlace(context, planned);
    if (typeof place.current !== 'string') tally.collectionFailed(planned.collection, place.current);
    const origin = { source: snapshot.snapshot.source.id, collection: planned.collection, root: items };
    await mapConcurrent(
      untilEnded(tally, itemGroups(vault, origin, { selection, signal })),
      async (group) => {
        for (const { id } of group.items) missing.delete(id);
        try {
          await restoreGroup(context, planned, place, group);
        } finally {
          group.release();
        }
        bytesRead += group.bytesRead();
        progress?.add(0, group.bytesRead());
      },
      { concurrency: groupsAtOnce(context), signal },
    );
    for (const item of tally.ended === undefined ? missing : []) {
      const where = { snapshot: plan.snapshot, collection: planned.collection, item };
      const error = new RepositoryError('ERR_ITEM_NOT_IN_SNAPSHOT', where);
      tally.failed({ collection: planned.collection, item, subject: '' }, error);
    }
  }

  progress?.end();
  const { ended, actions, failures, omissions, failedCollections } = tally;
  const isComplete = [failures, omissions, failedCollections].every(({ length }) => length === 0);
  const { skip, ...written } = actions;
  return {
    result: isComplete && ended === undefined ? 'complete' : 'complete-with-failures',
    ended,
    planned: plan.items,
    restored: Object.values(written).reduce((sum, count) => sum + count, 0),
    skipped: skip,
    actions,
    items: tally.items,
    failures,
    failedCollections,
    omissions,
    bytesRead,
    usage: usageBetween(usageBefore, target.usage),
    durationMs: vault.clock.now() - started,
  };
}

/** What takes the place of something else is looked for when all before it is written: names may differ in their case alone. */
function groupsAtOnce({ policy, options: { concurrency } }: RestoreContext): number {
  return policy === 'replace' ? 1 : Math.max(1, Math.floor(concurrency / GROUP_ITEMS));
}

async function* untilEnded(
  tally: RestoreTally,
  groups: AsyncIterable<ItemGroup>,
): AsyncGenerator<ItemGroup, void, void> {
  for await (const group of groups) {
    if (tally.ended !== undefined) return group.release();
    yield group;
  }
}

/** The collection of the target that items go into; it may be deleted in the course of a restore, and made again. */
interface Place {
  /** Its id, or why there is none. */
  readonly current: string | SourceError;
  /** Prepares it again, unless somebody else has done so since `id` was its id. */
  renew(id: string): Promise<string | SourceError>;
}

async function openPlace({ target, options }: RestoreContext, { path }: PlannedCollection): Promise<Place> {
  const { signal } = options;
  const prepare = async (): Promise<string | SourceError> => {
    try {
      return await target.prepareCollection(path, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (!SourceError.is(error) || isFatal(error)) throw error;
      return error;
    }
  };
  let current = await prepare();
  let renewing: Promise<void> | undefined;
  return {
    get current() {
      return current;
    },
    async renew(id) {
      if (current !== id) return current;
      renewing ??= prepare().then((prepared) => {
        current = prepared;
        renewing = undefined;
      });
      await renewing;
      return current;
    },
  };
}

async function restoreGroup(
  context: RestoreContext,
  { collection }: PlannedCollection,
  place: Place,
  group: ItemGroup,
): Promise<void> {
  const { find, tally, policy, progress } = context;
  const { concurrency, pause, signal } = context.options;
  const failAll = (error: ItemError): void => {
    for (const item of group.items) tally.failed(tallied(collection, item), error);
  };
  if (typeof place.current !== 'string') return failAll(place.current);

  let presences: readonly ItemPresence[];
  try {
    presences = await whereItIs(place, (id) => find(id, collection, group.items));
  } catch (error) {
    signal?.throwIfAborted();
    // Without knowing what is there, anything that is created could be there twice.
    if (!isItemError(error)) throw error;
    return failAll(error);
  }
  const decided = group.items.map((item, index) => {
    const presence = presences[index] ?? NOTHING_THERE;
    return { item, presence, action: decideAction(policy, presence, item) };
  });
  const toWrite = decided.filter(({ action }) => action !== 'skip').map(({ item }) => item);
  await group.loadAll(toWrite);
  await mapConcurrent(
    decided,
    async ({ item, presence, action }) => {
      await whileHeldUp(pause, progress, { signal });
      if (tally.ended !== undefined) return;
      let done: Done;
      try {
        done = await whereItIs(place, (id) => carryOut(context, id, item, { presence, action }));
      } catch (error) {
        signal?.throwIfAborted();
        if (!isItemError(error)) throw error;
        return tally.failed(tallied(collection, item), error);
      }
      tally.done(tallied(collection, item), done.action, done.created);
    },
    { concurrency, signal },
  );
}

/** Does something in the collection; if it was deleted meanwhile, does it once more in a new one. */
async function whereItIs<T>(place: Place, act: (id: string) => Promise<T>): Promise<T> {
  const { current } = place;
  if (typeof current !== 'string') throw current;
  try {
    return await act(current);
  } catch (error) {
    if (!SourceError.is(error, 'ERR_COLLECTION_NOT_FOUND')) throw error;
    const renewed = await place.renew(current);
    if (typeof renewed !== 'string') throw renewed;
    return act(renewed);
  }
}

interface Decision {
  readonly presence: ItemPresence;
  readonly action: RestoreAction;
}

interface Done {
  readonly created: CreatedItem;
  /** What was done in the end. */
  readonly action: RestoreAction;
}

async function carryOut(
  { target, options: { signal } }: RestoreContext,
  collectionId: string,
  item: RestorableItem,
  { presence: { same, whole, omitted, others }, action }: Decision,
): Promise<Done> {
  if (action === 'skip') return { created: { itemId: same ?? others[0] ?? '', omitted }, action };
  let created: CreatedItem;
  if (same === undefined) created = await target.createItem(collectionId, item, { signal });
  else if (whole) created = { itemId: same, omitted };
  else created = await target.completeItem(same, item, { signal });
  if (action !== 'replace') return { created, action };
  if (losesSomething(created.omitted)) return { created, action: same === undefined ? 'copy' : 'complete' };
  // Only now: what is deleted first is lost if the rest fails.
  for (const other of others) {
    signal?.throwIfAborted();
    await deleteOther(target, other, { signal });
  }
  return { created, action };
}

/** That it is gone already is what was wanted. */
async function deleteOther(target: RestoreTarget, itemId: string, options: OperationOptions): Promise<void> {
  await target.deleteItem(itemId, options).catch((error: unknown) => {
    if (!SourceError.is(error, 'ERR_ITEM_NOT_FOUND')) throw error;
  });
}

type ItemError = SourceError | RepositoryError | CryptoError;

/** Whether an error concerns this item only: the target refuses it, or its data in the repository is damaged. */
function isItemError(error: unknown): error is ItemError {
  if (RepositoryError.is(error, 'ERR_WORKER_FAILED')) return false;
  return (SourceError.is(error) && !isFatal(error)) || RepositoryError.is(error) || CryptoError.is(error);
}
