import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient, GraphReply, GraphRequest } from '../support/graph-client.ts';
import { fileFixture, messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const EXPAND = '$expand=microsoft.graph.itemattachment/item';
const DEEP = `${EXPAND}($expand=microsoft.graph.message/attachments(${EXPAND}))`;
const FILE = { '@odata.type': '#microsoft.graph.fileAttachment', name: 'a.txt', contentBytes: 'bWlsaw==' };

describe('attachments', () => {
  let exchange: Exchange;
  let graph: GraphClient;
  let path: string;

  beforeEach(async () => {
    exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    graph = await graphClient(exchange);
    const inner = messageFixture({ subject: 'Inner', attachments: [fileFixture({ name: 'inner.txt' })] });
    const middle = messageFixture({
      subject: 'Middle',
      attachments: [{ kind: 'item', name: 'Inner', isInline: false, item: inner }],
    });
    const message = messageFixture({
      attachments: [
        fileFixture({ isInline: true, contentId: 'picture' }),
        { kind: 'item', name: 'Middle', isInline: false, item: middle },
      ],
    });
    path = `/users/${ADA}/messages/${await exchange.control.addMessage(ADA, 'inbox', message)}/attachments`;
  });
  afterEach(() => exchange.close());

  const add = (json: unknown): Promise<GraphReply> => graph(path, { method: 'POST', json });

  it('lists files with their bytes, and items without what is inside', async () => {
    const { json } = await graph(path);
    expect(json.value).toMatchObject([
      {
        '@odata.type': '#microsoft.graph.fileAttachment',
        name: 'list.txt',
        contentType: 'text/plain',
        contentId: 'picture',
        isInline: true,
        size: 4,
        contentBytes: 'bWlsaw==',
      },
      { '@odata.type': '#microsoft.graph.itemAttachment', name: 'Middle' },
    ]);
    expect(json.value[1]?.item).toBeUndefined();
    const lean = await graph(`${path}?$select=id,name,microsoft.graph.fileAttachment/contentId`);
    expect(Object.keys(lean.json.value[0] ?? {}).toSorted()).toEqual(['@odata.type', 'contentId', 'id', 'name']);
  });

  it('expands items as deep as the query says', async () => {
    const [, item] = (await graph(`${path}?${EXPAND}`)).json.value;
    expect(item?.item.subject).toBe('Middle');
    expect(item?.item.attachments).toBeUndefined();
    const deep = (await graph(`${path}/${item?.id}?${DEEP}`)).json;
    expect(deep.item.attachments[0]?.item.subject).toBe('Inner');
  });

  it('gives bytes of files and MIME of items as $value', async () => {
    const [file, item] = (await graph(path, { headers: { prefer: 'IdType="ImmutableId"' } })).json.value;
    const bytes = await graph(`${path}/${file?.id}/$value`);
    expect([bytes.headers.get('content-type'), bytes.text]).toEqual(['text/plain', 'milk']);
    expect((await graph(`${path}/${item?.id}/$value`)).text).toContain('Subject: Middle');
  });

  it('adds files and items at the end, changes the message, and deletes', async () => {
    const before = await exchange.control.messages(ADA);
    const file = await add(FILE);
    expect(file.status).toBe(201);
    const item = await add({
      '@odata.type': '#microsoft.graph.itemAttachment',
      name: 'New',
      item: { '@odata.type': 'microsoft.graph.message', subject: 'New' },
    });
    expect(item.status).toBe(201);
    const after = await exchange.control.messages(ADA);
    expect(after[0]?.changeKey).not.toBe(before[0]?.changeKey);
    expect(after[0]?.content.attachments.map(({ name }) => name)).toEqual(['list.txt', 'Middle', 'a.txt', 'New']);
    expect((await graph(`${path}/${file.json.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await exchange.control.messages(ADA))[0]?.content.attachments).toHaveLength(3);
  });

  it('takes one writer at a time', async () => {
    const step = (id: string): unknown => ({
      id,
      method: 'POST',
      url: path,
      headers: { 'Content-Type': 'application/json' },
      body: FILE,
    });
    const batch: GraphRequest = { method: 'POST', json: { requests: [step('1'), step('2')] } };
    const { json } = await graph('/$batch', batch);
    expect(json.responses.map(({ status }) => status).toSorted()).toEqual([201, 412]);
    const conflict = json.responses.find(({ status }) => status === 412);
    expect(conflict?.body.error.code).toBe('ErrorIrresolvableConflict');
  });

  it('lists and describes links to files elsewhere, without bytes, and creates none', async () => {
    const link = { kind: 'reference', name: 'Plan.docx', isInline: false } as const;
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture({ attachments: [link] }));
    path = `/users/${ADA}/messages/${id}/attachments`;
    const [listed] = (await graph(path)).json.value;
    expect(listed).toMatchObject({ '@odata.type': '#microsoft.graph.referenceAttachment', name: 'Plan.docx' });
    expect(listed).not.toHaveProperty('contentBytes');
    expect((await graph(`${path}/${listed?.id}`)).json).toMatchObject({ name: 'Plan.docx' });
    expect((await graph(`${path}/${listed?.id}/$value`)).status).toBe(405);
    expect((await graph(`/users/${ADA}/messages/${id}`)).json.hasAttachments).toBe(true);
    const refused = await add({ '@odata.type': '#microsoft.graph.referenceAttachment', name: 'Other' });
    expect([refused.status, refused.json.error.code]).toEqual([400, 'ErrorInvalidProperty']);
    expect((await exchange.control.messages(ADA))[1]?.mime).toBeInstanceOf(Uint8Array);
  });

  it('gives up on one answer with very many attachments expanded, but not on their list or on each', async () => {
    await exchange.close();
    exchange = await startExchange({ mailboxes: { [ADA]: {} }, expandableAttachments: 3 });
    graph = await graphClient(exchange);
    const attachments = ['a', 'b', 'c', 'd'].map((name) => fileFixture({ name }));
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture({ attachments }));
    path = `/users/${ADA}/messages/${id}`;
    const expanded = await graph(`${path}/attachments?${EXPAND}`);
    expect([expanded.status, expanded.text]).toEqual([503, '']);
    expect((await graph(`${path}?$expand=attachments`)).status).toBe(503);
    const { json } = await graph(`${path}/attachments?$select=id,name`);
    expect(json.value).toHaveLength(4);
    expect((await graph(`${path}/attachments/${json.value[0]?.id}?${EXPAND}`)).status).toBe(200);
    exchange.control.updateMessage(ADA, id, { attachments: attachments.slice(1) });
    expect((await graph(`${path}/attachments?${EXPAND}`)).json.value).toHaveLength(3);
  });

  it('does not know a message just after its creation, if asked to be late', async () => {
    await exchange.close();
    exchange = await startExchange({ mailboxes: { [ADA]: {} }, settleRate: 1 });
    graph = await graphClient(exchange);
    const { json } = await graph(`/users/${ADA}/messages`, { method: 'POST', json: { subject: 'Tea' } });
    path = `/users/${ADA}/messages/${json.id}/attachments`;
    expect((await add(FILE)).json.error.code).toBe('ErrorItemNotFound');
    expect((await add(FILE)).status).toBe(201);
  });
});
