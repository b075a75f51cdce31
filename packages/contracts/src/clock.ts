import type { OperationOptions } from './operation-options.ts';

/**
 * Where the library gets its time from. Everything that waits or stamps a time is given one, so that tests run on
 * virtual time.
 */
export interface Clock {
  /** The present, in milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;

  /**
   * Resolves after the given time, in milliseconds. Zero or less resolves at the next turn of the event loop.
   * An abort rejects with `signal.reason` and leaves no timer behind.
   */
  sleep(milliseconds: number, options?: OperationOptions): Promise<void>;
}

/** The clock of the machine: the default wherever a {@link Clock} can be passed in. */
export const systemClock: Clock = {
  // oxlint-disable-next-line no-restricted-properties -- the one place that reads the machine's time
  now: () => Date.now(),
  sleep: (milliseconds, { signal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.max(0, milliseconds),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
