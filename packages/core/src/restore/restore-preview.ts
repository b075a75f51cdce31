import type { OperationOptions, RestoreTarget } from '@holdfast/contracts';
import { requireOneOf } from '../internal/require-one-of.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import { findPresences } from './find-presences.ts';
import { itemGroups } from './load-items.ts';
import { plannedTrees } from './planned-trees.ts';
import { CONFLICT_POLICIES, decideAction, noActions, NOTHING_THERE } from './restore-action.ts';
import type { RestoreAction } from './restore-action.ts';
import { plannedItems } from './restore-plan.ts';
import type { PlannedCollection, RestorePlan } from './restore-plan.ts';

/** What a restore would do with one item. */
export interface PreviewedItem {
  /** Its id in the source. */
  readonly item: string;
  /** Its subject, for people. */
  readonly subject: string;
  /** What would be done. */
  readonly action: RestoreAction;
  /** Ids of items in the target that it was decided by: the same, or other versions. */
  readonly existing: readonly string[];
}

/** What a restore would do with one collection. */
export interface PreviewedCollection extends PlannedCollection {
  /** Whether the target has the collection already. */
  readonly exists: boolean;
  /** How many items each action would be taken with. */
  readonly actions: Readonly<Record<RestoreAction, number>>;
  /** The items, one by one. */
  readonly previewed: readonly PreviewedItem[];
}

/** The target that a preview was made for. */
export interface PreviewTarget {
  /** Names it for ever. */
  readonly id: string;
  /** For people. */
  readonly title: string;
}

/** What a restore would do, item by item: plain data that can be printed. */
export interface RestorePreview {
  /** Id of the snapshot. */
  readonly snapshot: string;
  /** What it would be restored into. */
  readonly target: PreviewTarget;
  /** Collections, parents before children. */
  readonly collections: readonly PreviewedCollection[];
  /** How many items each action would be taken with, in all. */
  readonly actions: Readonly<Record<RestoreAction, number>>;
}

/** Says of each item of a plan what a restore would do with it now. Reads from the target, writes nothing. */
export async function previewRestore(
  vault: Vault,
  plan: RestorePlan,
  target: RestoreTarget,
  { signal }: OperationOptions,
): Promise<RestorePreview> {
  signal?.throwIfAborted();
  requireOneOf('onConflict', plan.onConflict, CONFLICT_POLICIES);
  const { onConflict: policy } = plan;
  const snapshot = await findSnapshot(vault.snapshots, { snapshot: plan.snapshot }, { signal });
  const find = findPresences(vault, snapshot, plan, target, { signal });
  const treeOf = await plannedTrees(vault, snapshot, plan, { signal });
  const total = noActions();
  const collections: PreviewedCollection[] = [];
  for (const planned of plan.collections) {
    const items = await treeOf(planned);
    const targetId = await target.findCollection(planned.path, { signal });
    const actions = noActions();
    const previewed: PreviewedItem[] = [];
    const where = { source: snapshot.snapshot.source.id, collection: planned.collection, root: items };
    for await (const group of itemGroups(vault, where, { selection: plannedItems(planned), signal })) {
      const presences = await find(targetId, planned.collection, group.items);
      for (const [index, item] of group.items.entries()) {
        const { id, summary } = item;
        const presence = presences[index] ?? NOTHING_THERE;
        const action = decideAction(policy, presence, item);
        const existing = [...(presence.same === undefined ? [] : [presence.same]), ...presence.others];
        actions[action] += 1;
        total[action] += 1;
        previewed.push({ item: id, subject: summary.subject, action, existing });
      }
      group.release();
    }
    collections.push({ ...planned, exists: targetId !== undefined, actions, previewed });
  }
  const { id, title } = target;
  return { snapshot: plan.snapshot, target: { id, title }, collections, actions: total };
}
