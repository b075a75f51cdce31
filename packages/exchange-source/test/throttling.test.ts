import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { ADA, all, changesOf, folderNamed, letter, startWorld } from './support.ts';

describe('throttling', () => {
  test('never has more than four requests of a mailbox in flight, batches included', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock, latencyMs: 50 }, { clock });
    const run = async (): Promise<void> => {
      const ids: string[] = [];
      for (let index = 0; index < 60; index++) {
        ids.push(await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`)));
      }
      const inbox = await folderNamed(world.ada, 'Inbox');
      const { items } = await changesOf(world.ada, inbox);
      await Promise.all([
        ...items.map((item) => world.ada.read(item)),
        all(world.ada.locate(ids)),
        all(world.ada.collections()),
      ]);
    };
    await clock.runUntil(run());
    expect(world.exchange.requests.maxInFlight[ADA]).toBe(4);
    expect(world.exchange.requests.throttled).toBe(0);
  });

  test.each([
    ['decimal seconds', { count: 3, retryAfter: 2.128 }, 3 * 2128],
    ['503 with seconds', { count: 2, retryAfter: 7, status: 503 as const }, 14_000],
    ['no time at all', { count: 3, retryAfter: undefined }, 250 + 500 + 1000],
  ])('waits as the service asks: %s', async (_, fault, atLeast) => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    world.exchange.control.throttle(fault);
    const start = clock.now();
    expect((await clock.runUntil(all(world.ada.collections()))).length).toBeGreaterThan(5);
    expect(clock.now() - start).toBeGreaterThanOrEqual(atLeast);
    expect(world.online.requests.throttledMs).toBeGreaterThanOrEqual(atLeast);
    expect(world.online.requests.repeated).toBe(fault.count);
  });

  test('gets through a storm of refusals', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    for (let index = 0; index < 20; index++) {
      await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`));
    }
    const run = async (): Promise<number> => {
      const { items } = await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'));
      world.exchange.control.throttle({ count: 100, retryAfter: 1 });
      const read = await Promise.all(items.map((item) => world.ada.read(item)));
      return read.filter(({ omitted }) => omitted.length === 0).length;
    };
    expect(await clock.runUntil(run())).toBe(20);
  });
});
