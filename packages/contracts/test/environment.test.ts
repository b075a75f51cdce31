import { randomFraction, silentLogger, systemClock, systemRandomness } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';

describe('systemClock', () => {
  it('tells the time of the machine', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('sleeps, and not at all for a negative time', async () => {
    const before = performance.now();
    await systemClock.sleep(20);
    // Timers of Node may fire a millisecond early.
    expect(performance.now() - before).toBeGreaterThanOrEqual(18);
    await expect(systemClock.sleep(-5)).resolves.toBeUndefined();
  });

  it('rejects an aborted sleep with the reason itself, before and during', async () => {
    const reason = { why: 'enough' };
    await expect(systemClock.sleep(60_000, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, { signal: controller.signal });
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });
});

describe('systemRandomness', () => {
  it.each([0, 1, 65_536, 200_000])('gives %i bytes that are not all the same', (length) => {
    const bytes = systemRandomness.bytes(length);
    expect(bytes).toHaveLength(length);
    if (length > 1) expect(new Set(bytes.subarray(-1000)).size).toBeGreaterThan(1);
  });
});

describe('randomFraction', () => {
  it('covers 0 to below 1', () => {
    const fixed = (byte: number) => ({ bytes: (length: number) => new Uint8Array(length).fill(byte) });
    expect(randomFraction(fixed(0))).toBe(0);
    expect(randomFraction(fixed(255))).toBeLessThan(1);
    expect(randomFraction(fixed(255))).toBeGreaterThan(0.999_999_999);
    expect(randomFraction(fixed(128))).toBeCloseTo(0.501_96, 4);
  });
});

describe('silentLogger', () => {
  it('takes everything and says nothing', () => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      expect(silentLogger[level]('text')).toBeUndefined();
  });
});
