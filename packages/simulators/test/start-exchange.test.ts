import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { describe, expect, it } from 'vitest';

import { DescriptionViolatedError, startExchange } from '../src/exchange/index.ts';
import { graphClient } from './support/graph-client.ts';
import { emlFixture, messageFixture } from './support/message-fixtures.ts';
import { virtualClock } from '@holdfast/testkit';

describe('startExchange', () => {
  it('gives the same mailbox for the same seed, and another one for another seed', async () => {
    const truth = async (seed: number): Promise<unknown> => {
      const mailboxes = { 'ada@example.org': { messages: 12 } };
      await using exchange = await startExchange({ seed, mailboxes, clock: virtualClock() });
      return { messages: await exchange.control.messages('ada@example.org'), credentials: exchange.credentials };
    };
    const first = await truth(5);
    expect(await truth(5)).toEqual(first);
    expect(await truth(6)).not.toEqual(first);
  });

  it('delivers .eml files into the folders of their paths, and serves their bytes unchanged', async () => {
    const bytes = emlFixture();
    const eml = [bytes, { path: 'Projects/2019/tea.eml', bytes }, { path: 'Inbox/tea.eml', bytes }];
    await using exchange = await startExchange({ mailboxes: { 'ada@example.org': { eml } } });
    const messages = await exchange.control.messages('ada@example.org');
    expect(messages.map(({ folder }) => folder)).toEqual([['Inbox'], ['Projects', '2019'], ['Inbox']]);
    const graph = await graphClient(exchange);
    for (const { id } of messages) {
      const reply = await graph(`/users/ada@example.org/messages/${id}/$value`);
      expect(reply.headers.get('content-type')).toBe('text/plain');
      expect(reply.bytes).toEqual(bytes);
    }
  });

  it('closes with an error that lists what was outside of the description', async () => {
    const exchange = await startExchange({ mailboxes: { 'ada@example.org': {} } });
    const graph = await graphClient(exchange);
    await graph('/users/ada@example.org/photo');
    await expect(exchange.close()).rejects.toThrow(DescriptionViolatedError);
    await expect(exchange.close()).resolves.toBeUndefined();
  });

  it('publishes that it was started, and how much was checked when it is closed, once', async () => {
    const seen: unknown[] = [];
    const listener = (message: unknown): void => void seen.push(message);
    subscribe('holdfast:simulator-started', listener);
    subscribe('holdfast:simulator-closed', listener);
    try {
      const exchange = await startExchange({ mailboxes: { 'ada@example.org': {} } });
      const graph = await graphClient(exchange);
      await graph('/users/ada@example.org');
      await graph('/$batch', {
        method: 'POST',
        json: { requests: [{ id: '1', method: 'GET', url: '/users/ada@example.org' }] },
      });
      exchange.control.answerHtml(1);
      await graph('/users/ada@example.org');
      await graph('/users/ada@example.org/photo');
      expect(exchange.violations.take()).toHaveLength(1);
      await graph('/users/ada@example.org/photo');
      await expect(exchange.close()).rejects.toThrow(DescriptionViolatedError);
      await exchange.close();
      // The page of a stranger is not checked; a request that is not described has no answer to compare.
      expect(seen).toEqual([{}, { requests: 5, answers: 3, violations: 1, taken: 1 }]);
    } finally {
      unsubscribe('holdfast:simulator-started', listener);
      unsubscribe('holdfast:simulator-closed', listener);
    }
  });

  it('sends text that is not well-formed, and control characters, as escapes that arrive unchanged', async () => {
    await using exchange = await startExchange({ mailboxes: { 'ada@example.org': {} } });
    const graph = await graphClient(exchange);
    const hostile = 'a\ud800b\udc00\u0000\u0007\u2028\u{1f600}"\\';
    const id = await exchange.control.addMessage('ada@example.org', 'inbox', messageFixture({ subject: hostile }));
    exchange.control.updateMessage('ada@example.org', id, { body: { contentType: 'text', content: hostile } });
    const folder = exchange.control.createFolder('ada@example.org', 'Old');
    exchange.control.renameFolder('ada@example.org', folder, hostile);
    const reply = await graph(`/users/ada@example.org/messages/${id}`);
    expect(reply.text).toContain('a\\ud800b\\udc00\\u0000\\u0007');
    expect([reply.json.subject, (reply.json.body as { content: string }).content]).toEqual([hostile, hostile]);
    expect((await graph(`/users/ada@example.org/mailFolders/${folder}`)).json.displayName).toBe(hostile);
  });

  it('tells of messages without their MIME, if that is enough', async () => {
    await using exchange = await startExchange({ mailboxes: { 'ada@example.org': {} } });
    await exchange.control.addMessage('ada@example.org', 'inbox', emlFixture());
    const [state] = await exchange.control.messages('ada@example.org', { mime: false });
    expect([state?.content.subject, state?.mime]).toEqual(['Tea', undefined]);
    expect((await exchange.control.messages('ada@example.org'))[0]?.mime).toEqual(emlFixture());
  });

  it('stamps its answers with the time of its clock', async () => {
    const clock = virtualClock({ start: Date.UTC(2030, 1, 3, 4, 5, 6) });
    await using exchange = await startExchange({ mailboxes: { 'ada@example.org': {} }, clock });
    const graph = await graphClient(exchange);
    const reply = await graph('/users/ada@example.org/mailFolders');
    expect(reply.headers.get('date')).toBe('Sun, 03 Feb 2030 04:05:06 GMT');
  });

  it('counts requests by kind, logs them, and forgets them on reset', async () => {
    await using exchange = await startExchange({ mailboxes: { 'ada@example.org': {} } });
    const graph = await graphClient(exchange);
    const id = await exchange.control.addMessage('ada@example.org', 'inbox', messageFixture());
    await graph('/users/ada@example.org/mailFolders');
    await graph(`/users/ada@example.org/messages/${id}/$value`);
    expect(exchange.requests.counts).toMatchObject({ token: 1, folders: 1, mime: 1 });
    expect(exchange.requests.total).toBe(3);
    expect(exchange.requests.maxInFlight).toEqual({ 'ada@example.org': 1 });
    expect(exchange.requests.bytesSent).toBeGreaterThan(100);
    expect(exchange.requests.entries.at(1)).toEqual({
      kind: 'folders',
      method: 'GET',
      path: '/v1.0/users/ada@example.org/mailFolders',
      status: 200,
    });
    exchange.requests.reset();
    expect(exchange.requests.total).toBe(0);
    expect(exchange.requests.entries).toEqual([]);
  });

  it('refuses options that make no sense', async () => {
    await expect(startExchange({ mailboxes: { ada: {} } })).rejects.toBeInstanceOf(TypeError);
    await expect(startExchange({ mailboxes: {}, replayRate: 2 })).rejects.toBeInstanceOf(RangeError);
    await expect(startExchange({ mailboxes: {}, deltaGenerations: 0 })).rejects.toBeInstanceOf(RangeError);
    await expect(startExchange({ mailboxes: {}, expandableAttachments: -1 })).rejects.toBeInstanceOf(RangeError);
  });

  it('serves hundreds of messages a second to four workers without throttling them', async () => {
    await using exchange = await startExchange({ mailboxes: { 'ada@example.org': {} } });
    const ids: string[] = [];
    for (let index = 0; index < 600; index++) {
      ids.push(await exchange.control.addMessage('ada@example.org', 'inbox', messageFixture({ mime: emlFixture() })));
    }
    const graph = await graphClient(exchange);
    const start = performance.now();
    const worker = async (): Promise<void> => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        await graph(`/users/ada@example.org/messages/${id}/$value`);
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    // Half of what is promised, since tests run beside others.
    expect(600 / ((performance.now() - start) / 1000)).toBeGreaterThan(250);
    expect(exchange.requests.throttled).toBe(0);
  });
});
