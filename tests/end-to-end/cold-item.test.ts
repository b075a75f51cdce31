import process from 'node:process';
import { expect, it } from 'vitest';
import { COLD_LIMIT, measureColdItem } from './cold-item.ts';

// At full size, a million, in prove/4.
const MESSAGES = process.env['SLOW'] === '1' ? 300_000 : 20_000;

it(
  'one item out of a large folder is read with a few range reads and without the index',
  { timeout: 900_000 },
  async () => {
    const { known, byId } = await measureColdItem(MESSAGES);
    expect(known.gets).toBeLessThanOrEqual(COLD_LIMIT.gets);
    expect(known.bytes).toBeLessThanOrEqual(COLD_LIMIT.bytes);
    // The index tells where an item known by its id alone stands: some reads more, and never all of it.
    expect(byId.gets).toBeLessThanOrEqual(COLD_LIMIT.gets + 12);
  },
);
