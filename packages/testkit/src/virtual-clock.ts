import type { Clock, OperationOptions } from '@holdfast/contracts';

/** Options of {@link virtualClock}. */
export interface VirtualClockOptions {
  /** The time it starts at, in milliseconds since 1970. @defaultValue 2026-01-01T00:00:00Z */
  readonly start?: number | undefined;
  /**
   * How many turns of the event loop must pass without anybody going to sleep or waking up before everything counts as
   * waiting. File operations under way are waited for in any case; work that Node does unseen in other threads
   * (compression, key derivation) or that another process does is not, nor, on Node 26, the time between the operations that
   * `readFile` and `writeFile` are made of. Raise it where tasks wait for such work.
   *
   * @defaultValue `50`
   */
  readonly quietTurns?: number | undefined;
}

/** A {@link @holdfast/contracts!Clock | Clock} whose time moves only when a test says so. */
export interface VirtualClock extends Clock {
  /** How many tasks sleep now. */
  readonly sleepers: number;

  /**
   * Moves the time forward by that many milliseconds. Whoever is due on the way wakes up at its own time, in the order
   * of the times and then of falling asleep, and can go to sleep again before the next one wakes.
   */
  advance(milliseconds: number): Promise<void>;

  /**
   * Waits for the promise; whenever every task waits, it jumps to the time of the next sleeper. Resolves or rejects as
   * the promise does. A promise that nobody will settle is waited for until the signal is aborted.
   */
  runUntil<T>(promise: PromiseLike<T>, options?: OperationOptions): Promise<T>;
}

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/**
 * Makes a clock for tests: hours pass in no time, and in the same order on every run.
 *
 * @example Waiting an hour
 * ```ts
 * import { virtualClock } from '@holdfast/testkit';
 *
 * const clock = virtualClock({ start: 0 });
 * await clock.runUntil(clock.sleep(3_600_000));
 * console.log(clock.now()); // 3600000
 * ```
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { start = Date.UTC(2026, 0, 1), quietTurns = 50 } = options;
  if (!Number.isFinite(start)) throw new RangeError(`start must be a time in milliseconds, got ${start}`);
  if (!Number.isInteger(quietTurns) || quietTurns < 1) {
    throw new RangeError(`quietTurns must be a positive integer, got ${quietTurns}`);
  }
  let time = start;
  let changes = 0;
  // Ordered by time; those of equal time in the order of falling asleep.
  const sleepers: Sleeper[] = [];

  function insert(sleeper: Sleeper): void {
    const index = sleepers.findLastIndex(({ due }) => due <= sleeper.due);
    sleepers.splice(index + 1, 0, sleeper);
    changes += 1;
  }

  function remove(sleeper: Sleeper): void {
    const index = sleepers.indexOf(sleeper);
    if (index >= 0) sleepers.splice(index, 1);
    changes += 1;
  }

  function wakeNext(): void {
    const [next] = sleepers;
    if (next === undefined) return;
    remove(next);
    time = Math.max(time, next.due);
    next.wake();
  }

  /** Resolves when nothing more happens at this time, or as soon as `finished` is true. */
  async function settle(finished: () => boolean): Promise<void> {
    let seen = changes;
    for (let quiet = 0; quiet < quietTurns && !finished();) {
      await turn();
      quiet = seen === changes && !systemIsBusy() ? quiet + 1 : 0;
      seen = changes;
    }
  }

  return {
    get sleepers() {
      return sleepers.length;
    },

    now: () => time,

    sleep(milliseconds, { signal } = {}) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (Number.isNaN(milliseconds)) return Promise.reject(new RangeError('the time to sleep is not a number'));
      // As with the machine's clock, a sleep of nothing needs no time to pass, but lets others run.
      if (milliseconds <= 0) return turn().then(() => signal?.throwIfAborted());
      return new Promise((resolve, reject) => {
        const sleeper: Sleeper = {
          due: time + milliseconds,
          wake() {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        const onAbort = (): void => {
          remove(sleeper);
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        insert(sleeper);
      });
    },

    async advance(milliseconds) {
      if (!(milliseconds >= 0)) throw new RangeError(`time moves forward only, got ${milliseconds}`);
      const end = time + milliseconds;
      const never = (): boolean => false;
      await settle(never);
      while (sleepers[0] !== undefined && sleepers[0].due <= end) {
        wakeNext();
        await settle(never);
      }
      time = end;
    },

    async runUntil(promise, { signal } = {}) {
      let settled = false;
      const done = (): void => {
        settled = true;
      };
      promise.then(done, done);
      while (true) {
        await settle(() => settled || signal?.aborted === true);
        if (settled) return promise;
        signal?.throwIfAborted();
        wakeNext();
      }
    },
  };
}

/** One turn of the event loop: promises, timers that are due and input that has arrived are dealt with. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** File operations and name lookups run in other threads; the event loop looks idle meanwhile. */
function systemIsBusy(): boolean {
  return process.getActiveResourcesInfo().some((name) => name.includes('Req'));
}
