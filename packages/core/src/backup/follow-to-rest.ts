import type { BackupContext } from './backup-context.ts';
import { coverAsEmpty, isKnownEmpty } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { beginSettling, settle, settleRest } from './settle.ts';

/** So often a collection is asked again that changes whenever it is asked; then the run ends without it at rest. */
const MOST_EXTRA_ROUNDS = 5;

/**
 * Follows all collections, and again those that told something, until each is at rest: until the source, asked again,
 * tells nothing new. The tree of a collection then shows it as it was at that moment, because whatever changed between
 * being listed and being read, or on another page, has been told meanwhile. Collections without any change are asked
 * once, and those that are known to be empty not at all.
 *
 * What became of items that left is settled before the last time that their collections are asked: one that is found
 * is not put into the state of an earlier moment, and one that left and came back is not missing from the state of a
 * moment at which it was there.
 *
 * @param follow - Follows collections, each once, several at a time.
 */
export async function followToRest(
  context: BackupContext,
  follow: (states: readonly CollectionState[]) => Promise<void>,
): Promise<void> {
  const settling = beginSettling();
  let due: CollectionState[] = [];
  for (const state of context.collections.values()) {
    if (isKnownEmpty(state)) coverAsEmpty(state);
    else due.push(state);
  }
  for (let round = 0; due.length > 0 && round <= MOST_EXTRA_ROUNDS; round += 1) {
    context.progress?.phase('reading');
    await follow(due);
    context.progress?.phase('settling');
    const { touched, outdated } = await settle(context, settling);
    for (const state of touched) state.atRest = false;
    // What failed may take long to fail again; the next run comes back to it.
    due = [...context.collections.values()].filter(
      (state) => !state.gone && state.failure === undefined && (!state.atRest || outdated.has(state)),
    );
  }
  // What was found in the last round: its items are asked for nowhere else.
  const found = due.filter((state) => state.told === undefined);
  await follow(found);
  if (found.length > 0) for (const state of (await settle(context, settling)).touched) state.atRest = false;
  await settleRest(context, settling);
}
