import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange, ThrottleFault } from '../../src/exchange/index.ts';
import { graphClient, requestToken } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';
import { messageFixture } from '../support/message-fixtures.ts';
import { virtualClock } from '@holdfast/testkit';
import type { VirtualClock } from '@holdfast/testkit';

const ADA = 'ada@example.org';
const FOLDERS = `/users/${ADA}/mailFolders`;
const INBOX = `${FOLDERS}/inbox`;
const DRAFT = { subject: 'Tea' };

describe('faults by command', () => {
  let exchange: Exchange;
  let graph: GraphClient;
  let clock: VirtualClock;

  beforeEach(async () => {
    clock = virtualClock({ start: Date.UTC(2030, 0, 1) + 250 });
    exchange = await startExchange({ mailboxes: { [ADA]: {} }, clock });
    graph = await graphClient(exchange);
  });
  afterEach(() => exchange.close());

  const subjects = async (): Promise<readonly string[]> =>
    (await exchange.control.messages(ADA)).map(({ content }) => content.subject);
  const create = (subject: string): ReturnType<GraphClient> =>
    graph(`${INBOX}/messages`, { method: 'POST', json: { subject } });
  const batch = (...urls: readonly string[]): ReturnType<GraphClient> =>
    graph('/$batch', {
      method: 'POST',
      json: {
        requests: urls.map((url, index) => ({
          id: String(index),
          ...(url === 'create'
            ? { method: 'POST', url: `${INBOX}/messages`, headers: { 'content-type': 'application/json' }, body: DRAFT }
            : { method: 'GET', url }),
        })),
      },
    });

  it.each<[Omit<ThrottleFault, 'count'>, number, string | undefined, string | null]>([
    [{}, 429, 'ApplicationThrottled', null],
    [{ retryAfter: 2.128 }, 429, 'ApplicationThrottled', '2.128'],
    [{ code: 'TooManyRequests', retryAfter: 1 }, 429, 'TooManyRequests', '1'],
    [{ retryAfter: 2, retryAfterForm: 'date' }, 429, 'ApplicationThrottled', 'Tue, 01 Jan 2030 00:00:03 GMT'],
    [{ status: 500 }, 500, 'UnknownError', null],
    [{ status: 502 }, 502, undefined, null],
    [{ status: 503, retryAfter: 4 }, 503, undefined, '4'],
    [{ status: 504 }, 504, undefined, null],
  ])('answers as ordered: %o', async (fault, status, code, retryAfter) => {
    exchange.control.throttle({ count: 1, ...fault });
    const reply = await graph(INBOX);
    expect([reply.status, reply.json?.error.code, reply.headers.get('retry-after')]).toEqual([
      status,
      code,
      retryAfter,
    ]);
    if (code === undefined) expect(reply.text).toBe('');
    expect((await graph(INBOX)).status).toBe(200);
  });

  it('counts ordered refusals apart from requests over a limit', async () => {
    exchange.control.throttle({ count: 2 });
    await graph(INBOX);
    await graph(INBOX);
    expect([exchange.requests.throttled, exchange.requests.faults.throttled]).toEqual([2, 2]);
    expect(exchange.requests.overLimit).toEqual({});
    exchange.requests.reset();
    expect(exchange.requests.faults.throttled).toBe(0);
  });

  it('resets a connection before the request acts', async () => {
    exchange.control.resetConnections(1, { kinds: ['create'] });
    expect((await graph(INBOX)).status).toBe(200);
    await expect(create('lost')).rejects.toBeInstanceOf(TypeError);
    expect(await subjects()).toEqual([]);
    expect((await create('kept')).status).toBe(201);
    expect(exchange.requests.faults.resetBefore).toBe(1);
  });

  it.each(['during', 'after'] as const)('resets a connection %s, and what was asked has happened', async (moment) => {
    exchange.control.resetConnections(1, { moment, kinds: ['create'] });
    await expect(create('kept')).rejects.toBeInstanceOf(TypeError);
    expect(await subjects()).toEqual(['kept']);
    expect(exchange.requests.entries.at(-1)).toMatchObject({ kind: 'create', status: 0 });
    expect((await create('next')).status).toBe(201);
  });

  it('sends the headers and half of the body before it breaks a connection', async () => {
    const whole = (await graph(INBOX)).bytes;
    exchange.control.resetConnections(1, { moment: 'during' });
    const { json } = await requestToken(exchange);
    const response = await exchange.fetch(`https://graph.microsoft.com/v1.0${INBOX}`, {
      headers: { authorization: `Bearer ${json.access_token}` },
    });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = await reader.read();
    expect(first.value).toEqual(whole.slice(0, Math.floor(whole.length / 2)));
    await expect(reader.read()).rejects.toThrow();
  });

  it('loses the answer to a deletion, which has no body, as a whole', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    exchange.control.resetConnections(1, { moment: 'during' });
    await expect(graph(`/users/${ADA}/messages/${id}`, { method: 'DELETE' })).rejects.toBeInstanceOf(TypeError);
    expect(await subjects()).toEqual([]);
  });

  it('resets the connection of a whole batch for one request in it', async () => {
    exchange.control.resetConnections(1, { moment: 'after', kinds: ['create'] });
    expect((await batch(INBOX)).status).toBe(200);
    await expect(batch(INBOX, 'create')).rejects.toBeInstanceOf(TypeError);
    expect(await subjects()).toEqual(['Tea']);
    exchange.control.resetConnections(1, { kinds: ['folders'] });
    await expect(batch('create', INBOX)).rejects.toBeInstanceOf(TypeError);
    expect(await subjects()).toEqual(['Tea']);
    expect(exchange.requests.faults).toMatchObject({ resetAfter: 1, resetBefore: 1 });
  });

  it('pushes back on single requests inside a batch', async () => {
    exchange.control.throttle({ count: 1, retryAfter: 0.5, kinds: ['create'] });
    const { status, json } = await batch(INBOX, 'create');
    expect(status).toBe(200);
    expect(Object.fromEntries(json.responses.map(({ id, status: inner }) => [id, inner]))).toEqual({ 0: 200, 1: 429 });
    expect(await subjects()).toEqual([]);
  });

  it('cuts pages of every list, of the kinds ordered', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    const pages = {
      folders: FOLDERS,
      messages: `${INBOX}/messages`,
      attachments: `/users/${ADA}/messages/${id}/attachments`,
      users: '/users',
      delta: `${INBOX}/messages/delta`,
    } as const;
    for (const [kind, path] of Object.entries(pages) as [keyof typeof pages, string][]) {
      exchange.control.cutPages(1, kind === 'delta' ? {} : { kinds: [kind] });
      expect((await graph(INBOX)).json.displayName).toBe('Inbox');
      for (const [other, otherPath] of Object.entries(pages)) {
        if (other !== kind) expect((await graph(otherPath)).json).toBeDefined();
      }
      const cut = await graph(path);
      expect([cut.status, cut.json, cut.text.endsWith('"value":[')]).toEqual([200, undefined, true]);
      expect((await graph(path)).json.value).toBeDefined();
    }
    exchange.control.cutPages(1, { kinds: ['folders'] });
    expect((await graph(`${FOLDERS}/delta`)).json).toBeUndefined();
  });

  it('answers with the HTML of a stranger, whom the request does not pass', async () => {
    exchange.control.answerHtml(1, { kinds: ['create'] });
    exchange.control.answerHtml(1, { status: 511, kinds: ['folders'] });
    const page = await create('lost');
    expect([page.status, page.headers.get('content-type'), page.headers.get('request-id')]).toEqual([
      200,
      'text/html; charset=utf-8',
      null,
    ]);
    expect(page.text).toContain('<html>');
    expect((await graph(INBOX)).status).toBe(511);
    expect(await subjects()).toEqual([]);
    expect(exchange.violations.entries).toEqual([]);
    expect(exchange.requests.faults.html).toBe(2);
  });

  it('takes back what is left of the HTML, and of nothing else', async () => {
    exchange.control.answerHtml(5, { kinds: ['folders'] });
    exchange.control.resetConnections(1, { kinds: ['folders'] });
    expect((await graph(INBOX)).text).toContain('<html>');
    exchange.control.answerHtml(0);
    await expect(graph(INBOX)).rejects.toBeInstanceOf(TypeError);
    expect((await graph(INBOX)).status).toBe(200);
    expect(exchange.requests.faults.html).toBe(1);
  });

  it('has faults for the token endpoint, if they are meant for it', async () => {
    const { control } = exchange;
    control.throttle({ count: 1 });
    control.resetConnections(1);
    expect((await requestToken(exchange)).status).toBe(200);
    control.throttle({ count: 1, retryAfter: 3, kinds: ['token'] });
    control.throttle({ count: 1, status: 503, kinds: ['token'] });
    const busy = await requestToken(exchange);
    expect([busy.status, busy.headers.get('retry-after'), busy.json.error_codes]).toEqual([429, '3', [90055]]);
    expect(await requestToken(exchange)).toMatchObject({ status: 503, text: '' });
    control.resetConnections(1, { moment: 'during', kinds: ['token'] });
    await expect(requestToken(exchange)).rejects.toBeInstanceOf(TypeError);
    control.answerHtml(1, { kinds: ['token'] });
    expect((await requestToken(exchange)).text).toContain('<html>');
    expect((await requestToken(exchange)).json.access_token).toBeDefined();
    // What was meant for Microsoft Graph is still to come.
    await expect(graph(INBOX)).rejects.toBeInstanceOf(TypeError);
    expect((await graph(INBOX)).status).toBe(429);
  });

  it('shows a message without an id in lists and in change tracking', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    await exchange.control.addMessage(ADA, 'inbox', messageFixture({ subject: 'Coffee' }));
    exchange.control.dropId(id);
    for (const path of [`${INBOX}/messages`, `${INBOX}/messages/delta`]) {
      const { value } = (await graph(path)).json;
      expect(value).toHaveLength(2);
      expect(value.filter((entry) => entry.id === undefined).map(({ subject }) => subject)).toEqual(['Tea']);
    }
    exchange.control.healItem(id);
    expect((await graph(`${INBOX}/messages`)).json.value.every((entry) => entry.id !== undefined)).toBe(true);
  });
});

describe('access tokens', () => {
  it('are valid as long as they say', async () => {
    const clock = virtualClock();
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} }, clock, tokenLifetimeMs: 90_500 });
    const login = await requestToken(exchange);
    expect(login.json).toMatchObject({ expires_in: 90, ext_expires_in: 90 });
    const graph = await graphClient(exchange);
    await clock.advance(90_499);
    expect((await graph(INBOX)).status).toBe(200);
    await clock.advance(1);
    const late = await graph(INBOX);
    expect([late.status, late.json.error.code]).toEqual([401, 'InvalidAuthenticationToken']);
    await expect(startExchange({ mailboxes: {}, tokenLifetimeMs: -1 })).rejects.toBeInstanceOf(RangeError);
  });

  it('are valid for an hour less a second by default', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    expect((await requestToken(exchange)).json).toMatchObject({ expires_in: 3599 });
  });
});
