import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { BROWSE_LIMITS, measureBrowse } from './browse-cost.ts';

// Leaves enough for a tree of three levels; with 100,000 it has the same.
const sizes = process.env['SLOW'] === '1' ? [20_000, 100_000] : [20_000];

describe.each(sizes)('in a folder of %i messages', (messages) => {
  it('a page and a difference read what they show, and little else', { timeout: 600_000 }, async () => {
    const cost = await measureBrowse(messages);
    for (const what of ['page', 'difference', 'same'] as const) {
      expect(cost[what].gets, what).toBeLessThanOrEqual(BROWSE_LIMITS[what].gets);
      expect(cost[what].bytes, what).toBeLessThanOrEqual(BROWSE_LIMITS[what].bytes);
    }
  });
});
