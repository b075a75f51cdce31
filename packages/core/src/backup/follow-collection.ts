import { LazyMap } from '../internal/lazy-collections.ts';
import { totalsOf } from './backup-context.ts';
import type { BackupContext } from './backup-context.ts';
import { discard } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { followRound } from './follow-round.ts';

/** How a collection is followed. */
export interface FollowOptions {
  /**
   * Whether cursors are of a run that was interrupted. They may stand in the middle of an enumeration, which ends with
   * what there was at its beginning, so that a quiet round is no proof that nothing changed since.
   */
  readonly resumes: boolean;
  /** Awaited after each cursor. */
  readonly onCheckpoint: () => Promise<void>;
}

/**
 * Follows the changes of one collection to the end of its feed, and finds out whether it is at rest: whether the source
 * told nothing, or nothing else than the time before.
 */
export async function followCollection(
  context: BackupContext,
  state: CollectionState,
  { resumes, onCheckpoint }: FollowOptions,
): Promise<void> {
  const isFirst = state.told === undefined;
  const { id, name } = state.collection;
  if (isFirst) {
    context.options.onProgress?.({ type: 'collection-started', collection: id, name, totals: totalsOf(context) });
  }
  const isMidway = isFirst && state.cursor !== undefined && (resumes || state.pass !== undefined);
  const { silent, told, failure } = await followRound(context, state, onCheckpoint);
  state.atRest = failure === undefined && !isMidway && (silent || told === state.told);
  state.told = told;
  if (failure === undefined) return;
  // What was told behind the last cursor is told again from there.
  discard(state, state.edits);
  state.edits = new LazyMap();
  state.gone = failure.code === 'ERR_COLLECTION_NOT_FOUND';
  state.failure = state.gone ? undefined : failure.code;
}
