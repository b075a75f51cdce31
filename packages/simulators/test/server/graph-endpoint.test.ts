import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { operations } from '../../src/exchange/openapi/operations.ts';
import { requestKind } from '../../src/exchange/server/request-log.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';

const ADA = 'ada@example.org';
const INBOX = `/users/${ADA}/mailFolders/inbox`;

describe('the Graph endpoint', () => {
  let exchange: Exchange;
  let graph: GraphClient;

  beforeEach(async () => {
    exchange = await startExchange({ mailboxes: { [ADA]: {}, 'eve@example.org': {} } });
    graph = await graphClient(exchange);
  });
  afterEach(() => exchange.close());

  it.each([
    ['no token', {}],
    ['an empty token', { authorization: 'Bearer ' }],
    ['a token it did not issue', { authorization: 'Bearer x' }],
    ['another scheme', { authorization: 'Basic eDp4' }],
  ])('answers 401 to %s', async (_, headers) => {
    const response = await exchange.fetch(`https://graph.microsoft.com/v1.0${INBOX}`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } });
  });

  it('echoes the id of the client, and gives every answer an id of its own', async () => {
    const replies = [
      await graph(INBOX, { headers: { 'client-request-id': 'mine' } }),
      await graph(`/users/${ADA}/messages/x`, { headers: { 'client-request-id': 'mine' } }),
    ];
    for (const { headers } of replies) {
      expect(headers.get('client-request-id')).toBe('mine');
      expect(headers.get('x-ms-ags-diagnostic')).toContain('ServerInfo');
    }
    expect(replies[0]?.headers.get('request-id')).not.toBe(replies[1]?.headers.get('request-id'));
    expect(replies[1]?.json.error.innerError['client-request-id']).toBe('mine');
  });

  it('reads paths without regard to case, and keys in parentheses', async () => {
    expect((await graph(`/Users('${ADA}')/MAILFOLDERS('inbox')`)).json.displayName).toBe('Inbox');
  });

  it('denies one mailbox and serves the other', async () => {
    exchange.control.denyAccess(ADA);
    const denied = await graph(INBOX);
    expect([denied.status, denied.json.error.code]).toEqual([403, 'ErrorAccessDenied']);
    expect((await graph('/users/eve@example.org/mailFolders/inbox')).status).toBe(200);
    exchange.control.allowAccess(ADA);
    expect((await graph(INBOX)).status).toBe(200);
  });

  it('pushes back as ordered: 429 with an error, 503 and 504 without a body', async () => {
    exchange.control.throttle({ count: 1, retryAfter: 2.128 });
    exchange.control.throttle({ count: 1, status: 503 });
    exchange.control.throttle({ count: 1, status: 504 });
    const first = await graph(INBOX);
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2.128']);
    const second = await graph(INBOX);
    expect([second.status, second.text, second.headers.get('retry-after')]).toEqual([503, '', null]);
    expect((await graph(INBOX)).status).toBe(504);
    expect((await graph(INBOX)).status).toBe(200);
    expect(exchange.requests.throttled).toBe(2);
  });

  it('resets connections as ordered', async () => {
    exchange.control.resetConnections(1);
    await expect(graph(INBOX)).rejects.toBeInstanceOf(TypeError);
    expect((await graph(INBOX)).status).toBe(200);
    expect(exchange.requests.entries.at(-2)?.status).toBe(0);
  });

  it('notes a request outside of the description, and lets a test take it', async () => {
    await graph(`${INBOX}?$top=5`);
    expect(exchange.violations.entries).toHaveLength(1);
    expect(exchange.violations.take()).toEqual([
      { side: 'request', request: `GET /v1.0${INBOX}`, message: 'query parameter $top is not described' },
    ]);
    expect(exchange.violations.entries).toEqual([]);
  });

  it('notes an answer outside of the description', async () => {
    // A flag that no message can have: the answer that shows it is wrong.
    const { control } = exchange;
    const id = await control.addMessage(ADA, 'drafts', new TextEncoder().encode('Subject: x\r\n\r\nx'));
    control.updateMessage(ADA, id, { flag: { flagStatus: 'waving' as 'flagged' } });
    await graph(`/users/${ADA}/messages/${id}`);
    expect(exchange.violations.take()).toEqual([
      {
        side: 'answer',
        request: `GET /v1.0/users/${ADA}/messages/${id}`,
        message: expect.stringContaining('flagStatus') as string,
      },
    ]);
  });

  it.each(operations.map(({ id, method, path }) => [id, method, path] as const))(
    'serves the described operation %s',
    async (id, method, path) => {
      const url = path.startsWith('/api/')
        ? `https://outlook.office.com${path.replace('{session-id}', 'x')}?authtoken=x`
        : path.replace('{user-id}', ADA).replace(/\{.*?\}/g, 'x');
      const type = method === 'PUT' ? 'application/octet-stream' : 'application/json';
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}', headers: { 'content-type': type } };
      const reply = await graph(url, { method, ...body });
      // A missing handler would be a defect, which answers in plain text.
      expect(reply.headers.get('content-type') ?? 'application/json').toContain('json');
      expect(exchange.violations.take().filter(({ message }) => message.includes('no such operation'))).toEqual([]);
      expect(exchange.requests.counts[requestKind(id)]).toBeGreaterThan(0);
    },
  );
});
