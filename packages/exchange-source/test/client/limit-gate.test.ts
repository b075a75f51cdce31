import { virtualClock } from '@holdfast/testkit';
import { expect, test } from 'vitest';

import { limitGate } from '../../src/client/limit-gate.ts';

test('lets four in, and the next when one leaves, first come first served', async () => {
  const gate = limitGate({ clock: virtualClock() });
  const order: number[] = [];
  const leaves = await Promise.all([1, 2, 3, 4].map(() => gate.enter(1)));
  const waiting = [5, 6].map((number) => gate.enter(1).then((leave) => (order.push(number), leave)));
  await Promise.resolve();
  expect(order).toEqual([]);
  leaves[0]?.();
  await waiting[0];
  expect(order).toEqual([5]);
  leaves[1]?.();
  await waiting[1];
  expect(order).toEqual([5, 6]);
});

test('gives a batch as many places as it has requests, up to all', async () => {
  const gate = limitGate({ clock: virtualClock() });
  const leaveOne = await gate.enter(1);
  let entered = 0;
  const batch = gate.enter(20).then((leave) => (entered++, leave));
  const single = gate.enter(1).then((leave) => (entered++, leave));
  await Promise.resolve();
  expect(entered).toBe(0);
  leaveOne();
  const leaveBatch = await batch;
  expect(entered).toBe(1);
  leaveBatch();
  await single;
  expect(entered).toBe(2);
});

test('starts no more than the limit within any window, batches counted by their requests', async () => {
  const clock = virtualClock({ start: 0 });
  const gate = limitGate({ clock, perWindow: 10, windowMs: 1000 });
  const times: number[] = [];
  const run = async (weight: number): Promise<void> => {
    const leave = await gate.enter(weight);
    for (let index = 0; index < weight; index++) times.push(clock.now());
    await clock.sleep(70);
    leave();
  };
  await clock.runUntil(Promise.all([1, 2, 3, 1, 1, 4, 1, 1, 1, 3, 1, 1, 1, 1, 5, 1, 1].map(run)));
  for (const time of times) {
    expect(times.filter((other) => other > time - 1000 && other <= time).length).toBeLessThanOrEqual(10);
  }
  expect(times).toHaveLength(29);
  expect(clock.now()).toBeLessThan(4000);
});

test('takes an aborted waiter out at once, with its reason, and lets the next one in', async () => {
  const clock = virtualClock();
  const gate = limitGate({ clock, perWindow: 5, windowMs: 1000 });
  const leave = await gate.enter(5);
  const controller = new AbortController();
  const reason = { why: 'enough' };
  const aborted = gate.enter(5, { signal: controller.signal });
  leave();
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  expect(clock.sleepers).toBe(0);
  const next = gate.enter(1);
  await clock.runUntil(next);
  await expect(gate.enter(1, { signal: controller.signal })).rejects.toBe(reason);
});

test('lets nothing start during a pause', async () => {
  const clock = virtualClock({ start: 0 });
  const gate = limitGate({ clock });
  gate.pauseUntil(2500);
  await clock.runUntil(gate.enter(1));
  expect(clock.now()).toBe(2500);
});
