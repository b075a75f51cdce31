import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { sweepDamage } from './sweep.ts';

const thorough = process.env['SLOW'] === '1';

describe('a damaged object', () => {
  for (const encryption of ['encrypted', 'clear'] as const) {
    it(
      `is named by an error or by the check, and never gives wrong data: ${encryption}`,
      { timeout: 900_000 },
      async () => {
        const seed = 3;
        const options = { flipEvery: thorough ? 1 : 83, cutEvery: thorough ? 1 : 191 };
        const { complaints, tried, ended, bytes } = await sweepDamage({ encryption, seed, ...options });
        expect(complaints).toEqual([]);
        expect(tried.flip).toBeGreaterThan(bytes / options.flipEvery - 20);
        expect(Math.min(ended.refused, ended.named)).toBeGreaterThan(30);
        expect(ended.earlier).toBe(1);
      },
    );
  }
});
