import type { OperationOptions } from '@holdfast/contracts';

/** Options of {@link Semaphore.acquire}. */
export interface AcquireOptions extends OperationOptions {
  /** Who waits with a lower rank goes first. @defaultValue `0` */
  readonly rank?: number | undefined;
}

/** Lets a fixed number of callers in at once; the others wait, those of one rank in the order they came. */
export interface Semaphore {
  /**
   * Waits for a slot and takes it.
   *
   * An abort rejects with `signal.reason` itself; no slot is lost then, and those behind move up. A slot that was
   * granted before the abort stays with the caller.
   *
   * @returns Gives the slot back. Only the first call does something.
   */
  acquire(options?: AcquireOptions): Promise<() => void>;
  /** How many callers wait. */
  readonly waiting: number;
  /** Whether nobody has a slot. */
  readonly idle: boolean;
}

interface Waiter {
  readonly rank: number;
  enter(): void;
}

/**
 * Makes a semaphore with that many slots.
 *
 * @throws A `RangeError` if `limit` is not an integer from 1.
 */
export function createSemaphore(limit: number): Semaphore {
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError('A semaphore has at least one slot.');
  let free = limit;
  // A set keeps the order of arrival and forgets one that was aborted in constant time.
  const waiters = new Set<Waiter>();

  function createRelease(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = foremost();
      if (next) next.enter();
      else free++;
    };
  }

  function foremost(): Waiter | undefined {
    let [first] = waiters;
    for (const waiter of waiters) if (first !== undefined && waiter.rank < first.rank) first = waiter;
    return first;
  }

  return {
    async acquire({ signal, rank = 0 } = {}) {
      signal?.throwIfAborted();
      if (free > 0) {
        free--;
        return createRelease();
      }
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          rank,
          enter() {
            leave();
            resolve(createRelease());
          },
        };
        function leave(): void {
          waiters.delete(waiter);
          signal?.removeEventListener('abort', abort);
        }
        function abort(): void {
          leave();
          reject(signal?.reason);
        }
        waiters.add(waiter);
        signal?.addEventListener('abort', abort);
      });
    },
    get waiting() {
      return waiters.size;
    },
    get idle() {
      return free === limit;
    },
  };
}
