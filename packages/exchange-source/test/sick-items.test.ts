import { SourceError } from '@holdfast/contracts';
import type { ItemLocation } from '@holdfast/contracts';
import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { ADA, all, changesOf, connect, folderNamed, letter, startWorld } from './support.ts';
import type { World } from './support.ts';

const CODE = 'ErrorInternalServerError';

async function fillInbox(world: World, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    ids.push(await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`)));
  }
  return ids;
}

describe('a message that the service cannot show', () => {
  test('does not hide the others, and is told so that reading it shows what is wrong', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const { ada, exchange } = world;
    const ids = await fillInbox(world, 70);
    const sick = ids[60] ?? '';
    const inbox = await folderNamed(ada, 'Inbox');
    exchange.control.failItem(sick, { code: CODE, parts: ['body', 'mime'] });
    const told = await clock.runUntil(changesOf(ada, inbox));
    expect(new Set(told.items.map(({ id }) => id))).toEqual(new Set(ids));
    // The first page was told before the sick message turned up, then all of it again.
    expect(told.resets).toBe(1);

    const item = told.items.find(({ id }) => id === sick);
    if (item === undefined) throw new RangeError('no item');
    expect(item.changeKey).not.toBe('');
    expect(item.listed).not.toHaveProperty('body');
    await expect(clock.runUntil(ada.read(item))).rejects.toMatchObject({ code: 'ERR_ITEM_UNREADABLE' });

    const again = await clock.runUntil(changesOf(ada, inbox, told.cursor));
    expect(again.items).toEqual([]);
    const added = await exchange.control.addMessage(ADA, 'inbox', letter('New'));
    const [fresh] = (await clock.runUntil(changesOf(ada, inbox, told.cursor))).items;
    expect(fresh).toMatchObject({ id: added, summary: { subject: 'New' } });

    exchange.control.healItem(sick);
    const [healed] = await all(ada.locate([sick]));
    expect(healed?.found?.item.contentKey).not.toBe(item.contentKey);
    expect(healed?.found?.item.listed).toHaveProperty('body');
  });

  test('is told with what the feed says of it even if it can be had in no other way', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const [first = '', sick = ''] = await fillInbox(world, 2);
    const inbox = await folderNamed(world.ada, 'Inbox');
    world.exchange.control.failItem(sick, { code: CODE, parts: ['body', 'properties', 'mime'] });
    const told = await clock.runUntil(changesOf(world.ada, inbox));
    expect(new Set(told.items.map(({ id }) => id))).toEqual(new Set([first, sick]));
    expect(told.items.find(({ id }) => id === sick)?.contentKey).toMatch(/^[\da-f]{64}$/);
  });

  test('is delivered with its MIME alone, as incomplete', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const [sick = ''] = await fillInbox(world, 1);
    world.exchange.control.failItem(sick, { code: CODE, parts: ['body'] });
    const [item] = (await clock.runUntil(changesOf(world.ada, await folderNamed(world.ada, 'Inbox')))).items;
    if (item === undefined) throw new RangeError('no item');
    const { parts, omitted } = await world.ada.read(item);
    expect(parts.map(({ name }) => name)).toEqual(['message.eml', 'properties.json']);
    expect(omitted).toEqual([{ part: 'properties.json', reason: 'incomplete', lost: true }]);
  });

  test('fails its folder alone if not even its id can be listed, and leaves the cursor of good pages', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    await fillInbox(world, 1);
    const inbox = await folderNamed(world.ada, 'Inbox');
    const { cursor } = await changesOf(world.ada, inbox);
    const sick = await world.exchange.control.addMessage(ADA, 'inbox', letter('Sick'));
    world.exchange.control.failItem(sick, { code: CODE, parts: ['page'] });
    const types: string[] = [];
    const run = async (): Promise<void> => {
      for await (const { type } of world.ada.changes(inbox, { cursor })) types.push(type);
    };
    await expect(clock.runUntil(run())).rejects.toMatchObject({
      code: 'ERR_SOURCE_PROTOCOL',
      temporary: false,
      details: { reason: CODE },
    });
    // Other messages of the folder may be told by then, but nothing ends it and no reset stands without a page.
    expect(types.includes('collection-reset')).toBe(types.includes('item-changed'));
    world.exchange.control.healItem(sick);
    expect((await changesOf(world.ada, inbox, cursor)).items.map(({ id }) => id)).toEqual([sick]);
  });

  test('does not hide the others of a mailbox over its quota either', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const ids = await fillInbox(world, 60);
    const inbox = await folderNamed(world.ada, 'Inbox');
    world.exchange.control.setOverQuota(ADA, 'over');
    world.exchange.control.failItem(ids[0] ?? '', { code: CODE, parts: ['body'] });
    const told = await clock.runUntil(changesOf(world.ada, inbox));
    expect(new Set(told.items.map(({ id }) => id))).toEqual(new Set(ids));
  });

  test('does not keep the others from being located', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const ids = await fillInbox(world, 25);
    const [sick = '', shown = ''] = ids;
    world.exchange.control.failItem(sick, { code: CODE, parts: ['properties'] });
    world.exchange.control.failItem(shown, { code: CODE, parts: ['body'] });
    const found: ItemLocation[] = [];
    const run = async (): Promise<void> => {
      for await (const location of world.ada.locate(ids)) found.push(location);
    };
    await expect(clock.runUntil(run())).rejects.toSatisfy((error) => SourceError.is(error, 'ERR_ITEM_UNREADABLE'));
    // Of the sick one nothing is told, because nobody knows; of the other one at least where it is.
    expect(found.map(({ itemId }) => itemId)).toEqual(ids.slice(1));
    expect(found.every((location) => location.found !== undefined)).toBe(true);
  });
});

test('a whole batch that fails in passing is asked for again', async () => {
  const clock = virtualClock();
  await using world = await startWorld({ clock }, { clock });
  const ids = await fillInbox(world, 20);
  world.exchange.control.throttle({ count: 40, status: 504, kinds: ['messages'] });
  const located = await clock.runUntil(all(world.ada.locate(ids)));
  expect(located.filter(({ found }) => found !== undefined)).toHaveLength(20);
});

test('connections that fail are no reason for smaller pages', async () => {
  const clock = virtualClock();
  await using world = await startWorld({ clock }, { clock });
  const ids = await fillInbox(world, 60);
  const inbox = await folderNamed(world.ada, 'Inbox');
  world.exchange.control.resetConnections(7);
  const before = world.online.requests.byKind.delta;
  const { items } = await clock.runUntil(changesOf(world.ada, inbox));
  expect(items).toHaveLength(ids.length);
  expect(world.online.requests.byKind.delta - before).toBe(7 + 2);
});

test('a refusal inside a batch holds every request of the mailbox back', async () => {
  const clock = virtualClock();
  await using world = await startWorld({ clock }, { clock });
  const ids = await fillInbox(world, 2);
  const sent: { readonly url: string; readonly time: number }[] = [];
  const noting: typeof fetch = (input, init) => {
    sent.push({ url: String(input), time: clock.now() });
    return world.exchange.fetch(input, init);
  };
  const inbox = await folderNamed(world.ada, 'Inbox');
  const ada = await connect(world.exchange, { clock, fetch: noting }).mailbox(ADA);
  world.exchange.control.throttle({ count: 1, retryAfter: 30, kinds: ['messages'] });
  const start = clock.now();
  const run = async (): Promise<void> => {
    const locating = all(ada.locate(ids));
    while (clock.sleepers === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await Promise.all([locating, changesOf(ada, inbox)]);
  };
  await clock.runUntil(run());
  const delta = sent.find(({ url }) => url.includes('/delta'));
  expect((delta?.time ?? 0) - start).toBeGreaterThanOrEqual(30_000);
});
