import type { OperationOptions } from '@holdfast/contracts';
import type { ProgressMeter } from './progress-meter.ts';

/**
 * Holds operations up and lets them go on. One gate may serve several operations. What is under way when it closes is
 * finished; nothing is begun until it opens. An operation that is held up can be aborted as ever.
 */
export interface PauseGate {
  /** Whether it is closed. */
  readonly paused: boolean;
  /** Closes it. */
  pause(): void;
  /** Opens it. */
  resume(): void;
  /** Resolves when it is open, at once if it is. An abort rejects with `signal.reason` itself. */
  whenOpen(options?: OperationOptions): Promise<void>;
}

/**
 * Makes a {@link PauseGate}, open.
 *
 * A long pause of a backup is no harm: cursors that a service forgets meanwhile are answered with a listing from the beginning.
 *
 * @example A backup that is held up for a moment
 * ```ts
 * import { createPause } from '@holdfast/core';
 *
 * const pause = createPause();
 * // repository.backup(mailbox, { pause });
 * pause.pause();
 * console.log(pause.paused); // true
 * pause.resume();
 * await pause.whenOpen();
 * ```
 */
export function createPause(): PauseGate {
  let closed: PromiseWithResolvers<void> | undefined;

  return {
    get paused() {
      return closed !== undefined;
    },
    pause() {
      closed ??= Promise.withResolvers<void>();
    },
    resume() {
      closed?.resolve();
      closed = undefined;
    },
    async whenOpen({ signal } = {}) {
      signal?.throwIfAborted();
      // It may be closed again before whoever waited had a turn.
      while (closed !== undefined) {
        await openedOrAborted(closed.promise, signal);
        signal?.throwIfAborted();
      }
    },
  };
}

function openedOrAborted(opened: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return opened;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    void opened.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}

/** Waits between two items if the operation is held up; that time counts for no rate. Costs nothing where it is not. */
export async function whileHeldUp(
  pause: PauseGate | undefined,
  progress: ProgressMeter | undefined,
  options: OperationOptions,
): Promise<void> {
  if (pause === undefined || !pause.paused) return;
  await pause.whenOpen(options);
  progress?.restart();
}
