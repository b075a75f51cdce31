import type { ItemPresence, OmittedPart, RestorableItem } from '@holdfast/contracts';

/**
 * What becomes of an item that the target holds in another version: the same Message-ID with other content.
 *
 * | policy         | not there                                     | another version is there               | the same is there |
 * | -------------- | --------------------------------------------- | -------------------------------------- | ----------------- |
 * | `skip`         | created                                       | left alone                             | left alone        |
 * | `copy`         | created                                       | created beside it                      | left alone        |
 * | `replace`      | created                                       | created, then the other one is deleted | left alone        |
 * | `only-missing` | created if it is nowhere else in the mailbox | left alone                             | left alone        |
 *
 * What is the same is never created again, so a restore that is run again creates nothing. `replace` deletes nothing in
 * favour of a version of which something is lost: such a one is created beside the other, as with `copy`.
 */
export type ConflictPolicy = 'copy' | 'only-missing' | 'replace' | 'skip';

/** Every {@link ConflictPolicy}. */
export const CONFLICT_POLICIES: readonly ConflictPolicy[] = ['copy', 'only-missing', 'replace', 'skip'];

/**
 * What a restore does with an item: creates it; adds what is missing of one that an interrupted restore left; creates it
 * beside another version, or in the place of one; or leaves everything as it is.
 */
export type RestoreAction = 'complete' | 'copy' | 'create' | 'replace' | 'skip';

/** What the policy makes of what the target holds of an item. */
export function decideAction(
  policy: ConflictPolicy,
  { same, whole, others, omitted }: ItemPresence,
  item: Pick<RestorableItem, 'omitted'>,
): RestoreAction {
  const hasOthers = others.length > 0;
  // Once more, if a run was interrupted between creating the new version and deleting the old one.
  if (policy === 'replace' && hasOthers && !losesSomething(omitted) && !losesSomething(item.omitted)) return 'replace';
  if (same !== undefined) return whole ? 'skip' : 'complete';
  if (!hasOthers) return 'create';
  return policy === 'copy' || policy === 'replace' ? 'copy' : 'skip';
}

/** Whether something is gone for good with what was omitted, so that nothing else may be deleted in its favour. */
export function losesSomething(omitted: readonly OmittedPart[]): boolean {
  return omitted.some(({ lost }) => lost);
}

/** What a target without the item tells. */
export const NOTHING_THERE: ItemPresence = { same: undefined, whole: false, omitted: [], others: [] };

/** A count for each action, at zero. */
export function noActions(): Record<RestoreAction, number> {
  return { complete: 0, copy: 0, create: 0, replace: 0, skip: 0 };
}
