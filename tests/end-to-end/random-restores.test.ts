import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { restoreAtRandom } from './random-restores.ts';

const SEEDS = process.env['SLOW'] === '1' ? 300 : 6;
const FIRST_SEED = Number(process.env['SEED'] ?? 1);

describe('restores by random plans into random mailboxes, disturbed and stopped anywhere', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index))(
    'bring every item once, harm nothing, do as previewed, and do nothing when run again (seed %i)',
    async (seed) => {
      const { complaints, lines } = await restoreAtRandom(seed);
      expect(complaints, lines.join('\n')).toEqual([]);
    },
    60_000,
  );
});
