/** Options of {@link readAhead}. */
export interface ReadAheadOptions {
  /** How many items are started before the first of them is taken; an integer from 1. */
  readonly depth: number;
}

/**
 * Starts work for each item before it is asked for, and yields the results in the order of the items. While the consumer is
 * busy with one result, up to `depth` others are on their way.
 *
 * An error, of the items or of the work, is thrown where it would have been without reading ahead. When the consumer
 * leaves, nothing more is started, what is under way is waited for, and the iterator of the items is closed.
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item>,
  start: (item: Item) => Promise<Result>,
  { depth }: ReadAheadOptions,
): AsyncGenerator<Result, void, void> {
  const iterator = items[Symbol.asyncIterator]();
  const queue: Promise<{ readonly result: Result } | undefined>[] = [];
  let pulling: Promise<unknown> = Promise.resolve();
  let isAtEnd = false;

  function pull(): void {
    // One after the other: the next item is pulled when this one was, not when its work is done.
    const item = pulling.then(() => (isAtEnd ? { done: true as const, value: undefined } : iterator.next()));
    pulling = item.then(
      ({ done }) => {
        if (done === true) isAtEnd = true;
      },
      () => {
        isAtEnd = true;
      },
    );
    const work = item.then(async (next) => (next.done === true ? undefined : { result: await start(next.value) }));
    // It is waited for below, perhaps much later.
    work.catch(() => {});
    queue.push(work);
  }

  try {
    for (;;) {
      while (queue.length < depth) pull();
      const next = await queue.shift();
      if (next === undefined) return;
      pull();
      yield next.result;
    }
  } finally {
    isAtEnd = true;
    await Promise.allSettled([pulling, ...queue]);
    await iterator.return?.();
  }
}
