import { availableParallelism, tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { resolveBudget } from '../../src/repository/budget.ts';
import type { BudgetOptions } from '../../src/repository/budget.ts';
import { storeLimits } from '../../src/store/store-limits.ts';

const MIB = 1024 * 1024;

test('a budget has the documented defaults', () => {
  expect(resolveBudget()).toEqual({
    memory: 256 * MIB,
    workers: Math.min(8, availableParallelism()),
    transfers: 4,
    temporaryDirectory: tmpdir(),
    index: 'auto',
    cacheDirectory: undefined,
    cacheSize: 1024 * MIB,
  });
});

test.each([
  { memory: 64 * MIB, workers: 64, most: 2 },
  { memory: 96 * MIB - 1, workers: 3, most: 2 },
  { memory: 96 * MIB, workers: 3, most: 3 },
  { memory: 4096 * MIB, workers: 64, most: 64 },
  { memory: 256 * MIB, workers: 0, most: 0 },
])('$memory bytes of memory and $workers workers make $most', ({ memory, workers, most }) => {
  const budget = resolveBudget({ memory, workers });
  expect(budget.workers).toBe(most);
  // Slabs and what lanes make of them, open packs and those being put.
  const { slab, slabs, packTarget, puts } = storeLimits(budget, 16 * MIB);
  expect(2 * slab * slabs + packTarget * (Math.max(1, most) + puts)).toBeLessThanOrEqual(memory);
});

describe.each<readonly [string, BudgetOptions, RegExp]>([
  ['too little memory', { memory: 64 * MIB - 1 }, /budget\.memory must be an integer from 67108864 .* got 67108863/],
  ['memory as a fraction', { memory: 1e8 + 0.5 }, /budget\.memory/],
  ['memory that is no number', { memory: '128 MiB' as never }, /budget\.memory .* got 128 MiB/],
  ['too many workers', { workers: 65 }, /budget\.workers must be an integer from 0 to 64, got 65/],
  ['less than no worker', { workers: -1 }, /budget\.workers/],
  ['no transfer', { transfers: 0 }, /budget\.transfers must be an integer from 1 to 64, got 0/],
  ['an index elsewhere', { index: 'nowhere' as never }, /budget\.index/],
  ['a cache of no size at all', { cacheSize: Number.NaN }, /budget\.cacheSize/],
  ['a folder without a name', { temporaryDirectory: '' }, /budget\.temporaryDirectory must be the path of a folder/],
  ['a folder that is no text', { cacheDirectory: 7 as never }, /budget\.cacheDirectory/],
])('%s', (_, options, message) => {
  test('is refused with what is allowed', () => {
    expect(() => resolveBudget(options)).toThrow(message);
  });
});
