import { virtualClock } from '@holdfast/testkit';
import type { OperationProgress } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { createProgressMeter } from '../../src/progress/progress-meter.ts';
import type { ProgressMeter } from '../../src/progress/progress-meter.ts';

const START = Date.UTC(2026, 0, 1);

function createLab(): {
  readonly clock: ReturnType<typeof virtualClock>;
  readonly told: OperationProgress[];
  readonly meter: ProgressMeter;
  last(): OperationProgress;
  /** So many items of so many bytes, one after the other, each in so many milliseconds. */
  steadily(count: number, bytes: number, milliseconds: number): Promise<void>;
} {
  const clock = virtualClock({ start: START, quietTurns: 1 });
  const told: OperationProgress[] = [];
  const meter = createProgressMeter({ clock, onProgress: (event) => void told.push(event) }) as ProgressMeter;
  return {
    clock,
    told,
    meter,
    last: () => told.at(-1) as OperationProgress,
    async steadily(count, bytes, milliseconds) {
      for (let i = 0; i < count; i += 1) {
        await clock.advance(milliseconds);
        meter.add(1, bytes);
      }
    },
  };
}

describe('a progress meter', () => {
  it('is none where nobody listens, and reads no time', () => {
    let looks = 0;
    const clock = { ...virtualClock(), now: () => (looks += 1) };
    expect(createProgressMeter({ clock, onProgress: undefined })).toBeUndefined();
    expect(looks).toBe(0);
  });

  it('tells its first phase at once, and each other one once', () => {
    const { meter, told } = createLab();
    for (const phase of ['listing', 'reading', 'reading', 'settling', 'storing', 'committing'] as const)
      meter.phase(phase);
    meter.end();
    expect(told.map(({ phase }) => phase)).toEqual([
      'listing',
      'reading',
      'settling',
      'storing',
      'committing',
      'committing',
    ]);
    // No time has passed: nothing is divided by zero.
    for (const event of told) {
      expect(event).toMatchObject({ itemsPerSecond: 0, bytesPerSecond: 0, estimatedEnd: undefined });
      expect(event.items).toEqual({ done: 0, expected: undefined });
    }
  });

  it('tells at most four times a second, however much is done', async () => {
    const { steadily, told } = createLab();
    await steadily(5000, 10, 2);
    expect(told.length).toBeGreaterThanOrEqual(38);
    expect(told.length).toBeLessThanOrEqual(41);
  });

  it('tells the rate of a steady run, and its end exactly', async () => {
    const { steadily, meter, told } = createLab();
    meter.expect({ items: 1000 });
    await steadily(999, 500, 40);
    const early = told.slice(2);
    for (const { itemsPerSecond, bytesPerSecond, estimatedEnd } of early) {
      expect(itemsPerSecond).toBeCloseTo(25, 6);
      expect(bytesPerSecond).toBeCloseTo(12_500, 3);
      expect(Math.abs((estimatedEnd?.getTime() ?? 0) - (START + 40_000))).toBeLessThanOrEqual(1);
    }
    expect(early.length).toBeGreaterThan(100);
  });

  it('goes by bytes where their number is known', async () => {
    const { steadily, meter, last } = createLab();
    meter.expect({ items: 11, bytes: 100_000 });
    await steadily(10, 1000, 1000);
    expect(last().bytes).toEqual({ done: 10_000, expected: 100_000 });
    expect(last().estimatedEnd).toEqual(new Date(START + 100_000));
  });

  it('converges on the end when the pace changes', async () => {
    const { steadily, meter, last } = createLab();
    meter.expect({ items: 2000 });
    await steadily(400, 1, 10);
    expect(last().estimatedEnd?.getTime()).toBeCloseTo(START + 20_000, -3);
    // From here on ten times as slow: 1600 items in 160 seconds from second 4.
    const end = START + 4000 + 160_000;
    let before = Math.abs((last().estimatedEnd?.getTime() ?? 0) - end);
    for (let seconds = 0; seconds < 10; seconds += 1) {
      await steadily(10, 1, 100);
      const off = Math.abs((last().estimatedEnd?.getTime() ?? 0) - end);
      expect(off).toBeLessThanOrEqual(before);
      before = off;
    }
    await steadily(50, 1, 100);
    expect(Math.abs((last().estimatedEnd?.getTime() ?? 0) - end)).toBeLessThan(1000);
  });

  it('counts the time in which nothing was done, and forgets it after ten seconds', async () => {
    const { steadily, clock, meter, last } = createLab();
    meter.expect({ items: 10_000 });
    await steadily(100, 1, 100);
    await clock.advance(90_000);
    meter.add(1, 1);
    // The last note before was at most a quarter of a second old.
    expect(last().itemsPerSecond).toBeLessThan(0.1);
    expect(last().itemsPerSecond).toBeGreaterThan(0);
    expect(last().estimatedEnd?.getTime()).toBeGreaterThan(clock.now() + 24 * 3600 * 1000);
    await steadily(110, 1, 100);
    expect(last().itemsPerSecond).toBeCloseTo(10, 6);
  });

  it('does not count the time of a pause', async () => {
    const { steadily, clock, meter, last } = createLab();
    await steadily(100, 1, 100);
    await clock.advance(3_600_000);
    meter.restart();
    await steadily(20, 1, 100);
    expect(last().itemsPerSecond).toBeCloseTo(10, 6);
  });

  it('never expects less than is done, and is done when everything is', async () => {
    const { steadily, clock, meter, last } = createLab();
    meter.expect({ items: 5 });
    await steadily(8, 1, 1000);
    expect(last()).toMatchObject({ items: { done: 8, expected: 8 }, estimatedEnd: new Date(clock.now()) });
  });

  it('survives a clock that is set back, and an end beyond all dates', () => {
    const times = [START, START, START, START - 3_600_000, START - 3_599_000, START + 8e15];
    const told: OperationProgress[] = [];
    const clock = { ...virtualClock(), now: () => times.shift() ?? START };
    const meter = createProgressMeter({ clock, onProgress: (event) => void told.push(event) });
    meter?.expect({ items: Number.MAX_SAFE_INTEGER });
    for (let i = 0; i < 4; i += 1) meter?.add(1, 1);
    for (const { itemsPerSecond, estimatedEnd } of told) {
      expect(Number.isFinite(itemsPerSecond) && itemsPerSecond >= 0).toBe(true);
      expect(Number.isNaN(estimatedEnd?.getTime())).toBe(false);
    }
    expect(told.length).toBeGreaterThanOrEqual(3);
  });
});
