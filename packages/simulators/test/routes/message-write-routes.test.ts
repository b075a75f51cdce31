import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient, GraphReply } from '../support/graph-client.ts';
import { emlFixture } from '../support/message-fixtures.ts';
import { virtualClock } from '@holdfast/testkit';

const ADA = 'ada@example.org';
const NOW = Date.UTC(2026, 0, 5, 9);

describe('writing messages', () => {
  let exchange: Exchange;
  let graph: GraphClient;

  beforeEach(async () => {
    exchange = await startExchange({ mailboxes: { [ADA]: {} }, clock: virtualClock({ start: NOW }) });
    graph = await graphClient(exchange);
  });
  afterEach(() => exchange.close());

  const create = (json: unknown, path = '/mailFolders/inbox/messages'): Promise<GraphReply> =>
    graph(`/users/${ADA}${path}`, { method: 'POST', json });
  const patch = (id: string, json: unknown): Promise<GraphReply> =>
    graph(`/users/${ADA}/messages/${id}`, { method: 'PATCH', json });
  const property = (id: string, value: string): unknown => ({ id, value });

  it('makes drafts with the time of creation, whatever the plain properties say', async () => {
    const { status, json } = await create({
      subject: 'Tea',
      isDraft: false,
      sentDateTime: '2019-03-01T10:00:00Z',
      receivedDateTime: '2019-03-01T10:00:00Z',
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      isDraft: true,
      isRead: true,
      sentDateTime: '2026-01-05T09:00:00Z',
      receivedDateTime: '2026-01-05T09:00:00Z',
    });
    expect((await create({ subject: 'Tea' }, '/messages')).json.parentFolderId).toBe(
      (await graph(`/users/${ADA}/mailFolders/drafts`)).json.id,
    );
  });

  it('honours message flags and times as extended properties of the creating request', async () => {
    const { json } = await create({
      subject: 'Tea',
      body: { contentType: 'html', content: '<p>At four?</p>' },
      from: { emailAddress: { name: 'Eve', address: 'eve@example.org' } },
      toRecipients: [{ emailAddress: { address: 'ada@example.org' } }],
      isRead: false,
      categories: ['Blue'],
      flag: { flagStatus: 'flagged' },
      importance: 'high',
      internetMessageId: '<tea@example.org>',
      singleValueExtendedProperties: [
        property('Integer 0x0E07', '1'),
        property('SystemTime 0x0039', '2019-03-01T10:00:00Z'),
        property('SystemTime 0x0E06', '2019-03-01T10:00:05Z'),
        property('String {00020329-0000-0000-C000-000000000046} Name Backup', 'yes'),
      ],
    });
    expect(json).toMatchObject({
      isDraft: false,
      isRead: false,
      sentDateTime: '2019-03-01T10:00:00Z',
      receivedDateTime: '2019-03-01T10:00:05Z',
      categories: ['Blue'],
      flag: { flagStatus: 'flagged' },
      importance: 'high',
      toRecipients: [{ emailAddress: { name: 'ada@example.org', address: 'ada@example.org' } }],
    });
    const filter = "id eq 'Integer 0xE07' or id eq 'String {00020329-0000-0000-C000-000000000046} Name Backup'";
    const read = await graph(
      `/users/${ADA}/messages/${json.id}?$expand=singleValueExtendedProperties($filter=${filter})`,
    );
    expect(read.json.singleValueExtendedProperties).toEqual([
      property('Integer 0xe07', '0'),
      property('String {00020329-0000-0000-c000-000000000046} Name Backup', 'yes'),
    ]);
  });

  it('ignores message flags and times afterwards', async () => {
    const { json } = await create({ subject: 'Tea' });
    const singleValueExtendedProperties = [
      property('Integer 0x0E07', '1'),
      property('SystemTime 0x0039', '2019-03-01T10:00:00Z'),
    ];
    const patched = await patch(json.id, { singleValueExtendedProperties });
    expect(patched.status).toBe(200);
    expect(patched.json).toMatchObject({ isDraft: true, sentDateTime: '2026-01-05T09:00:00Z' });
  });

  it('makes a draft of MIME, and keeps its bytes', async () => {
    const mime = emlFixture();
    const { status, json } = await graph(`/users/${ADA}/mailFolders/inbox/messages`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from(mime).toString('base64'),
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({ isDraft: true, subject: 'Tea' });
    expect((await graph(`/users/${ADA}/messages/${json.id}/$value`)).bytes).toEqual(mime);
  });

  it('changes everything of a draft, and the state of any message', async () => {
    const draft = (await create({ subject: 'Tea' })).json;
    const changed = await patch(draft.id, { subject: 'Coffee', body: { contentType: 'text', content: 'At five?' } });
    expect(changed.json).toMatchObject({ subject: 'Coffee', body: { content: 'At five?' } });
    expect(changed.json.changeKey).not.toBe(draft.changeKey);
    const sent = (await create({ singleValueExtendedProperties: [property('Integer 0x0E07', '0')] })).json;
    const state = { isRead: true, flag: { flagStatus: 'complete' }, categories: ['Red'], importance: 'low' };
    expect((await patch(sent.id, state)).json).toMatchObject(state);
  });

  it('takes attachments with the message, nested items among them', async () => {
    const { json } = await create({
      subject: 'Tea',
      attachments: [
        { '@odata.type': '#microsoft.graph.fileAttachment', name: 'a.txt', contentBytes: 'bWlsaw==' },
        {
          '@odata.type': '#microsoft.graph.itemAttachment',
          name: 'Inside',
          item: {
            '@odata.type': 'microsoft.graph.message',
            subject: 'Inside',
            attachments: [{ '@odata.type': '#microsoft.graph.fileAttachment', name: 'b.txt', contentBytes: 'dGVh' }],
          },
        },
      ],
    });
    expect(json.hasAttachments).toBe(true);
    expect((await exchange.control.messages(ADA))[0]?.content.attachments).toMatchObject([
      { kind: 'file', name: 'a.txt', bytes: new TextEncoder().encode('milk') },
      { kind: 'item', item: { subject: 'Inside', attachments: [{ bytes: new TextEncoder().encode('tea') }] } },
    ]);
  });

  it('makes nothing in a mailbox over its quota', async () => {
    exchange.control.setOverQuota(ADA, 'over');
    expect((await create({ subject: 'Tea' })).json.error.code).toBe('ErrorQuotaExceeded');
    expect(await exchange.control.messages(ADA)).toEqual([]);
  });
});
