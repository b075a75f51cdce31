import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';
import { emlFixture, fileFixture, messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const MESSAGES = `/users/${ADA}/messages`;

describe('reading messages', () => {
  let exchange: Exchange;
  let graph: GraphClient;

  beforeEach(async () => {
    exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    graph = await graphClient(exchange);
  });
  afterEach(() => exchange.close());

  it('shows what is said, with ids of the kind asked for, whichever kind asks', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture({ categories: ['Blue'] }));
    const mutable = await graph(`${MESSAGES}/${id}`);
    expect(mutable.json).toMatchObject({
      subject: 'Tea',
      body: { contentType: 'text', content: 'At four?' },
      from: { emailAddress: { name: 'Eve', address: 'eve@example.org' } },
      sentDateTime: '2019-03-01T10:00:00Z',
      receivedDateTime: '2019-03-01T10:00:05Z',
      categories: ['Blue'],
      isRead: false,
      isDraft: false,
      hasAttachments: false,
      bodyPreview: 'At four?',
    });
    expect(mutable.json['@odata.etag']).toBe(`W/"${mutable.json.changeKey}"`);
    expect(mutable.json.id).not.toBe(id);
    const immutable = await graph(`${MESSAGES}/${mutable.json.id}`, { headers: { prefer: 'IdType="ImmutableId"' } });
    expect(immutable.json.id).toBe(id);
    const wrongCase = await graph(`${MESSAGES}/${id}`, { headers: { prefer: 'IdType="immutableid"' } });
    expect(wrongCase.headers.get('preference-applied')).toBeNull();
  });

  it('gives transport headers only when they are selected', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', emlFixture());
    const usual = await graph(`${MESSAGES}/${id}`);
    expect(usual.json.internetMessageHeaders).toBeUndefined();
    const selected = await graph(`${MESSAGES}/${id}?$select=internetMessageHeaders`);
    expect(selected.json.internetMessageHeaders).toContainEqual({ name: 'Subject', value: 'Tea' });
  });

  it('does not count inline attachments as attachments', async () => {
    const inline = messageFixture({ attachments: [fileFixture({ isInline: true, contentId: 'a' })] });
    const id = await exchange.control.addMessage(ADA, 'inbox', inline);
    const { json } = await graph(`${MESSAGES}/${id}?$select=hasAttachments&$expand=attachments($select=id,name)`);
    expect(json.hasAttachments).toBe(false);
    expect(json.attachments).toEqual([
      { '@odata.type': '#microsoft.graph.fileAttachment', id: expect.any(String) as string, name: 'list.txt' },
    ]);
  });

  it('lists newest first or as asked, page by page, and filters', async () => {
    for (const [subject, day] of [
      ['b', 2],
      ['c', 3],
      ['a', 1],
    ] as const) {
      const receivedTime = Date.UTC(2020, 0, day);
      await exchange.control.addMessage(ADA, 'inbox', messageFixture({ subject, receivedTime }));
    }
    const subjects = async (query: string): Promise<readonly string[]> =>
      (await graph(`${MESSAGES}${query}`)).json.value.map(({ subject }) => subject);
    expect(await subjects('')).toEqual(['c', 'b', 'a']);
    expect(await subjects('?$orderby=subject')).toEqual(['a', 'b', 'c']);
    expect(await subjects("?$filter=subject eq 'b' and isRead eq false")).toEqual(['b']);
    expect(await subjects('?$filter=receivedDateTime ge 2020-01-02T00:00:00Z')).toEqual(['c', 'b']);
    const page = await graph(`/users/${ADA}/mailFolders/inbox/messages?$top=2&$select=subject`);
    expect((await graph(page.json['@odata.nextLink'] ?? '')).json.value.map(({ subject }) => subject)).toEqual(['a']);
  });

  it('serves delivered MIME unchanged, composes it for the rest, and follows changes', async () => {
    const raw = emlFixture();
    const delivered = await exchange.control.addMessage(ADA, 'inbox', raw);
    expect((await graph(`${MESSAGES}/${delivered}/$value`)).bytes).toEqual(raw);
    exchange.control.updateMessage(ADA, delivered, { flag: { flagStatus: 'flagged' }, isRead: true });
    expect((await graph(`${MESSAGES}/${delivered}/$value`)).bytes).toEqual(raw);

    const draft = await exchange.control.addMessage(ADA, 'drafts', messageFixture({ isDraft: true }));
    const before = await graph(`${MESSAGES}/${draft}/$value`);
    expect(before.text).toContain('Subject: Tea');
    expect((await graph(`${MESSAGES}/${draft}/$value`)).bytes).toEqual(before.bytes);
    exchange.control.updateMessage(ADA, draft, { subject: 'Coffee' });
    expect((await graph(`${MESSAGES}/${draft}/$value`)).text).toContain('Subject: Coffee');
  });

  it('moves a message: another mutable id, another change key', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    const before = await graph(`${MESSAGES}/${id}`);
    const moved = await graph(`${MESSAGES}/${id}/move`, { method: 'POST', json: { destinationId: 'archive' } });
    expect(moved.status).toBe(201);
    expect(moved.json.id).not.toBe(before.json.id);
    expect(moved.json.changeKey).not.toBe(before.json.changeKey);
    expect((await graph(`${MESSAGES}/${before.json.id}`)).json.error.code).toBe('ErrorItemNotFound');
    expect((await graph(`${MESSAGES}/${id}`)).json.id).toBe(moved.json.id);
    expect((await exchange.control.messages(ADA))[0]?.folder).toEqual(['Archive']);
  });

  it('deletes for good', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    expect((await graph(`${MESSAGES}/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await graph(`${MESSAGES}/${id}`)).json.error.code).toBe('ErrorItemNotFound');
    expect(await exchange.control.messages(ADA)).toEqual([]);
  });

  it('fails for one message as ordered, so many times', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    exchange.control.failItem(id, { status: 503, code: 'ErrorMailboxStoreUnavailable', times: 1, parts: ['mime'] });
    expect((await graph(`${MESSAGES}/${id}`)).status).toBe(200);
    expect((await graph(`${MESSAGES}/${id}/$value`)).status).toBe(503);
    expect((await graph(`${MESSAGES}/${id}/$value`)).status).toBe(200);
    exchange.control.failItem(id, { code: 'ErrorCorruptData' });
    for (const path of ['', '/$value', '/attachments']) {
      expect((await graph(`${MESSAGES}/${id}${path}`)).json.error.code).toBe('ErrorCorruptData');
    }
    expect((await exchange.control.messages(ADA))[0]).toMatchObject({
      mime: undefined,
      mimeRefusal: { status: 500, code: 'ErrorCorruptData' },
    });
  });

  it('fails wherever the body of one message is to be shown, and nowhere else', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    exchange.control.failItem(id, { code: 'ErrorInternalServerError', parts: ['body'] });
    const lists = [
      MESSAGES,
      `/users/${ADA}/mailFolders/inbox/messages`,
      `/users/${ADA}/mailFolders/inbox/messages/delta`,
    ];
    for (const path of [`${MESSAGES}/${id}`, ...lists]) {
      expect((await graph(path)).json.error.code).toBe('ErrorInternalServerError');
      expect((await graph(`${path}?$select=id,subject`)).status).toBe(200);
    }
    expect((await graph(`${MESSAGES}/${id}/$value`)).status).toBe(200);
  });

  it('translates ids both ways', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    const mutable = (await exchange.control.messages(ADA))[0]?.mutableId;
    const translate = (inputIds: readonly (string | undefined)[], sourceIdType: string, targetIdType: string) =>
      graph(`/users/${ADA}/translateExchangeIds`, { method: 'POST', json: { inputIds, sourceIdType, targetIdType } });
    const there = await translate([mutable, 'x'], 'restId', 'restImmutableEntryId');
    expect(there.json.value[0]?.targetId).toBe(id);
    expect(there.json.value[1]?.errorDetails.code).toBe('ErrorInvalidIdMalformed');
    expect((await translate([id], 'restImmutableEntryId', 'restId')).json.value[0]?.targetId).toBe(mutable);
  });

  it('shows users with and without a mailbox', async () => {
    const { json } = await graph(`/users/${ADA.toUpperCase()}`);
    expect(json).toMatchObject({ userPrincipalName: ADA, displayName: 'ada' });
    expect((await graph(`/users/${json.id}/mailFolders/inbox`)).status).toBe(200);
    expect((await graph('/users?$select=id')).json.value).toEqual([{ id: json.id }]);
  });
});
