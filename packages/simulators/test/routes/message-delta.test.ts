import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange, StartExchangeOptions } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient, GraphJson, GraphReply } from '../support/graph-client.ts';
import { messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const IMMUTABLE = { prefer: 'IdType="ImmutableId", odata.maxpagesize=3' };
const MUTABLE = { prefer: 'odata.maxpagesize=3' };
const DELTA = `/users/${ADA}/mailFolders/inbox/messages/delta`;

describe('messages/delta', () => {
  let exchange: Exchange;
  let graph: GraphClient;

  async function start(options: Partial<StartExchangeOptions> = {}): Promise<void> {
    exchange = await startExchange({ mailboxes: { [ADA]: {} }, ...options });
    graph = await graphClient(exchange);
  }

  beforeEach(() => start());
  afterEach(() => exchange.close());

  const add = (subject: string): Promise<string> =>
    exchange.control.addMessage(ADA, 'inbox', messageFixture({ subject }));

  /** One round to its delta link. */
  async function round(
    url: string,
    headers: Readonly<Record<string, string>> = IMMUTABLE,
  ): Promise<{ items: readonly GraphJson[]; link: string; pages: readonly GraphReply[] }> {
    const pages: GraphReply[] = [];
    for (let next: string | undefined = url; next !== undefined;) {
      const page: GraphReply = await graph(next, { headers });
      expect(page.status).toBe(200);
      pages.push(page);
      next = page.json['@odata.nextLink'];
    }
    return {
      items: pages.flatMap(({ json }) => json.value),
      link: pages.at(-1)?.json['@odata.deltaLink'] ?? '',
      pages,
    };
  }

  it('shows everything page by page, then nothing, then what changed', async () => {
    const ids = [];
    for (const subject of 'abcdefg') ids.push(await add(subject));
    const first = await round(`${DELTA}?$select=subject,isRead`);
    expect(first.items.map(({ id }) => id)).toEqual(ids);
    expect(first.pages.map(({ json }) => json.value.length)).toEqual([3, 3, 1]);
    expect(first.pages[0]?.headers.get('preference-applied')).toBe('IdType=ImmutableId, odata.maxpagesize=3');
    expect(Object.keys(first.items[0] ?? {}).toSorted()).toEqual([
      '@odata.etag',
      '@odata.type',
      'id',
      'isRead',
      'subject',
    ]);
    expect(first.link).toMatch(
      /^https:\/\/graph\.microsoft\.com\/v1\.0\/users\('.*'\)\/mailfolders\('.*'\)\/messages\/delta\?\$deltatoken=/,
    );

    const second = await round(first.link);
    expect(second.items).toEqual([]);
    exchange.control.updateMessage(ADA, ids[1] ?? '', { isRead: true });
    exchange.control.deleteMessage(ADA, ids[2] ?? '');
    const added = await add('h');
    const third = await round(second.link);
    expect(third.items).toEqual([
      expect.objectContaining({ id: ids[1], isRead: true, subject: 'b' }),
      { '@odata.type': '#microsoft.graph.message', id: ids[2], '@removed': { reason: 'deleted' } },
      expect.objectContaining({ id: added, subject: 'h' }),
    ]);
  });

  it('uses pages of ten without a preference, and carries the body unless something else is selected', async () => {
    for (let index = 0; index < 12; index++) await add('x');
    const page = await graph(DELTA);
    expect(page.json.value).toHaveLength(10);
    expect(page.json.value[0]?.body.content).toBe('At four?');
    expect(page.json.value[0]?.internetMessageHeaders).toBeUndefined();
    expect(page.headers.get('preference-applied')).toBeNull();
  });

  it('expands extended properties that a filter names, with the ids the service writes', async () => {
    await add('a');
    const { items } = await round(
      `${DELTA}?$select=subject&$expand=singleValueExtendedProperties($filter=id eq 'String 0x001A' or id eq 'String {00020329-0000-0000-C000-000000000046} Name X')`,
    );
    expect(items[0]?.singleValueExtendedProperties).toEqual([{ id: 'String 0x1a', value: 'IPM.Note' }]);
  });

  it('shows a move as removed in one folder and added in the other; the immutable id stays', async () => {
    const id = await add('a');
    const archive = DELTA.replace('inbox', 'archive');
    const [here, there] = [await round(DELTA), await round(archive)];
    exchange.control.moveMessage(ADA, id, 'archive');
    expect((await round(here.link)).items).toEqual([
      expect.objectContaining({ id, '@removed': { reason: 'deleted' } }),
    ]);
    expect((await round(there.link)).items).toEqual([expect.objectContaining({ id, subject: 'a' })]);
  });

  it('shows the return of a message with mutable ids as removed and added', async () => {
    const id = await add('a');
    const first = await round(DELTA, MUTABLE);
    exchange.control.moveMessage(ADA, id, 'archive');
    exchange.control.moveMessage(ADA, id, 'inbox');
    const { items } = await round(first.link, MUTABLE);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({ id: first.items[0]?.id, '@removed': { reason: 'deleted' } });
    expect(items[1]).toMatchObject({ subject: 'a' });
    expect(items[1]?.id).not.toBe(first.items[0]?.id);
    expect((await graph(`/users/${ADA}/messages/${first.items[0]?.id}`)).status).toBe(404);
  });

  it('hides a message that moved away and back, with immutable ids, only if the defect is asked for', async () => {
    for (const immutableIdHole of [false, true]) {
      await exchange.close();
      await start({ immutableIdHole });
      const id = await add('a');
      const first = await round(DELTA);
      exchange.control.moveMessage(ADA, id, 'archive');
      exchange.control.moveMessage(ADA, id, 'inbox');
      const { items } = await round(first.link);
      expect(items).toHaveLength(1);
      expect(items[0]?.['@removed'] !== undefined).toBe(immutableIdHole);
    }
  });

  it('keeps to changeType, to a filter on the received time, and to $top as a cap', async () => {
    const id = await add('a');
    const first = await round(`${DELTA}?changeType=created`);
    exchange.control.updateMessage(ADA, id, { isRead: true });
    const added = await add('b');
    expect((await round(first.link)).items.map((item) => item.id)).toEqual([added]);
    expect((await round(`${DELTA}?$filter=receivedDateTime gt 2019-03-01T10:00:05Z`)).items).toEqual([]);
    expect((await round(`${DELTA}?$filter=receivedDateTime ge 2019-03-01T10:00:05Z`)).items).toHaveLength(2);
    expect((await round(`${DELTA}?$top=1`)).items).toHaveLength(1);
  });

  it('refuses a token after the kind of ids was changed', async () => {
    const { link } = await round(DELTA);
    const reply = await graph(link, { headers: MUTABLE });
    expect([reply.status, reply.json.error.code]).toEqual([400, 'SyncStateInvalid']);
  });

  it('forgets old links of a sync state after so many newer ones', async () => {
    await exchange.close();
    await start({ deltaGenerations: 2 });
    const links = [];
    for (let link = (await round(DELTA)).link; links.length < 3; link = (await round(link)).link) links.push(link);
    expect((await graph(links[2] ?? '', { headers: IMMUTABLE })).status).toBe(200);
    const lost = await graph(links[0] ?? '', { headers: IMMUTABLE });
    expect([lost.status, lost.json.error.code]).toEqual([410, 'SyncStateNotFound']);
    const restart = lost.headers.get('location') ?? '';
    expect(restart).toMatch(/\?\$deltatoken=$/);
    expect((await graph(restart, { headers: IMMUTABLE })).status).toBe(200);
  });

  it.each([
    ['SyncStateNotFound', 410],
    ['ResyncRequired', 410],
    ['SyncStateInvalid', 400],
  ] as const)('loses all tokens on order, with %s', async (code, status) => {
    const { link } = await round(DELTA);
    exchange.control.expireDeltaTokens({ mailbox: ADA, code });
    const lost = await graph(link, { headers: IMMUTABLE });
    expect([lost.status, lost.json.error.code]).toEqual([status, code]);
    expect((await graph(DELTA)).status).toBe(200);
  });

  it.each([
    [400, 'SyncStateNotFound', 'lower', 'syncstatenotfound'],
    [404, 'ResyncRequired', 'upper', 'RESYNCREQUIRED'],
    [410, 'SyncStateInvalid', 'asIs', 'SyncStateInvalid'],
  ] as const)(
    'loses a link in the middle of an enumeration with %s %s %s',
    async (status, code, letterCase, written) => {
      for (const subject of 'abc') await add(subject);
      const page = await graph(DELTA, { headers: { prefer: 'IdType="ImmutableId", odata.maxpagesize=2' } });
      const next = page.json['@odata.nextLink'] ?? '';
      exchange.control.expireDeltaTokens({ mailbox: ADA, code, status, letterCase });
      const lost = await graph(next, { headers: IMMUTABLE });
      expect([lost.status, lost.json.error.code]).toEqual([status, written]);
      expect(lost.headers.get('location')?.endsWith('?$deltatoken=')).toBe(status === 410 ? true : undefined);
    },
  );

  it('loses the links of one folder, and keeps those of the others', async () => {
    const here = (await round(DELTA)).link;
    const there = (await round(DELTA.replace('inbox', 'archive'))).link;
    const tree = (await graph(`/users/${ADA}/mailFolders/delta`)).json['@odata.deltaLink'] ?? '';
    exchange.control.expireDeltaTokens({ mailbox: ADA, folder: 'inbox' });
    expect((await graph(here, { headers: IMMUTABLE })).status).toBe(410);
    expect((await graph(there, { headers: IMMUTABLE })).status).toBe(200);
    expect((await graph(tree)).status).toBe(200);
    expect(() => exchange.control.expireDeltaTokens({ folder: 'inbox' })).toThrow(TypeError);
  });

  it('replays items by the seed', async () => {
    await exchange.close();
    await start({ replayRate: 0.5 });
    for (const subject of 'abcdefghij') await add(subject);
    const { items } = await round(DELTA);
    expect(new Set(items.map(({ id }) => id)).size).toBe(10);
    expect(items.length).toBeGreaterThan(10);
  });

  it('replays as many entries as ordered, removals too', async () => {
    const ids = [];
    for (const subject of 'abcd') ids.push(await add(subject));
    exchange.control.replayEntries(2);
    const { items, link } = await round(DELTA);
    expect(items.map(({ id }) => id)).toEqual([ids[0], ids[1], ids[2], ids[0], ids[1], ids[3]]);
    exchange.control.deleteMessage(ADA, ids[3] ?? '');
    exchange.control.replayEntries(1);
    const removed = expect.objectContaining({ id: ids[3], '@removed': { reason: 'deleted' } });
    const next = await round(link);
    expect(next.items).toEqual([removed, removed]);
    expect((await round(next.link)).items).toEqual([]);
  });

  it('fails over quota, while lists still work', async () => {
    exchange.control.setOverQuota(ADA, 'over');
    expect((await graph(DELTA)).json.error.code).toBe('ErrorQuotaExceeded');
    expect((await graph(`/users/${ADA}/messages`)).status).toBe(200);
    exchange.control.setOverQuota(ADA, 'under');
    expect((await graph(DELTA)).status).toBe(200);
  });

  it('cuts a page on order, and fails one with a message that cannot be shown', async () => {
    const id = await add('a');
    exchange.control.cutPages(1);
    expect((await graph(DELTA)).text).toMatch(/"value":\[$/);
    exchange.control.failItem(id, { code: 'ErrorCorruptData', parts: ['page'] });
    expect((await graph(DELTA)).json.error.code).toBe('ErrorCorruptData');
    exchange.control.healItem(id);
    expect((await graph(DELTA)).json.value).toHaveLength(1);
  });
});
