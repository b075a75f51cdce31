import { describe, expect, test } from 'vitest';

import { adaptiveLimits } from '../../src/client/adaptive-limits.ts';
import type { AdaptiveLimits, PushbackCause } from '../../src/client/adaptive-limits.ts';

function pushed(limits: AdaptiveLimits, ...causes: readonly PushbackCause[]): AdaptiveLimits {
  for (const cause of causes) limits.pushBack(cause, limits.era);
  return limits;
}

describe('limits that adapt', () => {
  test('take one place away for each push about concurrency, down to one', () => {
    const limits = adaptiveLimits({ inFlight: 4 });
    const seen = Array.from({ length: 5 }, () => pushed(limits, 'concurrency').inFlight);
    expect(seen).toEqual([3, 2, 1, 1, 1]);
    expect(limits.rate).toBe(1);
  });

  test('halve the rate from the second push about anything else on, down to a sixteenth', () => {
    const limits = adaptiveLimits({ inFlight: 4 });
    const seen = Array.from({ length: 7 }, () => pushed(limits, 'load').rate);
    expect(seen).toEqual([1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16, 1 / 16]);
    expect(limits.inFlight).toBe(4);
  });

  test('take pushes on requests that were under way at the last one for the same push', () => {
    const limits = adaptiveLimits({ inFlight: 4 });
    const { era } = limits;
    for (let request = 0; request < 4; request++) limits.pushBack('concurrency', era);
    expect(limits.inFlight).toBe(3);
  });

  test('come back one step for each hundred requests served in a row, and never above what is documented', () => {
    const limits = pushed(adaptiveLimits({ inFlight: 4 }), 'concurrency', 'concurrency', 'load', 'load', 'load');
    limits.succeed(99);
    expect(limits).toMatchObject({ inFlight: 2, rate: 1 / 4 });
    pushed(limits, 'load');
    limits.succeed(99);
    expect(limits).toMatchObject({ inFlight: 2, rate: 1 / 8 });
    limits.succeed(1);
    expect(limits).toMatchObject({ inFlight: 3, rate: 1 / 4 });
    for (let step = 0; step < 20; step++) limits.succeed(100);
    expect(limits).toMatchObject({ inFlight: 4, rate: 1 });
  });

  test('take a push long after the last one for the first again', () => {
    const limits = pushed(adaptiveLimits({ inFlight: 4 }), 'load');
    limits.succeed(100);
    expect(pushed(limits, 'load').rate).toBe(1);
    expect(pushed(limits, 'load').rate).toBe(1 / 2);
  });
});
