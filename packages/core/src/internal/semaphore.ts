import type { OperationOptions } from '@holdfast/contracts';

/** Lets a fixed number of callers in at once; the others wait in the order they came. */
export interface Semaphore {
  /**
   * Waits for a slot and takes it.
   *
   * An abort rejects with `signal.reason` itself; no slot is lost then, and those behind move up. A slot that was
   * granted before the abort stays with the caller.
   *
   * @returns Gives the slot back. Only the first call does something.
   */
  acquire(options?: OperationOptions): Promise<() => void>;
  /** How many callers wait. */
  readonly waiting: number;
  /** Whether nobody has a slot. */
  readonly idle: boolean;
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
  const waiters = new Set<() => void>();

  function createRelease(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = waiters;
      if (next) next();
      else free++;
    };
  }

  return {
    async acquire({ signal } = {}) {
      signal?.throwIfAborted();
      if (free > 0) {
        free--;
        return createRelease();
      }
      return new Promise((resolve, reject) => {
        function leave(): void {
          waiters.delete(enter);
          signal?.removeEventListener('abort', abort);
        }
        function enter(): void {
          leave();
          resolve(createRelease());
        }
        function abort(): void {
          leave();
          reject(signal?.reason);
        }
        waiters.add(enter);
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
