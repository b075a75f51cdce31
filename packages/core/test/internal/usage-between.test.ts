import { noUsage } from '@holdfast/contracts';
import { expect, it } from 'vitest';
import { usageBetween } from '../../src/internal/usage-between.ts';

it('tells what was asked between two readings, and leaves out the kinds that were not asked for', () => {
  const before = {
    byKind: { delta: 3, message: 10 },
    total: 13,
    counted: 13,
    repeated: 1,
    bytesReceived: 1000,
    bytesSent: 10,
    throttledMs: 500,
  };
  const after = {
    byKind: { delta: 3, message: 12, locate: 2 },
    total: 17,
    counted: 50,
    repeated: 3,
    bytesReceived: 5000,
    bytesSent: 40,
    throttledMs: 2500,
  };
  expect(usageBetween(before, after)).toEqual({
    byKind: { message: 2, locate: 2 },
    total: 4,
    counted: 37,
    repeated: 2,
    bytesReceived: 4000,
    bytesSent: 30,
    throttledMs: 2000,
  });
  expect(usageBetween(after, after)).toEqual(noUsage);
});
