import { exchangeOnline } from '@holdfast/exchange-source';
import type { RequestEvent } from '@holdfast/exchange-source';
import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { ADA, BOB, all, changesOf, folderNamed, letter, restorable, startWorld } from './support.ts';

const reason = { why: 'the user has changed their mind' };

/** Aborts in the middle of the n-th request that goes out. */
function abortingAt(number: number, controller: AbortController, inner: typeof fetch): typeof fetch {
  let count = 0;
  return (input, init) => {
    count++;
    if (count === number) setTimeout(() => controller.abort(reason), 0);
    return count >= number
      ? new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new TypeError('fetch failed')), { once: true });
        })
      : inner(input, init);
  };
}

describe('an abort', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])(
    'during request %i of a run rejects with its reason, and nothing is sent afterwards',
    async (number) => {
      await using world = await startWorld();
      await world.exchange.control.addMessage(ADA, 'inbox', letter('First'));
      const controller = new AbortController();
      const { signal } = controller;
      const events: RequestEvent[] = [];
      const { tenant, credentials } = world.exchange;
      const online = exchangeOnline({
        tenant,
        credentials,
        fetch: abortingAt(number, controller, world.exchange.fetch),
        onRequest: (event) => events.push(event),
      });
      const run = async (): Promise<void> => {
        const ada = await online.mailbox(ADA, { signal });
        const bob = await online.mailbox(BOB, { signal });
        await all(ada.collections({ signal }));
        const inbox = await folderNamed(world.ada, 'Inbox');
        const [item] = (await changesOf(world.ada, inbox)).items;
        if (item === undefined) throw new RangeError('no message');
        await all(ada.changes(inbox, { signal }));
        const content = await ada.read(item, { signal });
        await all(ada.locate([item.id], { signal }));
        const folder = { name: 'New', role: undefined, kind: 'mail', hidden: false } as const;
        const target = await bob.prepareCollection([folder], { signal });
        await bob.createItem(target, restorable(ada, item, content), { signal });
      };
      await expect(run()).rejects.toBe(reason);
      const sent = events.length;
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(events).toHaveLength(sent);
    },
  );

  test('ends a wait for the service at once, and leaves no timer behind', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    world.exchange.control.throttle({ count: 1, retryAfter: 300 });
    const controller = new AbortController();
    const run = all(world.ada.collections({ signal: controller.signal }));
    const other = all(world.ada.collections({ signal: controller.signal }));
    while (clock.sleepers === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    await expect(other).rejects.toBe(reason);
    expect(clock.sleepers).toBe(0);
  });

  test('of one who waits for a token does not disturb another', async () => {
    await using world = await startWorld();
    const { tenant, credentials } = world.exchange;
    const online = exchangeOnline({ tenant, credentials, fetch: world.exchange.fetch });
    const controller = new AbortController();
    const aborted = online.mailbox(ADA, { signal: controller.signal });
    const patient = online.mailbox(BOB);
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    expect((await patient).title).toBe(BOB);
  });

  test('before the beginning sends nothing', async () => {
    await using world = await startWorld();
    const { total } = world.online.requests;
    const signal = AbortSignal.abort(reason);
    await expect(all(world.ada.collections({ signal }))).rejects.toBe(reason);
    await expect(all(world.ada.locate(['x'], { signal }))).rejects.toBe(reason);
    await expect(world.bob.prepareCollection([], { signal })).rejects.toBe(reason);
    expect(world.online.requests.total).toBe(total);
  });
});
