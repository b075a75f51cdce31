import fc from 'fast-check';
import { expect, test } from 'vitest';

import { slidingWindow } from '../../src/client/sliding-window.ts';

const requests = fc.array(
  fc.record({
    amount: fc.integer({ min: 1, max: 12 }),
    idle: fc.integer({ min: 0, max: 60 }),
    takes: fc.integer({ min: 0, max: 150 }),
  }),
  { minLength: 1, maxLength: 200 },
);

test('never lets more than the limit be counted within a window, and never waits for longer than that takes', () => {
  fc.assert(
    fc.property(requests, (wanted) => {
      const limit = { amount: 20, windowMs: 100 };
      const window = slidingWindow(limit);
      const done: { start: number; end: number; amount: number }[] = [];
      const counts = (at: number): number =>
        done
          .filter(({ start, end }) => start <= at && at < end + limit.windowMs)
          .reduce((sum, { amount }) => sum + amount, 0);
      let now = 0;
      for (const { amount, idle, takes } of wanted) {
        now += idle;
        const start = window.earliestStart(amount, now);
        expect(start).toBeGreaterThanOrEqual(now);
        expect(counts(start) + amount).toBeLessThanOrEqual(limit.amount);
        if (start > now) expect(counts(start - 1) + amount).toBeGreaterThan(limit.amount);
        window.begin(amount);
        now = start + takes;
        window.end(amount, now);
        done.push({ start, end: now, amount });
      }
    }),
  );
});

test('says that only the end of something under way tells when there is room', () => {
  const window = slidingWindow({ amount: 2, windowMs: 100 });
  window.begin(2);
  expect(window.earliestStart(1, 1000)).toBe(Number.POSITIVE_INFINITY);
  window.end(2, 1500);
  expect(window.earliestStart(1, 1500)).toBe(1600);
});
