import type { OperationOptions } from '@holdfast/contracts';

/** Lets callers in as long as what they hold together stays within a limit; the others wait in the order they came. */
export interface ByteGate {
  /**
   * Waits until there is room for so many bytes and takes it. What is larger than the whole limit waits until it is alone.
   * An abort rejects with `signal.reason` itself.
   *
   * @returns Gives the room back. Only the first call does something.
   */
  acquire(bytes: number, options?: OperationOptions): Promise<() => void>;
}

/** Makes a {@link ByteGate}. */
export function createByteGate(limit: number): ByteGate {
  let held = 0;
  const waiters = new Set<{ readonly bytes: number; readonly enter: () => void }>();

  function take(bytes: number): () => void {
    held += bytes;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      held -= bytes;
      letIn();
    };
  }

  const fits = (bytes: number): boolean => held === 0 || held + bytes <= limit;

  function letIn(): void {
    for (const waiter of waiters) {
      if (!fits(waiter.bytes)) return;
      waiters.delete(waiter);
      waiter.enter();
    }
  }

  return {
    async acquire(bytes, { signal } = {}) {
      signal?.throwIfAborted();
      if (waiters.size === 0 && fits(bytes)) return take(bytes);
      return new Promise((resolve, reject) => {
        const waiter = {
          bytes,
          enter() {
            signal?.removeEventListener('abort', abort);
            resolve(take(bytes));
          },
        };
        function abort(): void {
          waiters.delete(waiter);
          reject(signal?.reason);
          letIn();
        }
        waiters.add(waiter);
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
