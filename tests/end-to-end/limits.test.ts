import { describe, expect, it } from 'vitest';
import { requestRate } from './request-rate.ts';
import { stormyBackup } from './stormy-backup.ts';

// At length, in prove/3: more than 10,000 requests, more than 150 MB of uploads, and a hundred storms.
describe('service limits', () => {
  it('lets as many requests through as are in flight at most, and the simulator refuses none', async () => {
    const { requests, mostInWindow, refused, inFlight } = await requestRate(400);
    expect({ refused, inFlight, mostInWindow }).toEqual({ refused: 0, inFlight: 4, mostInWindow: requests });
  });

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`brings a backup to a complete end through storms of 429 (seed ${seed})`, async () => {
      const { report, differences, refused, overLimit, retries, inFlight } = await stormyBackup(seed);
      expect(report).toMatchObject({ result: 'complete', coverage: { failures: [], omitted: [] } });
      expect(differences).toEqual([]);
      expect(refused).toBeGreaterThanOrEqual(3);
      expect(retries).toBe(refused);
      expect(overLimit).toBe(0);
      expect(report.usage.throttledMs).toBeGreaterThan(0);
      expect(report.usage.byKind['message']).toBeGreaterThanOrEqual(24);
      expect(inFlight).toBeLessThanOrEqual(4);
    });
  }
});
