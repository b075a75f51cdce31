import fc from 'fast-check';
import { expect, it } from 'vitest';

import { mapConcurrent } from '../../src/internal/map-concurrent.ts';
import { propertyRuns } from './property-runs.ts';

it('works on each item once, in order, never on more than the limit, and pulls no further', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(6), { maxLength: 40 }),
      fc.integer({ min: 1, max: 5 }),
      async (turns, concurrency) => {
        const started: number[] = [];
        let pulled = 0;
        let finished = 0;
        let mostAhead = 0;
        function* items(): Generator<number> {
          for (const turn of turns) {
            pulled++;
            mostAhead = Math.max(mostAhead, pulled - finished);
            yield turn;
          }
        }
        await mapConcurrent(
          items(),
          async (turn, index) => {
            started.push(index);
            for (let i = 0; i < turn; i++) await Promise.resolve();
            finished++;
          },
          { concurrency },
        );
        expect(started).toEqual(turns.map((_, index) => index));
        expect(finished).toBe(turns.length);
        expect(mostAhead).toBeLessThanOrEqual(concurrency);
      },
    ),
    { numRuns: propertyRuns },
  );
});

it('stops pulling at the first error, waits for those under way, closes the iterator, and rejects with that error', async () => {
  const first = new Error('first');
  const slow = Promise.withResolvers<void>();
  const events: string[] = [];
  async function* items(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      events.push('closed');
    }
  }
  const run = mapConcurrent(
    items(),
    async (item) => {
      events.push(`start ${item}`);
      if (item === 1) throw first;
      await slow.promise;
      events.push(`end ${item}`);
      throw new Error('second');
    },
    { concurrency: 2 },
  );
  const outcome = run.then(
    () => events.push('resolved'),
    () => events.push('rejected'),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(['start 0', 'start 1', 'closed']);
  slow.resolve();
  await expect(run).rejects.toBe(first);
  await outcome;
  expect(events).toEqual(['start 0', 'start 1', 'closed', 'end 0', 'rejected']);
});

it('rejects with the error of the items, after those under way are done', async () => {
  const broken = new Error('broken');
  let finished = false;
  async function* items(): AsyncGenerator<number> {
    yield 1;
    throw broken;
  }
  const run = mapConcurrent(
    items(),
    async () => {
      await new Promise((resolve) => setImmediate(resolve));
      finished = true;
    },
    { concurrency: 3 },
  );
  await expect(run).rejects.toBe(broken);
  expect(finished).toBe(true);
});

it('ends at an abort with the reason itself, whatever the workers throw', async () => {
  const controller = new AbortController();
  const reason = { why: 'enough' };
  const seen: number[] = [];
  const run = mapConcurrent(
    [1, 2, 3, 4],
    async (item) => {
      seen.push(item);
      if (item === 2) {
        controller.abort(reason);
        throw new Error('wrapped abort');
      }
    },
    { concurrency: 1, signal: controller.signal },
  );
  await expect(run).rejects.toBe(reason);
  expect(seen).toEqual([1, 2]);
});

it('pulls nothing if the signal is aborted from the start', async () => {
  const reason = new Error('before');
  let isPulled = false;
  function* items(): Generator<number> {
    isPulled = true;
    yield 1;
  }
  const run = mapConcurrent(items(), () => Promise.resolve(), { concurrency: 1, signal: AbortSignal.abort(reason) });
  await expect(run).rejects.toBe(reason);
  expect(isPulled).toBe(false);
});

it('rejects with an error that is undefined, too', async () => {
  const run = mapConcurrent([1], () => Promise.reject(undefined), { concurrency: 1 });
  await expect(run).rejects.toBeUndefined();
});

it.each([0, 1.5, Number.NaN])('refuses a concurrency of %d', async (concurrency) => {
  await expect(mapConcurrent([], () => Promise.resolve(), { concurrency })).rejects.toThrow(RangeError);
});
