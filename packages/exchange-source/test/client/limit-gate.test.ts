import { virtualClock } from '@holdfast/testkit';
import type { VirtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { limitGate } from '../../src/client/limit-gate.ts';
import type { LimitGate, RequestSize } from '../../src/client/limit-gate.ts';
import { DIRECTORY_LIMITS, MAILBOX_LIMITS } from '../../src/client/service-limits.ts';

const SMALL = { inFlight: 4, requests: { amount: 10, windowMs: 1000 }, upload: { amount: 100, windowMs: 500 } };

/** Sends a request through the gate, and notes when it started. */
async function pass(
  gate: LimitGate,
  clock: VirtualClock,
  size: RequestSize & { readonly takes?: number; readonly starts?: number[] },
): Promise<void> {
  const turn = await gate.enter(size);
  size.starts?.push(clock.now());
  if (size.takes !== undefined) await clock.sleep(size.takes);
  turn.leave('served');
}

test('lets four in, and the next when one leaves, first come first served', async () => {
  const gate = limitGate({ clock: virtualClock(), limits: MAILBOX_LIMITS });
  const order: number[] = [];
  const turns = await Promise.all([1, 2, 3, 4].map(() => gate.enter({})));
  const waiting = [5, 6].map((number) => gate.enter({}).then((turn) => (order.push(number), turn)));
  await Promise.resolve();
  expect(order).toEqual([]);
  turns[0]?.leave('served');
  await waiting[0];
  expect(order).toEqual([5]);
  turns[1]?.leave('served');
  await waiting[1];
  expect(order).toEqual([5, 6]);
});

describe('a batch', () => {
  test('takes as many places as it has requests, up to all, in its turn', async () => {
    const gate = limitGate({ clock: virtualClock(), limits: MAILBOX_LIMITS });
    const one = await gate.enter({});
    let entered = 0;
    const batch = gate.enter({ weight: 20 }).then((turn) => (entered++, turn));
    const single = gate.enter({}).then((turn) => (entered++, turn));
    await Promise.resolve();
    expect(entered).toBe(0);
    one.leave('served');
    const turn = await batch;
    expect(entered).toBe(1);
    turn.leave('served');
    await single;
    expect(entered).toBe(2);
  });

  test('does not keep places idle while a long request is under way, and gets its turn in spite of the others', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    const starts: number[] = [];
    const long = pass(gate, clock, { takes: 20_000 });
    const batchStarts: number[] = [];
    const batch = pass(gate, clock, { weight: 20, takes: 500, starts: batchStarts });
    const singles = Array.from({ length: 1500 }, () => pass(gate, clock, { takes: 100, starts }));
    await clock.runUntil(Promise.all([long, batch, ...singles]));
    // Three places for 20 s are 600 requests of 100 ms; at least about half of them must be used.
    expect(starts.filter((time) => time < 20_000).length).toBeGreaterThan(270);
    expect(batchStarts[0]).toBeLessThan(45_000);
  });
});

describe('windows', () => {
  test('start no more than the limit within any window, batches counted by their requests', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: SMALL });
    const times: number[] = [];
    const run = async (weight: number): Promise<void> => {
      const turn = await gate.enter({ weight });
      for (let index = 0; index < weight; index++) times.push(clock.now());
      await clock.sleep(70);
      turn.leave('served');
    };
    await clock.runUntil(Promise.all([1, 2, 3, 1, 1, 4, 1, 1, 1, 3, 1, 1, 1, 1, 5, 1, 1].map(run)));
    for (const time of times) {
      expect(times.filter((other) => other > time - 1000 && other <= time).length).toBeLessThanOrEqual(10);
    }
    expect(times).toHaveLength(29);
    expect(clock.now()).toBeLessThan(4000);
  });

  test('hold whenever the service counts a request between its departure and its answer', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: SMALL });
    const counted: number[] = [];
    const run = async (index: number): Promise<void> => {
      const turn = await gate.enter({});
      const takes = index % 3 === 0 ? 400 : 10;
      // One is counted when it is sent, the next when it is answered.
      if (index % 2 === 0) counted.push(clock.now());
      await clock.sleep(takes);
      if (index % 2 === 1) counted.push(clock.now());
      turn.leave('served');
    };
    await clock.runUntil(Promise.all(Array.from({ length: 60 }, (_, index) => run(index))));
    for (const time of counted) {
      expect(counted.filter((other) => other > time - 1000 && other <= time).length).toBeLessThanOrEqual(10);
    }
  });

  test('use at least 95 % of 10,000 requests in 10 minutes, and never more', async () => {
    const clock = virtualClock({ start: 0, quietTurns: 1 });
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    const starts: number[] = [];
    const worker = async (): Promise<void> => {
      while (starts.length < 21_000) await pass(gate, clock, { takes: 50, starts });
    };
    await clock.runUntil(Promise.all(Array.from({ length: 6 }, worker)));
    const spans = starts.slice(10_000).map((time, index) => time - (starts[index] ?? 0));
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(600_000);
    expect(600_000 / Math.max(...spans)).toBeGreaterThanOrEqual(0.95);
  });

  test('use at least 95 % of 150 MB of uploads in 5 minutes, and never more', async () => {
    const clock = virtualClock({ start: 0, quietTurns: 1 });
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    const uploadBytes = 3_932_160;
    const starts: number[] = [];
    const sizes = Array.from({ length: 160 }, () => pass(gate, clock, { uploadBytes, takes: 400, starts }));
    await clock.runUntil(Promise.all(sizes));
    const perWindow = Math.floor(150_000_000 / uploadBytes);
    const spans = starts.slice(perWindow).map((time, index) => time - (starts[index] ?? 0));
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(300_000);
    expect(300_000 / Math.max(...spans)).toBeGreaterThanOrEqual(0.95);
  });

  test('let what writes nothing pass a request that waits for the upload limit, and no other upload', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: SMALL });
    await pass(gate, clock, { uploadBytes: 80 });
    const large: number[] = [];
    const small: number[] = [];
    const reads: number[] = [];
    await clock.runUntil(
      Promise.all([
        pass(gate, clock, { uploadBytes: 30, starts: large }),
        pass(gate, clock, { uploadBytes: 5, starts: small }),
        pass(gate, clock, { starts: reads }),
      ]),
    );
    expect({ large, small, reads }).toEqual({ large: [500], small: [500], reads: [0] });
  });

  test('let a request that is larger than the whole limit through once the window is empty', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: SMALL });
    await pass(gate, clock, { uploadBytes: 1 });
    await clock.runUntil(pass(gate, clock, { uploadBytes: 1000 }));
    expect(clock.now()).toBe(500);
  });
});

