import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createSemaphore } from '../../src/internal/semaphore.ts';
import { propertyRuns } from './property-runs.ts';

it('lets callers in up to the limit, in the order they came', async () => {
  const semaphore = createSemaphore(2);
  const order: number[] = [];
  const releases: (() => void)[] = [];
  const calls = [0, 1, 2, 3].map(async (caller) => {
    releases.push(await semaphore.acquire());
    order.push(caller);
  });
  await Promise.all(calls.slice(0, 2));
  expect(order).toEqual([0, 1]);
  expect(semaphore.waiting).toBe(2);
  releases[0]!();
  await calls[2];
  expect(order).toEqual([0, 1, 2]);
  releases[1]!();
  await calls[3];
  expect(order).toEqual([0, 1, 2, 3]);
});

it('never lets in more than the limit, whatever is aborted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ aborts: fc.boolean(), turns: fc.nat(5) }), { maxLength: 30 }),
      async (limit, callers) => {
        const semaphore = createSemaphore(limit);
        let inside = 0;
        let most = 0;
        await Promise.all(
          callers.map(async ({ aborts, turns }) => {
            const controller = new AbortController();
            const slot = semaphore.acquire({ signal: controller.signal }).catch(() => undefined);
            if (aborts) controller.abort();
            const release = await slot;
            if (!release) return;
            most = Math.max(most, ++inside);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
            inside--;
            release();
            release();
          }),
        );
        expect(most).toBeLessThanOrEqual(limit);
        expect(semaphore.waiting).toBe(0);
        // No slot was lost: all of them can be had at once.
        await Promise.all(Array.from({ length: limit }, () => semaphore.acquire()));
      },
    ),
    { numRuns: propertyRuns },
  );
});

it('gives a slot back once, however often release is called', async () => {
  const semaphore = createSemaphore(1);
  const release = await semaphore.acquire();
  release();
  release();
  await semaphore.acquire();
  void semaphore.acquire();
  expect(semaphore.waiting).toBe(1);
});

it('rejects an aborted wait with the reason itself, and those behind move up', async () => {
  const semaphore = createSemaphore(1);
  const release = await semaphore.acquire();
  const controller = new AbortController();
  const reason = { why: 'enough' };
  const aborted = semaphore.acquire({ signal: controller.signal });
  const behind = semaphore.acquire();
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  release();
  await expect(behind).resolves.toBeTypeOf('function');
});

it('takes no slot if the signal is aborted from the start', async () => {
  const semaphore = createSemaphore(1);
  const reason = new Error('before');
  await expect(semaphore.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await semaphore.acquire();
});

it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %d', (limit) => {
  expect(() => createSemaphore(limit)).toThrow(RangeError);
});
