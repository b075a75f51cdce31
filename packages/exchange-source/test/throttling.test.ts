import { virtualClock } from '@holdfast/testkit';
import type { RetryEvent } from '@holdfast/exchange-source';
import { describe, expect, test } from 'vitest';

import { ADA, BOB, all, changesOf, connect, folderNamed, letter, startWorld } from './support.ts';

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

  test('tells how long requests were held back, overlapping waits once', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock, latencyMs: 20 }, { clock });
    for (let index = 0; index < 8; index++) {
      await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`));
    }
    const run = async (): Promise<void> => {
      const { items } = await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'));
      world.exchange.control.throttle({ count: 4, retryAfter: 10 });
      await Promise.all(items.map((item) => world.ada.read(item)));
    };
    await clock.runUntil(run());
    expect(world.ada.usage).toMatchObject({ repeated: 4, byKind: { message: 12 } });
    expect(world.ada.usage.throttledMs).toBeGreaterThanOrEqual(10_000);
    expect(world.ada.usage.throttledMs).toBeLessThan(10_100);
  });

  test('renews a token that was refused after a wait, and holds no other mailbox back', async () => {
    const clock = virtualClock();
    const retries: RetryEvent[] = [];
    await using world = await startWorld({ clock }, { clock, onRetry: (event) => retries.push(event) });
    const { control, requests } = world.exchange;
    control.throttle({ count: 1, retryAfter: 1800 });
    const folders = all(world.ada.collections());
    const expiring = clock.sleep(900).then(() => control.expireTokens());
    await clock.runUntil(Promise.all([folders, expiring]));
    expect(retries.map(({ cause }) => cause)).toEqual(['throttled', 'token-refused']);
    expect(requests.counts.token).toBe(2);

    control.throttle({ count: 1, retryAfter: 1800 });
    const waiting = all(world.ada.collections());
    // The other mailbox is not the one that was pushed back.
    const start = clock.now();
    await clock.runUntil(all(world.bob.collections()));
    expect(clock.now() - start).toBeLessThan(1800_000);
    await clock.runUntil(waiting);
  });

  test('takes the token after the wait at the gate, so that it has not expired there', async () => {
    const clock = virtualClock();
    const statuses: number[] = [];
    await using world = await startWorld({ clock }, { clock, onRequest: ({ status }) => statuses.push(status) });
    world.exchange.control.throttle({ count: 1, retryAfter: 7200 });
    const pushedBack = all(world.ada.collections());
    // This one comes while the gate is closed, and waits there for longer than a token lives.
    const atTheGate = clock.sleep(60_000).then(() => all(world.ada.collections()));
    await clock.runUntil(Promise.all([pushedBack, atTheGate]));
    expect(statuses.filter((status) => status >= 400)).toEqual([429]);
  });

  test('renews a token that is refused inside a batch', async () => {
    const clock = virtualClock();
    const retries: RetryEvent[] = [];
    await using world = await startWorld({ clock, latencyMs: 50 }, { clock, onRetry: (event) => retries.push(event) });
    const ids: string[] = [];
    for (let index = 0; index < 12; index++) {
      ids.push(await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`)));
    }
    const located = all(world.ada.locate(ids));
    const expiring = clock.sleep(70).then(() => world.exchange.control.expireTokens());
    const [locations] = await clock.runUntil(Promise.all([located, expiring]));
    expect(locations.filter(({ found }) => found !== undefined)).toHaveLength(12);
    expect(retries.length).toBeGreaterThan(0);
    expect(new Set(retries.map(({ cause, kind }) => `${kind} ${cause}`))).toEqual(new Set(['locate token-refused']));
  });

  test('tells of each repeated request inside a batch, and counts a batch as many', async () => {
    const clock = virtualClock();
    const retries: RetryEvent[] = [];
    await using world = await startWorld({ clock }, { clock, onRetry: (event) => retries.push(event) });
    const ids: string[] = [];
    for (let index = 0; index < 20; index++) {
      ids.push(await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`)));
    }
    world.exchange.control.throttle({ count: 3, retryAfter: 2.5, kinds: ['messages'] });
    await clock.runUntil(all(world.ada.locate(ids)));
    const expected = {
      kind: 'locate',
      mailbox: world.ada.id,
      attempt: 1,
      waitMs: 2500,
      cause: 'throttled',
      status: 429,
    };
    expect(retries).toEqual(Array.from({ length: 3 }, () => ({ ...expected, code: 'ApplicationThrottled' })));
    expect(world.ada.usage).toMatchObject({
      byKind: { locate: 2 },
      total: 2,
      counted: 23,
      repeated: 1,
      throttledMs: 2500,
    });
  });

  test('counts for each mailbox by itself, and for all together', async () => {
    await using world = await startWorld();
    await all(world.ada.collections());
    await all(world.bob.collections());
    await all(world.bob.collections());
    const { ada, bob, online } = world;
    expect(bob.usage.total).toBe(2 * ada.usage.total);
    expect(ada.usage.byKind).toMatchObject({ token: 0, user: 0 });
    // One token, two users.
    expect(online.requests.total).toBe(3 + ada.usage.total + bob.usage.total);
    expect((await online.mailbox(ADA)).usage).toEqual(ada.usage);
  });

  test('slows down until two programs of one application get on together', async () => {
    const clock = virtualClock();
    const retries: RetryEvent[] = [];
    const onRetry = (event: RetryEvent): unknown => retries.push(event);
    await using world = await startWorld({ clock, latencyMs: 50 }, { clock, onRetry });
    const other = await connect(world.exchange, { clock, onRetry }).mailbox(ADA);
    for (let index = 0; index < 80; index++) {
      await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`));
    }
    const run = async (): Promise<number> => {
      const { items } = await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'));
      const read = await Promise.all(items.flatMap((item) => [world.ada.read(item), other.read(item)]));
      return read.filter(({ omitted }) => omitted.length === 0).length;
    };
    expect(await clock.runUntil(run())).toBe(160);
    expect(retries.length).toBeGreaterThan(3);
    expect(retries.every(({ cause }) => cause === 'throttled')).toBe(true);
    expect(world.exchange.requests.throttled).toBe(retries.length);
    // Four refused at a time, until the mailbox is free, would be many more.
    expect(retries.length).toBeLessThan(40);
  });

  test('holds every look-up of a user back when the directory pushes back, and none of a mailbox', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    world.exchange.control.throttle({ count: 1, retryAfter: 30, kinds: ['users'] });
    const start = clock.now();
    const first = world.online.mailbox(ADA);
    await clock.runUntil(all(world.ada.collections()));
    expect(clock.now()).toBe(start);
    await clock.runUntil(Promise.all([first, world.online.mailbox(BOB)]));
    expect(clock.now() - start).toBe(30_000);
    expect(world.online.requests.throttledMs).toBe(30_000);
    expect(world.ada.usage.throttledMs).toBe(0);
  });

  test('slows down where the directory says that its limit is nearly used up', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock });
    let share: string | undefined;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const answer = await world.exchange.fetch(input, init);
      const headers = new Headers(answer.headers);
      if (share !== undefined) headers.set('x-ms-throttle-limit-percentage', share);
      return new Response(await answer.arrayBuffer(), { status: answer.status, headers });
    };
    const online = connect(world.exchange, { clock, fetch });
    const lookUp = async (): Promise<number> => {
      const start = clock.now();
      for (let index = 0; index < 40; index++) await clock.runUntil(online.mailbox(ADA));
      return clock.now() - start;
    };
    expect(await lookUp()).toBe(0);
    share = '0.9';
    expect(await lookUp()).toBeGreaterThan(300);
  });

  test('gives up after the patience that it was given', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock, throttlePatienceMs: 60_000 });
    world.exchange.control.throttle({ count: 1000, retryAfter: 20 });
    const start = clock.now();
    await expect(clock.runUntil(all(world.ada.collections()))).rejects.toMatchObject({ code: 'ERR_SOURCE_THROTTLED' });
    expect(clock.now() - start).toBe(60_000);
  });

  test('has its day of patience for sign-in too, and tells of it', async () => {
    const clock = virtualClock();
    const retries: RetryEvent[] = [];
    await using world = await startWorld({ clock });
    let refusals = 5;
    const fetch: typeof globalThis.fetch = (input, init) => {
      const busy = String(input).includes('/oauth2/') && refusals-- > 0;
      return busy
        ? Promise.resolve(new Response(null, { status: 429, headers: { 'retry-after': '7200' } }))
        : world.exchange.fetch(input, init);
    };
    const online = connect(world.exchange, { clock, fetch, onRetry: (event) => retries.push(event) });
    await clock.runUntil(online.mailbox(ADA));
    expect(retries).toHaveLength(5);
    expect(retries[0]).toEqual({ kind: 'token', attempt: 1, waitMs: 7_200_000, cause: 'throttled', status: 429 });
    expect(online.requests.throttledMs).toBe(5 * 7_200_000);
  });
});