test('takes an aborted waiter out at once, with its reason, and lets the next one in', async () => {
  const clock = virtualClock();
  const gate = limitGate({ clock, limits: SMALL });
  const turn = await gate.enter({ weight: 10 });
  const controller = new AbortController();
  const reason = { why: 'enough' };
  const aborted = gate.enter({ weight: 10 }, { signal: controller.signal });
  turn.leave('served');
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  expect(clock.sleepers).toBe(0);
  await clock.runUntil(gate.enter({}));
  await expect(gate.enter({}, { signal: controller.signal })).rejects.toBe(reason);
});

describe('when the service pushes back', () => {
  test('nothing starts before the time that it names', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    gate.pushBack({ waitMs: 2500, cause: 'load' });
    await clock.runUntil(pass(gate, clock, {}));
    expect(clock.now()).toBe(2500);
  });

  test('the time counts once, however many requests were pushed back, and only as far as it has passed', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    for (let push = 0; push < 4; push++) gate.pushBack({ waitMs: 2000, cause: 'load' });
    await clock.advance(500);
    expect(gate.throttledMs).toBe(500);
    gate.pushBack({ waitMs: 2000, cause: 'load' });
    await clock.advance(10_000);
    expect(gate.throttledMs).toBe(2500);
    gate.pushBack({ waitMs: 100, cause: 'load' });
    await clock.advance(1000);
    expect(gate.throttledMs).toBe(2600);
  });

  test('about concurrency, fewer are in flight, one less each time, until enough were served', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    const turns = await Promise.all([1, 2, 3, 4].map(() => gate.enter({})));
    // All four were under way already, so they are one push.
    for (const { era } of turns) gate.pushBack({ waitMs: 10, cause: 'concurrency', era });
    for (const turn of turns) turn.leave('not-served');
    expect(gate.inFlight).toBe(3);
    for (let push = 0; push < 5; push++) gate.pushBack({ waitMs: 10, cause: 'concurrency' });
    expect(gate.inFlight).toBe(1);

    let most = 0;
    let running = 0;
    const run = async (): Promise<void> => {
      const turn = await gate.enter({});
      most = Math.max(most, ++running);
      await clock.sleep(5);
      running--;
      turn.leave('served');
    };
    await clock.runUntil(Promise.all(Array.from({ length: 50 }, run)));
    expect(most).toBe(1);
    await clock.runUntil(Promise.all(Array.from({ length: 1000 }, run)));
    expect(most).toBe(4);
    expect(gate.inFlight).toBe(4);
  });

  test('again and again for another reason, the rate is halved each time, and comes back as requests are served', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    const timeFor = async (count: number): Promise<number> => {
      const start = clock.now();
      await clock.runUntil(Promise.all(Array.from({ length: count }, () => pass(gate, clock, {}))));
      return clock.now() - start;
    };
    gate.pushBack({ waitMs: 0, cause: 'load' });
    expect(await timeFor(20)).toBe(0);
    gate.pushBack({ waitMs: 0, cause: 'load' });
    // Half of the rate: one request in about 120 ms.
    expect(await timeFor(20)).toBeGreaterThan(2000);
    for (let push = 0; push < 10; push++) gate.pushBack({ waitMs: 0, cause: 'load' });
    // A sixteenth at least: about one a second.
    const slowest = await timeFor(20);
    expect(slowest).toBeGreaterThan(18_000);
    expect(slowest).toBeLessThan(22_000);
    await timeFor(480);
    expect(await timeFor(100)).toBe(0);
    expect(gate.inFlight).toBe(4);
  });
});

describe('the directory gate', () => {
  test('slows down from 80 % of the limit on, for a window', async () => {
    const clock = virtualClock({ start: 0 });
    const gate = limitGate({ clock, limits: DIRECTORY_LIMITS });
    const timeFor = async (count: number): Promise<number> => {
      const start = clock.now();
      await clock.runUntil(Promise.all(Array.from({ length: count }, () => pass(gate, clock, {}))));
      return clock.now() - start;
    };
    gate.slowDown(0.79);
    gate.slowDown(Number.NaN);
    expect(await timeFor(200)).toBe(0);
    gate.slowDown(0.8);
    const atFourFifths = await timeFor(200);
    expect(atFourFifths).toBeGreaterThan(1000);
    gate.slowDown(1.8);
    expect(await timeFor(200)).toBeGreaterThan(4 * atFourFifths);
    await clock.advance(11_000);
    expect(await timeFor(200)).toBe(0);
  });
});
