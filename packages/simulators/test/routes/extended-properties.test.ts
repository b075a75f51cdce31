import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';
import { fileFixture, messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const INBOX = `/users/${ADA}/mailFolders/inbox`;
const GUID = '6E1C7A36-0f3d-4a5b-9c2e-11d7f0a1b2c3';
const MARK = `String {${GUID}} Name Mark`;
const NUMBER = `Integer {${GUID}} Id 0x08012`;
/** As the service writes them. */
const SHOWN_MARK = `String {${GUID.toLowerCase()}} Name Mark`;
const SHOWN_NUMBER = `Integer {${GUID.toLowerCase()}} Id 0x8012`;

describe('extended properties', () => {
  let exchange: Exchange;
  let graph: GraphClient;

  beforeEach(async () => {
    exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    graph = await graphClient(exchange);
  });
  afterEach(() => exchange.close());

  const create = async (subject: string, properties: readonly { id: string; value: string }[]): Promise<string> =>
    (
      await graph(`${INBOX}/messages`, {
        method: 'POST',
        json: { subject, singleValueExtendedProperties: properties },
        headers: { prefer: 'IdType="ImmutableId"' },
      })
    ).json.id;

  const found = async (filter: string, place = `${INBOX}/messages`): Promise<readonly string[]> =>
    (await graph(`${place}?$filter=${encodeURIComponent(filter)}`)).json.value.map(({ subject }) => subject);

  const any = (id: string, value: string): string =>
    `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq '${value}')`;

  it('come back as they were written, alone, in lists and in change tracking', async () => {
    const id = await create('marked', [
      { id: MARK, value: "it's a, (mark)" },
      { id: NUMBER, value: '7' },
    ]);
    const expand = `$expand=${encodeURIComponent(`singleValueExtendedProperties($filter=id eq '${MARK}' or id eq '${NUMBER}')`)}`;
    const expected = [
      { id: SHOWN_MARK, value: "it's a, (mark)" },
      { id: SHOWN_NUMBER, value: '7' },
    ];
    const one = await graph(`/users/${ADA}/messages/${id}?${expand}`);
    const list = await graph(`${INBOX}/messages?${expand}`);
    const delta = await graph(`${INBOX}/messages/delta?${expand}`);
    for (const message of [one.json, list.json.value[0], delta.json.value[0]]) {
      expect(message?.singleValueExtendedProperties).toEqual(expected);
    }
  });

  it('find messages in lists, with any writing of the id and with other comparisons', async () => {
    await create('one', [{ id: MARK, value: 'a' }]);
    await create('two', [{ id: MARK, value: "b'b and c" }]);
    await create('none', []);
    expect(await found(any(MARK, 'a'))).toEqual(['one']);
    expect(await found(any(SHOWN_MARK, "b''b and c"))).toEqual(['two']);
    expect(await found(any(MARK, 'a'), `/users/${ADA}/messages`)).toEqual(['one']);
    expect(await found(any(MARK.replace('Mark', 'mark'), 'a'))).toEqual([]);
    expect(await found(any('String 0x001A', 'IPM.Note'))).toHaveLength(3);
    expect(await found(`isRead eq true and ${any(MARK, 'a')} and subject eq 'one'`)).toEqual(['one']);
    expect(await found(`subject eq 'two' AND ${any(MARK, 'a')}`.replace('AND', 'and'))).toEqual([]);
    expect(await found(`singleValueExtendedProperties/any(p:p/value eq 'a' and p/id eq '${MARK}')`)).toEqual(['one']);
  });

  it('follow a change between two pages of the same filter', async () => {
    const id = await create('one', [{ id: MARK, value: 'a' }]);
    expect(await found(any(MARK, 'b'))).toEqual([]);
    await graph(`/users/${ADA}/messages/${id}`, {
      method: 'PATCH',
      json: { singleValueExtendedProperties: [{ id: MARK, value: 'b' }] },
    });
    expect(await found(any(MARK, 'b'))).toEqual(['one']);
  });

  it.each([
    `singleValueExtendedProperties/Any(ep: ep/id eq '${MARK}')`,
    `singleValueExtendedProperties/Any(ep: ep/id eq '${MARK}' and ep/value ne 'a')`,
    `singleValueExtendedProperties/Any(ep: ep/id eq 'nonsense' and ep/value eq 'a')`,
    `singleValueExtendedProperties/Any(ep: x/id eq '${MARK}' and x/value eq 'a')`,
  ])('refuse a filter of another form: %s', async (filter) => {
    const reply = await graph(`${INBOX}/messages?$filter=${encodeURIComponent(filter)}`);
    expect([reply.status, reply.json.error.code]).toEqual([400, 'ErrorInvalidUrlQueryFilter']);
  });

  it('are no filter for folders', async () => {
    const reply = await graph(`/users/${ADA}/mailFolders?$filter=${encodeURIComponent(any(MARK, 'a'))}`);
    expect([reply.status, reply.json.error.code]).toEqual([400, 'ErrorInvalidUrlQueryFilter']);
  });
});

describe('attachments expanded in lists', () => {
  it('show what is selected of each', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    await exchange.control.addMessage(ADA, 'inbox', messageFixture({ attachments: [fileFixture()] }));
    const expand = '$select=id&$expand=attachments($select=id,name,size)';
    for (const path of [`${INBOX}/messages?${expand}`, `${INBOX}/messages/delta?${expand}`]) {
      expect((await graph(path)).json.value[0]?.attachments).toEqual([
        {
          '@odata.type': '#microsoft.graph.fileAttachment',
          id: expect.any(String) as string,
          name: 'list.txt',
          size: 4,
        },
      ]);
    }
  });
});
