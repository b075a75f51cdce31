import { SourceError } from '@holdfast/contracts';
import { demoMailbox } from '@holdfast/simulators/exchange';
import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { ADA, all, changesOf, connect, folderNamed, foldersOf, letter, startWorld } from './support.ts';

async function fillInbox(world: Awaited<ReturnType<typeof startWorld>>, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    ids.push(await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${index}`)));
  }
  return ids;
}

describe('changes', () => {
  test('yields every message of a folder in pages of fifty, and a checkpoint after each', async () => {
    await using world = await startWorld();
    const ids = await fillInbox(world, 120);
    const told = await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'));
    expect(told.items.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(told.checkpoints).toBe(3);
    expect(told.cursor).toMatch(/^https:\/\/graph\.microsoft\.com\/.*deltatoken/);
    const [first] = told.items;
    expect(first?.summary).toMatchObject({
      subject: 'Letter 0',
      from: 'Ada <ada@example.org>',
      to: ['Bob <bob@example.org>'],
      hasAttachments: false,
    });
    expect(Object.keys(first?.volatile ?? {})).toEqual(
      expect.arrayContaining(['categories', 'flag', 'importance', 'isRead']),
    );
    expect(Object.keys(first?.listed ?? {})).not.toEqual(expect.arrayContaining(['changeKey']));
  });

  test('goes on from a cursor: new, flagged, edited, moved and deleted messages, and nothing else', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    const [kept = '', flagged = '', moved = '', deleted = ''] = await fillInbox(world, 4);
    const draft = await control.addMessage(ADA, 'drafts', letter('Draft'));
    control.updateMessage(ADA, draft, { isDraft: true });
    const inbox = await folderNamed(world.ada, 'Inbox');
    const drafts = await folderNamed(world.ada, 'Drafts');
    const archive = await folderNamed(world.ada, 'Archive');
    const before = await changesOf(world.ada, inbox);
    const draftsBefore = await changesOf(world.ada, drafts);

    const added = await control.addMessage(ADA, 'inbox', letter('New'));
    control.updateMessage(ADA, flagged, {
      isRead: true,
      flag: { flagStatus: 'flagged' },
      categories: ['Red'],
      importance: 'high',
    });
    control.moveMessage(ADA, moved, 'archive');
    control.deleteMessage(ADA, deleted);
    control.updateMessage(ADA, draft, { body: { contentType: 'text', content: 'Other words' } });

    const after = await changesOf(world.ada, inbox, before.cursor);
    expect(after.items.map(({ id }) => id).toSorted()).toEqual([added, flagged].toSorted());
    expect(after.removed.toSorted()).toEqual([moved, deleted].toSorted());
    expect(after.items.map(({ id }) => id)).not.toContain(kept);

    const find = (told: typeof before, id: string) => told.items.find((item) => item.id === id);
    expect(find(after, flagged)?.contentKey).toBe(find(before, flagged)?.contentKey);
    expect(find(after, flagged)?.changeKey).not.toBe(find(before, flagged)?.changeKey);
    expect(find(after, flagged)?.volatile).toMatchObject({
      isRead: true,
      flag: { flagStatus: 'flagged' },
      categories: ['Red'],
      importance: 'high',
    });
    const elsewhere = await changesOf(world.ada, archive);
    expect(find(elsewhere, moved)?.contentKey).toBe(find(before, moved)?.contentKey);
    expect(find(elsewhere, moved)?.sortTime).toBe(find(before, moved)?.sortTime);
    const draftsAfter = await changesOf(world.ada, drafts, draftsBefore.cursor);
    expect(find(draftsAfter, draft)?.contentKey).not.toBe(find(draftsBefore, draft)?.contentKey);
  });

  test('tells of an attachment of a draft that was exchanged for another', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    const file = { kind: 'file', name: 'a', contentType: 'text/plain', isInline: false, contentId: undefined } as const;
    const draft = await control.addMessage(ADA, 'drafts', letter('Draft'));
    control.updateMessage(ADA, draft, { isDraft: true, attachments: [{ ...file, bytes: new Uint8Array([1]) }] });
    const drafts = await folderNamed(world.ada, 'Drafts');
    const before = await changesOf(world.ada, drafts);
    control.updateMessage(ADA, draft, { attachments: [{ ...file, bytes: new Uint8Array([2]) }] });
    const after = await changesOf(world.ada, drafts, before.cursor);
    expect(after.items[0]?.contentKey).not.toBe(before.items[0]?.contentKey);
  });

  test('needs one request a message at first, and then only folder and delta requests', async () => {
    await using world = await startWorld();
    const owner = { name: 'ada', address: ADA };
    for await (const { content } of demoMailbox({ seed: 3, messages: 400, owner, now: Date.UTC(2026, 0, 1) })) {
      await world.exchange.control.addMessage(ADA, 'inbox', content);
    }
    const inbox = await folderNamed(world.ada, 'Inbox');
    world.exchange.requests.reset();
    const told = await changesOf(world.ada, inbox);
    for (const item of told.items) await world.ada.read(item);
    expect(told.items).toHaveLength(400);
    expect(world.exchange.requests.counts).toMatchObject({ delta: 8, mime: 400 });
    expect(world.exchange.requests.total / 400).toBeLessThanOrEqual(1.05);

    world.exchange.requests.reset();
    await foldersOf(world.ada);
    const again = await changesOf(world.ada, inbox, told.cursor);
    expect(again.items).toEqual([]);
    const { folders, delta, batch } = world.exchange.requests.counts;
    expect(world.exchange.requests.total).toBe(folders + delta + batch);
  });

  test.each(['SyncStateNotFound', 'ResyncRequired', 'SyncStateInvalid'] as const)(
    'tells the folder anew when its cursor is refused with %s',
    async (code) => {
      await using world = await startWorld();
      const ids = await fillInbox(world, 3);
      const inbox = await folderNamed(world.ada, 'Inbox');
      const { cursor } = await changesOf(world.ada, inbox);
      world.exchange.control.expireDeltaTokens({ code });
      const told = await changesOf(world.ada, inbox, cursor);
      expect(told.resets).toBe(1);
      expect(told.items.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    },
  );

  test('tells the folder anew when a link within an enumeration dies', async () => {
    await using world = await startWorld();
    await fillInbox(world, 70);
    const inbox = await folderNamed(world.ada, 'Inbox');
    const types: string[] = [];
    for await (const event of world.ada.changes(inbox)) {
      if (event.type === 'checkpoint' && types.length < 60) world.exchange.control.expireDeltaTokens();
      types.push(event.type);
    }
    expect(types.indexOf('collection-reset')).toBe(51);
    expect(types.slice(52).filter((type) => type === 'item-changed')).toHaveLength(70);
  });

  test('goes on from the checkpoint of any page', async () => {
    await using world = await startWorld();
    await fillInbox(world, 120);
    const inbox = await folderNamed(world.ada, 'Inbox');
    const seen: string[] = [];
    let cursor = '';
    for await (const event of world.ada.changes(inbox)) {
      if (event.type === 'item-changed') seen.push(event.item.id);
      if (event.type !== 'checkpoint') continue;
      cursor = event.cursor;
      break;
    }
    const rest = await changesOf(world.ada, inbox, cursor);
    expect(seen).toHaveLength(50);
    expect(new Set([...seen, ...rest.items.map(({ id }) => id)]).size).toBe(120);
    expect(rest.items).toHaveLength(70);
  });

  test('begins anew, without sending the token anywhere, from a cursor that is no address of the service', async () => {
    await using world = await startWorld();
    await fillInbox(world, 2);
    const inbox = await folderNamed(world.ada, 'Inbox');
    const told = await changesOf(world.ada, inbox, 'https://graph.microsoft.com.example.net/v1.0/steal');
    expect(told.resets).toBe(1);
    expect(told.items).toHaveLength(2);
  });

  test('tells a mailbox over its quota from plain lists', async () => {
    await using world = await startWorld();
    await fillInbox(world, 60);
    const inbox = await folderNamed(world.ada, 'Inbox');
    world.exchange.control.setOverQuota(ADA, 'over');
    const told = await changesOf(world.ada, inbox);
    expect(told.items).toHaveLength(60);
    world.exchange.control.setOverQuota(ADA, 'under');
    const later = await changesOf(world.ada, inbox, told.cursor);
    expect(later.resets).toBe(1);
    expect(later.items).toHaveLength(60);
  });

  test('survives cut pages, closed connections and a page that fails because of one message', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const { ada, exchange } = world;
    const ids = await fillInbox(world, 60);
    const inbox = await folderNamed(ada, 'Inbox');
    exchange.control.cutPages(2);
    exchange.control.resetConnections(2);
    exchange.control.failItem(ids[30] ?? '', { code: 'ErrorInternalServerError', parts: ['page'], times: 7 });
    const told = await clock.runUntil(changesOf(ada, inbox));
    expect(new Set(told.items.map(({ id }) => id)).size).toBe(60);
  });

  test('reads a message as a whole of which the feed tells only what has changed', async () => {
    await using world = await startWorld();
    const [first = '', second = ''] = await fillInbox(world, 2);
    // The service may do so for a change of the read state; the simulator always tells everything.
    const terse: typeof fetch = async (input, init) => {
      const response = await world.exchange.fetch(input, init);
      if (!String(input).includes('/messages/delta')) return response;
      const page = (await response.json()) as { value: { id: string; isRead: boolean }[] };
      return Response.json({ ...page, value: page.value.map(({ id, isRead }) => ({ id, isRead })) });
    };
    const ada = await connect(world.exchange, { fetch: terse }).mailbox(ADA);
    const inbox = await folderNamed(ada, 'Inbox');
    const whole = await changesOf(world.ada, inbox);
    world.exchange.control.deleteMessage(ADA, second);
    const told = await changesOf(ada, inbox);
    expect(told.items).toEqual(whole.items.filter(({ id }) => id === first));
  });

  test('tells a folder that is gone', async () => {
    await using world = await startWorld();
    world.exchange.control.createFolder(ADA, 'Doomed');
    const doomed = await folderNamed(world.ada, 'Doomed');
    world.exchange.control.deleteFolder(ADA, 'Doomed');
    await expect(changesOf(world.ada, doomed)).rejects.toSatisfy((error) =>
      SourceError.is(error, 'ERR_COLLECTION_NOT_FOUND'),
    );
  });

  test('asks for a page only when it is wanted', async () => {
    await using world = await startWorld();
    await fillInbox(world, 120);
    const inbox = await folderNamed(world.ada, 'Inbox');
    const before = world.online.requests.byKind.delta;
    for await (const event of world.ada.changes(inbox)) if (event.type === 'item-changed') break;
    expect(world.online.requests.byKind.delta - before).toBe(1);
  });
});

describe('locate', () => {
  test('finds moved messages where they are now, and tells deleted ones from them, twenty a request', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    const ids = await fillInbox(world, 45);
    const [moved = '', deleted = ''] = ids;
    control.moveMessage(ADA, moved, 'archive');
    control.deleteMessage(ADA, deleted);
    const archive = await folderNamed(world.ada, 'Archive');
    const before = world.online.requests.byKind.locate;
    const locations = await all(world.ada.locate(ids));
    expect(world.online.requests.byKind.locate - before).toBe(3);
    expect(locations.map(({ itemId }) => itemId)).toEqual(ids);
    const byId = new Map(locations.map(({ itemId, found }) => [itemId, found]));
    expect(byId.get(moved)).toMatchObject({ collectionId: archive.id, item: { id: moved } });
    expect(byId.get(deleted)).toBeUndefined();
    const [listed] = (await changesOf(world.ada, archive)).items;
    expect(byId.get(moved)?.item).toEqual(listed);
  });

  test('asks again for those alone that were throttled inside the batch', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const ids = await fillInbox(world, 20);
    world.exchange.control.throttle({ count: 5, retryAfter: 2.5, kinds: ['messages'] });
    world.exchange.requests.reset();
    const start = clock.now();
    const locations = await clock.runUntil(all(world.ada.locate(ids)));
    expect(locations.filter(({ found }) => found !== undefined)).toHaveLength(20);
    // The five go in a batch of three, because the service named its limit of requests at a time, and one of two.
    expect(world.exchange.requests.counts).toMatchObject({ batch: 3, messages: 25 });
    expect(clock.now() - start).toBeGreaterThanOrEqual(2500);
    expect(world.online.requests.throttledMs).toBe(2500);
  });
});
