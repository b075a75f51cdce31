import type { OperationOptions, RestoreTarget } from '@holdfast/contracts';
import { requireOneOf } from '../internal/require-one-of.ts';
import type { OperationProgress } from '../progress/operation-progress.ts';
import type { PauseGate } from '../progress/pause-gate.ts';
import type { RestoreAction } from './restore-action.ts';

/** An item of the plan is done: created, completed, replaced, or left alone because the target has it. */
export interface ItemRestored {
  /** Discriminates the events. */
  readonly type: 'item-restored';
  /** Id of its collection in the snapshot. */
  readonly collection: string;
  /** Its id in the source. */
  readonly item: string;
  /** What was done. */
  readonly action: RestoreAction;
  /** Id of the item in the target that stands for it now. */
  readonly targetId: string;
  /** Items done, failed ones included. */
  readonly done: number;
  /** Items planned. */
  readonly planned: number;
}

/** An item could not be restored; it stands in the report, and the restore goes on. */
export interface ItemRestoreFailed {
  /** Discriminates the events. */
  readonly type: 'item-restore-failed';
  /** Id of its collection in the snapshot. */
  readonly collection: string;
  /** Its id in the source. */
  readonly item: string;
  /** Code of the error. */
  readonly code: string;
  /** Items done, failed ones included. */
  readonly done: number;
  /** Items planned. */
  readonly planned: number;
}

/** What {@link RestoreOptions.onProgress} is called with. */
export type RestoreProgress = ItemRestored | ItemRestoreFailed | OperationProgress;

/** Options of {@link Repository.restore}. */
export interface RestoreOptions extends OperationOptions {
  /** How many items are worked on at the same time. @defaultValue what the target says; `3` if it says nothing */
  readonly concurrency?: number | undefined;
  /**
   * Which items have a line in {@link RestoreReport.items}: every one, or those alone that were not simply created or
   * there already. A line takes some 300 bytes of memory; the events of `onProgress` tell of every item in any case.
   *
   * @defaultValue `'all'`
   */
  readonly lines?: 'all' | 'exceptions' | undefined;
  /** Holds it up between two items, and lets it go on: see {@link createPause}. @defaultValue nothing does */
  readonly pause?: PauseGate | undefined;
  /** Called synchronously, in order. An error thrown here stops the restore. */
  readonly onProgress?: ((event: RestoreProgress) => void) | undefined;
}

/** {@link RestoreOptions} with defaults filled in: the only form the engine sees. */
export interface ResolvedRestoreOptions extends OperationOptions {
  /** See {@link RestoreOptions.concurrency}. */
  readonly concurrency: number;
  /** See {@link RestoreOptions.lines}. */
  readonly lines: 'all' | 'exceptions';
  /** See {@link RestoreOptions.pause}. */
  readonly pause: PauseGate | undefined;
  /** See {@link RestoreOptions.onProgress}. Undefined if nobody listens: then no event is made either. */
  readonly onProgress: ((event: RestoreProgress) => void) | undefined;
}

/** Fills in defaults and rejects nonsense, so that nothing behind this line checks options. */
export function resolveRestoreOptions(
  options: RestoreOptions = {},
  { concurrency: ofTarget = 3 }: Pick<RestoreTarget, 'concurrency'> = {},
): ResolvedRestoreOptions {
  const { concurrency = ofTarget, lines = 'all', pause, onProgress, signal } = options;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency must be a positive integer, got ${concurrency}`);
  }
  requireOneOf('lines', lines, ['all', 'exceptions']);
  return { concurrency, lines, pause, onProgress, signal };
}
