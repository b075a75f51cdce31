import process from 'node:process';
import { expect, it } from 'vitest';
import { COLD_LIMIT, measureColdItem } from './cold-item.ts';

// At full size, a million, in prove/4.
const MESSAGES = process.env['SLOW'] === '1' ? 300_000 : 20_000;

/** Segments of items that are not read as a whole when the index is opened. */
const MOST_SEGMENTS = 6;

it(
  'one item out of a large folder is read with a few range reads and without the index',
  { timeout: 900_000 },
  async () => {
    const { known, byId } = await measureColdItem(MESSAGES);
    expect(known.gets).toBeLessThanOrEqual(COLD_LIMIT.gets);
    expect(known.bytes).toBeLessThanOrEqual(COLD_LIMIT.bytes);
    // Where one known by its id alone stands the index tells: one block of each segment, and no filter.
    expect(byId.gets).toBeLessThanOrEqual(known.gets + MOST_SEGMENTS);
    expect(byId.bytes).toBeLessThanOrEqual(COLD_LIMIT.bytes);
  },
);
