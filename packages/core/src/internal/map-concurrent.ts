/** Options of {@link mapConcurrent}. */
export interface MapConcurrentOptions {
  /** How many items are worked on at once; an integer from 1. */
  readonly concurrency: number;
  /** Stops pulling when it is aborted. The workers and the items' own iterator are to heed it themselves. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls the worker for each item, some at a time, in the order of the items.
 *
 * An item is pulled only when a slot is free for it. The first error, of a worker or of the items, ends the pulling; the
 * workers under way are waited for, the iterator is closed, and the promise rejects with that error. An abort does
 * the same with `signal.reason`. Results of the worker are dropped.
 *
 * @throws A `RangeError` if `concurrency` is not an integer from 1.
 */
export async function mapConcurrent<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  worker: (item: Item, index: number) => Promise<unknown>,
  options: MapConcurrentOptions,
): Promise<void> {
  const { concurrency, signal } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new RangeError('The concurrency is at least 1.');
  signal?.throwIfAborted();

  let failure: { readonly error: unknown } | undefined;
  let active = 0;
  let wake: (() => void) | undefined;
  // Reads the variable anew: the compiler does not see that workers set it.
  const hasFailed = (): boolean => failure !== undefined;

  async function work(item: Item, index: number): Promise<void> {
    active++;
    try {
      await worker(item, index);
    } catch (error) {
      failure ??= { error: signal?.aborted ? signal.reason : error };
    }
    active--;
    wake?.();
  }

  // Not `Promise.race`: it would pile up reactions on a worker that takes long.
  async function waitUntil(isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  try {
    let index = 0;
    // Leaving this loop early closes the iterator.
    for await (const item of items) {
      signal?.throwIfAborted();
      if (hasFailed()) break;
      void work(item, index++);
      await waitUntil(() => active < concurrency);
      signal?.throwIfAborted();
      if (hasFailed()) break;
    }
  } catch (error) {
    failure ??= { error };
  }
  await waitUntil(() => active === 0);
  if (failure) throw failure.error;
  signal?.throwIfAborted();
}
