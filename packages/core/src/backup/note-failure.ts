import { SourceError } from '@holdfast/contracts';
import { totalsOf } from './backup-context.ts';
import type { BackupContext } from './backup-context.ts';
import type { CollectionState } from './collection-state.ts';

/** Notes an item that could not be backed up, once. Its id is empty if the source has none. */
export function noteFailure(context: BackupContext, state: CollectionState, item: string, error: SourceError): void {
  const { failures, options } = context;
  const { code, details } = error;
  const { reason } = details;
  const collection = state.collection.id;
  if (state.failed.has(item)) return;
  if (item === '') state.nameless = true;
  else state.failed.add(item);
  failures.add({ collection, item, code, reason: reason === undefined ? undefined : String(reason) });
  options.onProgress?.({ type: 'item-failed', collection, item, code, totals: totalsOf(context) });
}

/** What is wrong with something whose id cannot be stored, and so never be found again. */
export function unusableId(): SourceError {
  return new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'an id that is no text' });
}

/**
 * Takes a failure back: the item was told of again in the same run and could be read, or it left. Where it went it is read
 * again, and if it is gone, nothing is missing.
 */
export function forgetFailure({ failures }: BackupContext, state: CollectionState, item: string): void {
  if (!state.failed.delete(item)) return;
  failures.remove(state.collection.id, item);
}

/** Takes back everything that failed in a collection, and tells the ids, as far as they are known. */
export function forgetFailures(
  { failures }: BackupContext,
  state: CollectionState,
  tell: (item: string) => void,
): void {
  for (const item of state.failed) tell(item);
  state.failed.clear();
  state.nameless = false;
  failures.removeAll(state.collection.id);
}

/** Entries without an id are all told again where a collection is told from its beginning. */
export function forgetNameless({ failures }: BackupContext, state: CollectionState): void {
  if (!state.nameless) return;
  state.nameless = false;
  failures.removeNameless(state.collection.id);
}
