import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { alteredFetch, withEntries } from './altered-answers.ts';
import type { Alter } from './altered-answers.ts';
import { ADA, all, connect, folderNamed, letter, startWorld } from './support.ts';
import type { World } from './support.ts';
import type { ExchangeMailbox } from '@holdfast/exchange-source';

const seeing = async (world: World, alter: Alter): Promise<ExchangeMailbox> =>
  connect(world.exchange, { fetch: alteredFetch(world.exchange, alter) }).mailbox(ADA);

const SICK = { status: 500, body: { error: { code: 'ErrorInternalServerError', message: '' } } };

describe('an entry without an id', () => {
  test.each([
    ['a message', { subject: 'x' }],
    ['a removal', { '@removed': { reason: 'deleted' } }],
    ['an empty id', { id: '' }],
    ['no object at all', 'x'],
    ['nothing', null],
  ])('of a page of changes is told as a failure: %s', async (_name, entry) => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Sound'));
    const ada = await seeing(world, (url, answer) =>
      url.includes('/messages/delta') ? withEntries(answer, (entries) => [entry, ...entries]) : answer,
    );
    const events = await all(ada.changes(await folderNamed(ada, 'Inbox')));
    expect(events.map(({ type }) => type)).toEqual(['item-failed', 'item-changed', 'checkpoint']);
    expect(events[0]).toMatchObject({ itemId: undefined, error: { code: 'ERR_SOURCE_PROTOCOL' } });
    expect(events[1]).toMatchObject({ item: { id } });
  });

  test.each(['top', 'below'] as const)('of a list of folders is told as a failure: %s', async (where) => {
    await using world = await startWorld();
    world.exchange.control.createFolder(ADA, 'Projects/Bridge');
    const ada = await seeing(world, (url, answer) =>
      /\/mailFolders\?/.test(url) === (where === 'top') && /mailFolders\?|childFolders/.test(url)
        ? withEntries(answer, (entries) =>
            entries.map(({ id, ...rest }) =>
              rest['displayName'] === (where === 'top' ? 'Outbox' : 'Bridge') ? rest : { id, ...rest },
            ),
          )
        : answer,
    );
    const events = await all(ada.collections());
    const failed = events.filter((event) => event.type === 'collection-failed');
    expect(failed).toMatchObject([
      { collection: { id: '', name: where === 'top' ? 'Outbox' : 'Bridge' }, error: { code: 'ERR_SOURCE_PROTOCOL' } },
    ]);
    expect(failed[0]?.collection.path).toHaveLength(where === 'top' ? 0 : 1);
  });
});

describe('an answer that is no list', () => {
  test('fails the folder instead of looking empty', async () => {
    await using world = await startWorld();
    const ada = await seeing(world, (url, answer) =>
      url.includes('/messages/delta')
        ? { ...answer, body: { '@odata.deltaLink': 'https://graph.microsoft.com/x' } }
        : answer,
    );
    const inbox = await folderNamed(ada, 'Inbox');
    await expect(all(ada.changes(inbox))).rejects.toMatchObject({ code: 'ERR_SOURCE_PROTOCOL' });
  });
});

describe('a message without its folder', () => {
  test('is not taken for gone', async () => {
    await using world = await startWorld();
    const ids = [
      await world.exchange.control.addMessage(ADA, 'inbox', letter('Odd')),
      await world.exchange.control.addMessage(ADA, 'inbox', letter('Sound')),
    ];
    const ada = await seeing(world, (_url, answer) => {
      const { parentFolderId, ...body } = answer.body;
      return answer.body['id'] === ids[0] ? { ...answer, body } : answer;
    });
    const told: string[] = [];
    const asking = (async () => {
      for await (const { itemId } of ada.locate(ids)) told.push(itemId);
    })();
    await expect(asking).rejects.toMatchObject({ code: 'ERR_SOURCE_PROTOCOL' });
    expect(told).toEqual([ids[1]]);
  });
});

describe('a folder whose children cannot be listed', () => {
  const folderIdOf = ({ exchange }: World, name: string): string =>
    exchange.control.folders(ADA).find(({ path }) => path.at(-1) === name)?.id ?? '';

  test.each([500, 503, 403, 400])('is told as a failure, and the others are listed: status %i', async (status) => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    world.exchange.control.createFolder(ADA, 'Projects/Bridge');
    world.exchange.control.createFolder(ADA, 'Archive/2026');
    const sick = folderIdOf(world, 'Projects');
    const alter: Alter = (url, answer) =>
      decodeURIComponent(url).includes(`${sick}/childFolders`) ? { ...SICK, status } : answer;
    const fetch = alteredFetch(world.exchange, alter);
    const ada = await connect(world.exchange, { fetch, clock }).mailbox(ADA);
    const events = await clock.runUntil(all(ada.collections()));
    const failed = events.filter(({ type }) => type === 'collection-failed');
    expect(failed.map(({ collection }) => collection.name)).toEqual(['Projects']);
    const found = events.filter(({ type }) => type === 'collection-found').map(({ collection }) => collection.name);
    expect(found).toEqual(expect.arrayContaining(['Projects', '2026']));
    expect(found).not.toContain('Bridge');
  });

  test('ends the listing where no folder is answered for any more', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const fetch = alteredFetch(world.exchange, (url, answer) =>
      url.includes('/childFolders') ? { ...SICK, status: 503 } : answer,
    );
    const ada = await connect(world.exchange, { fetch, clock }).mailbox(ADA);
    await expect(clock.runUntil(all(ada.collections()))).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });
  });

  test('has a line also where only the role of a folder cannot be found out', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const fetch = alteredFetch(world.exchange, (url, answer) => (/mailFolders\/junkemail/.test(url) ? SICK : answer));
    const ada = await connect(world.exchange, { fetch, clock }).mailbox(ADA);
    const events = await clock.runUntil(all(ada.collections()));
    expect(events.filter(({ type }) => type === 'collection-failed')).toMatchObject([
      { collection: { name: 'junkemail' } },
    ]);
    expect(events.some(({ collection }) => collection.role === 'inbox')).toBe(true);
  });
});
