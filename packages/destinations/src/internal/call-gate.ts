/** Keeps count of the calls under way, so that a destination can be closed after them. */
export interface CallGate {
  /** Runs a call, unless the gate is closed: then it rejects with a `TypeError`. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Passes values on; each step is a call of its own, so that a forgotten iterator does not hold up closing. */
  iterate<T>(values: () => AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void>;
  /** Lets no call in any more and resolves when those under way have ended. Safe to repeat. */
  close(): Promise<void>;
}

/** Makes an open gate; the title names the destination in the error after closing. */
export function callGate(title: string): CallGate {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  async function run<T>(call: () => Promise<T>): Promise<T> {
    if (closed) throw new TypeError(`the destination "${title}" is closed`);
    const result = call();
    underWay.add(result);
    try {
      return await result;
    } finally {
      underWay.delete(result);
    }
  }

  return {
    run,
    async *iterate(values) {
      const iterator = values();
      try {
        while (true) {
          const step = await run(() => iterator.next());
          if (step.done) return;
          yield step.value;
        }
      } finally {
        await iterator.return();
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
    },
  };
}
