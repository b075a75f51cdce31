import type { Clock } from '@holdfast/contracts';

/** Work goes on at most so long before others have their turn. */
const TURN_MS = 10;
/** A call that took longer had to wait for a disk or a network. */
const SLOW_MS = 8;
/** After such a call, so many are made asynchronously before it is tried again. */
const SLOW_CALLS = 200;

/**
 * Decides how the file system is asked. A synchronous call costs a fifth of an asynchronous one where the answer is in
 * memory; where it is not, it holds everything up. So calls are synchronous as long as they turn out to be quick.
 */
export interface Pace {
  /** Whether the next call may be synchronous. */
  mayBlock(): boolean;
  /** Makes a synchronous call, and notes how long it took. */
  quickly<T>(call: () => T): T;
  /** To be awaited between calls: lets others have their turn once one is used up. */
  rest(): Promise<void> | undefined;
}

/** Makes a pace that begins quickly. */
export function createPace(clock: Clock): Pace {
  let slowCalls = 0;
  let began = clock.now();
  let resting: Promise<void> | undefined;
  return {
    mayBlock() {
      if (slowCalls === 0) return true;
      slowCalls -= 1;
      return false;
    },
    quickly(call) {
      const started = clock.now();
      try {
        return call();
      } finally {
        if (clock.now() - started > SLOW_MS) slowCalls = SLOW_CALLS;
      }
    },
    rest() {
      if (clock.now() - began < TURN_MS) return undefined;
      // One for all who wait: each would else begin a turn of its own before others have theirs.
      resting ??= new Promise((resolve) => {
        setImmediate(() => {
          began = clock.now();
          resting = undefined;
          resolve();
        });
      });
      return resting;
    },
  };
}
