import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { virtualClock } from '../src/index.ts';

const runs = process.env['SLOW'] === '1' ? 1000 : 50;

describe('virtualClock', () => {
  it('stands still until it is told to move', async () => {
    const clock = virtualClock({ start: 1000 });
    expect(clock.now()).toBe(1000);
    await clock.advance(250);
    expect(clock.now()).toBe(1250);
  });

  it('starts in the year 2026 unless told otherwise', () => {
    expect(new Date(virtualClock().now()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
  });

  it('wakes a sleeper at its time and not a millisecond earlier', async () => {
    const clock = virtualClock({ start: 0 });
    let awake = false;
    const sleeping = clock.sleep(100).then(() => (awake = true));
    await clock.advance(99);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
    await sleeping;
  });

  it('wakes sleepers in the order of their times, then of falling asleep, each at its own time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 }), async (times) => {
        const clock = virtualClock({ start: 0, quietTurns: 2 });
        const woken: { time: number; index: number; now: number }[] = [];
        for (const [index, time] of times.entries()) {
          void clock.sleep(time).then(() => woken.push({ time, index, now: clock.now() }));
        }
        await clock.advance(20);
        const expected = times
          .map((time, index) => ({ time, index, now: time }))
          .toSorted((a, b) => a.time - b.time || a.index - b.index);
        expect(woken).toEqual(expected);
      }),
      { numRuns: runs },
    );
  });

  it('lets a task that sleeps again wake at every one of its times within one advance', async () => {
    const clock = virtualClock({ start: 0 });
    const ticks: number[] = [];
    const task = (async () => {
      for (let round = 0; round < 5; round += 1) {
        await clock.sleep(10);
        ticks.push(clock.now());
      }
    })();
    await clock.advance(50);
    expect(ticks).toEqual([10, 20, 30, 40, 50]);
    await task;
  });

  it('runs until a promise resolves, jumping from sleeper to sleeper', async () => {
    const clock = virtualClock({ start: 0 });
    const work = (async () => {
      await clock.sleep(86_400_000);
      await clock.sleep(86_400_000);
      return 'done';
    })();
    await expect(clock.runUntil(work)).resolves.toBe('done');
    expect(clock.now()).toBe(172_800_000);
  });

  it('does not move the time further than the promise needs', async () => {
    const clock = virtualClock({ start: 0 });
    const later = clock.sleep(1000);
    await clock.runUntil(clock.sleep(10));
    expect(clock.now()).toBe(10);
    expect(clock.sleepers).toBe(1);
    await clock.runUntil(later);
  });

  it('hands on the rejection of the promise it runs for', async () => {
    const clock = virtualClock();
    const failure = new Error('broken');
    const work = clock.sleep(5).then(() => Promise.reject(failure));
    await expect(clock.runUntil(work)).rejects.toBe(failure);
  });

  it('does not jump while a file is being written', async () => {
    const clock = virtualClock({ start: 0 });
    const folder = await mkdtemp(join(tmpdir(), 'virtual-clock-'));
    try {
      const timeout = new AbortController();
      void clock.sleep(1, timeout).then(
        () => timeout.abort('the clock jumped'),
        () => {},
      );
      // One operation: between those of writeFile, Node 26 may look idle for a while.
      const file = await open(join(folder, 'a'), 'w');
      const work = file.write(new Uint8Array(8 << 20)).then(({ bytesWritten }) => {
        timeout.signal.throwIfAborted();
        return bytesWritten;
      });
      await expect(clock.runUntil(work)).resolves.toBe(8 << 20);
      timeout.abort('over');
      await file.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('stops waiting for a promise that never settles when the signal is aborted', async () => {
    const reason = new Error('enough');
    const never = new Promise<void>(() => {});
    const controller = new AbortController();
    const waiting = virtualClock().runUntil(never, controller);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('rejects an aborted sleep with the reason itself and forgets the sleeper', async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const sleeping = clock.sleep(10, controller);
    expect(clock.sleepers).toBe(1);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    expect(clock.sleepers).toBe(0);
    await expect(clock.sleep(10, controller)).rejects.toBe(reason);
    expect(clock.sleepers).toBe(0);
  });

  it('leaves no listener on the signal after waking up', async () => {
    const clock = virtualClock();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const sleeping = clock.sleep(10, { signal });
    expect(listeners).toBe(1);
    await clock.runUntil(sleeping);
    expect(listeners).toBe(0);
  });

  it('needs no time for a sleep of zero or less, but lets other work run first', async () => {
    const clock = virtualClock({ start: 0 });
    const order: string[] = [];
    const sleeping = clock.sleep(0).then(() => order.push('slept'));
    await Promise.resolve();
    order.push('other');
    await sleeping;
    await clock.sleep(-5);
    expect(order).toEqual(['other', 'slept']);
    expect(clock.now()).toBe(0);
  });

  it('refuses to go back in time and options that make no sense', async () => {
    const clock = virtualClock();
    await expect(clock.advance(-1)).rejects.toThrow(RangeError);
    await expect(clock.sleep(Number.NaN)).rejects.toThrow(RangeError);
    expect(() => virtualClock({ start: Number.NaN })).toThrow(RangeError);
    expect(() => virtualClock({ quietTurns: 0 })).toThrow(RangeError);
  });
});
