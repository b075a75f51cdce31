import type { Clock } from '@holdfast/contracts';
import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { UncertainOutcome } from '../../src/client/call.ts';
import { graphClient } from '../../src/client/graph-client.ts';
import type { GraphClient } from '../../src/client/graph-client.ts';
import { limitGate } from '../../src/client/limit-gate.ts';
import { MAILBOX_LIMITS } from '../../src/client/service-limits.ts';
import { resolveExchangeOptions } from '../../src/exchange-options.ts';
import { requestMeter } from '../../src/request-counters.ts';
import type { RetryEvent } from '../../src/request-counters.ts';

interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

function clientOf(
  answers: readonly (() => Response)[],
  limits = MAILBOX_LIMITS,
): { client: GraphClient; clock: Clock; seen: Seen[]; retries: RetryEvent[] } {
  const seen: Seen[] = [];
  const retries: RetryEvent[] = [];
  let time = 0;
  // One request at a time, so whoever sleeps is the only one.
  const clock = {
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
    },
  };
  const randomness = seededRandomness(1);
  const credentials = { clientId: 'client', clientSecret: 'secret' };
  const options = resolveExchangeOptions({
    tenant: 'example.org',
    credentials,
    clock,
    randomness,
    onRetry: (event) => retries.push(event),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      seen.push({
        url: String(input),
        method: request.method,
        headers: request.headers,
        body: new Uint8Array(await request.arrayBuffer()),
      });
      const answer = answers[Math.min(seen.length, answers.length) - 1];
      if (answer === undefined) throw new TypeError('no answer');
      return answer();
    },
  });
  const tokens = { get: () => Promise.resolve('the-token'), reject: () => {}, throttledMs: 0 };
  const gate = limitGate({ clock, limits });
  const meter = requestMeter({ onRequest: () => {}, throttledMs: () => 0 });
  const client = graphClient({ options, tokens, gate, meter, mailbox: 'exchange:example.org:ada' });
  return { client, clock, seen, retries };
}

const ok = (): Response => Response.json({ value: [] });
const get = { kind: 'folder', method: 'GET' } as const;

describe('the client', () => {
  test('encodes the query and gives the token to Graph', async () => {
    const { client, seen } = clientOf([ok]);
    const query = { $expand: "x($filter=id eq 'String 0x001A')", $select: 'a,b&c' };
    await client.send({ ...get, target: '/users/a%2Fb/mailFolders', query });
    expect(seen[0]?.url).toBe(
      "https://graph.microsoft.com/v1.0/users/a%2Fb/mailFolders?$expand=x(%24filter%3Did%20eq%20'String%200x001A')&$select=a%2Cb%26c",
    );
    expect(seen[0]?.headers.get('authorization')).toBe('Bearer the-token');
  });

  test('sends a link of the service exactly as it is', async () => {
    const { client, seen } = clientOf([ok]);
    const link =
      "https://graph.microsoft.com/v1.0/users('x')/messages/delta?b=1&$select=a&$skiptoken=aa==&b=2&c&u=https://x/y";
    await client.send({ ...get, target: link });
    expect(seen[0]?.url).toBe(link);
  });

  test.each([
    'https://outlook.office.com/upload?token=1',
    'https://graph.microsoft.com.example.net/v1.0/users',
    'https://graph.microsoft.com:8443/v1.0/users',
  ])('gives no token to %s', async (target) => {
    const { client, seen } = clientOf([ok]);
    await client.send({ ...get, target });
    expect(seen[0]?.headers.has('authorization')).toBe(false);
  });

  test('sends the bytes of a view, not of the buffer behind it', async () => {
    const { client, seen } = clientOf([ok]);
    const body = new Uint8Array([1, 2, 3, 4, 5]).subarray(1, 3);
    await client.send({ kind: 'upload', method: 'PUT', target: 'https://outlook.office.com/up', body });
    expect([...(seen[0]?.body ?? [])]).toEqual([2, 3]);
  });

  test('reads the code of a refusal also where bytes were asked for', async () => {
    const refusal = (): Response =>
      Response.json({ error: { code: 'ErrorCorruptData', message: 'secret words' } }, { status: 500 });
    const { client, seen } = clientOf([refusal]);
    const response = await client.send({ kind: 'message', method: 'GET', target: '/x', answer: 'bytes' });
    expect(response).toMatchObject({ status: 500, errorCode: 'ErrorCorruptData' });
    expect(seen).toHaveLength(1);
  });

  test.each([
    ['a page that is cut', () => new Response('{"value":[', { headers: { 'content-type': 'application/json' } })],
    ['a body that is too short', () => new Response('{}', { headers: { 'content-length': '99' } })],
  ])('takes %s for a broken connection and tries again', async (_, broken) => {
    const { client, seen } = clientOf([broken, ok]);
    expect((await client.send({ ...get, target: '/x' })).json).toEqual({ value: [] });
    expect(seen).toHaveLength(2);
  });

  test('gives an answer that is cut each time as such, after trying eight times', async () => {
    const { client, seen } = clientOf([
      () => new Response('{"value":[', { headers: { 'content-type': 'application/json' } }),
    ]);
    const response = await client.send({ ...get, target: '/x' });
    expect(response).toMatchObject({ ok: false, cut: true, errorCode: undefined });
    expect(seen).toHaveLength(8);
  });

  test.each([1, 7])('gives the failed answer where the connection fails after it: %i such answers', async (count) => {
    const failed = (): Response => new Response(null, { status: 500 });
    const reset = (): Response => {
      throw new TypeError('fetch failed');
    };
    const answers = Array.from({ length: 8 }, (_, index) => (index < count ? failed : reset));
    const { client, seen, retries } = clientOf(answers);
    expect(await client.send({ ...get, target: '/x' })).toMatchObject({ ok: false, status: 500, attempt: 8 });
    expect([seen.length, retries.length]).toEqual([8, 7]);
  });

  test.each([
    [{ mailbox: 'ada', item: 'x' }, 'ERR_ITEM_UNREADABLE'],
    [{ mailbox: 'ada', item: 'x', writing: true }, 'ERR_ITEM_REFUSED'],
    [{ mailbox: 'ada', collection: 'x' }, 'ERR_SOURCE_PROTOCOL'],
    [{ mailbox: 'ada' }, 'ERR_SOURCE_UNREACHABLE'],
  ])('tells failed answers of the service about what was asked for: %j', async (subject, code) => {
    const failing = clientOf([() => new Response(null, { status: 500 })]);
    await expect(failing.client.json({ ...get, target: '/x' }, subject)).rejects.toMatchObject({ code });
    const broken = clientOf([() => new Response('{', { headers: { 'content-type': 'application/json' } })]);
    await expect(broken.client.json({ ...get, target: '/x' }, subject)).rejects.toMatchObject({ code });
    const away = clientOf([]);
    await expect(away.client.json({ ...get, target: '/x' }, subject)).rejects.toMatchObject({
      code: 'ERR_SOURCE_UNREACHABLE',
    });
  });

  test('counts what writing requests send towards the upload limit, wherever they go, and nothing of batches', async () => {
    const limits = { ...MAILBOX_LIMITS, upload: { amount: 1000, windowMs: 60_000 } };
    const { client, clock } = clientOf([ok], limits);
    const range = {
      kind: 'upload',
      method: 'PUT',
      target: 'https://outlook.office.com/upload',
      body: new Uint8Array(600),
    };
    await client.send({ ...range, method: 'PUT', kind: 'upload', authorize: false });
    await client.send({ kind: 'locate', method: 'POST', target: '/$batch', body: { a: 'b'.repeat(900) }, weight: 2 });
    await client.send({ kind: 'create', method: 'POST', target: '/x', body: { a: 'b'.repeat(300) } });
    await client.send({ ...get, target: '/x' });
    expect(clock.now()).toBe(0);
    await client.send({ kind: 'create', method: 'POST', target: '/x', body: { a: 'b'.repeat(300) } });
    expect(clock.now()).toBe(60_000);
  });

  test('tells of every repetition, with its cause, before the wait', async () => {
    const error = (status: number, code: string, headers = {}): Response =>
      Response.json({ error: { code, message: 'letter of ada@example.org' } }, { status, headers });
    const { client, retries } = clientOf([
      () => error(429, 'ApplicationThrottled', { 'retry-after': '0.75' }),
      () => error(500, 'ErrorInternalServerError'),
      () => {
        throw Object.assign(new TypeError('fetch failed'), {
          cause: Object.assign(new Error(), { code: 'ECONNRESET' }),
        });
      },
      () => new Response('{', { headers: { 'content-type': 'application/json' } }),
      () => error(401, 'InvalidAuthenticationToken'),
      ok,
    ]);
    await client.send({ ...get, target: '/users/secret-path' });
    const waitMs = expect.any(Number) as number;
    expect(retries.map(({ attempt, cause, status, code }) => [attempt, cause, status, code])).toEqual([
      [1, 'throttled', 429, 'ApplicationThrottled'],
      [2, 'unavailable', 500, 'ErrorInternalServerError'],
      [3, 'network', 0, 'ECONNRESET'],
      [4, 'cut', 0, undefined],
      [5, 'token-refused', 401, 'InvalidAuthenticationToken'],
    ]);
    expect(retries[0]).toEqual({
      kind: 'folder',
      mailbox: 'exchange:example.org:ada',
      attempt: 1,
      waitMs: 750,
      cause: 'throttled',
      status: 429,
      code: 'ApplicationThrottled',
    });
    expect(retries[1]).toMatchObject({ waitMs });
    expect(JSON.stringify(retries)).not.toMatch(/secret-path|the-token|letter|ada@/);
  });

  test('gives up on a token that is refused three times in a row, but not on three during a long storm', async () => {
    const refused = (): Response => new Response(null, { status: 401 });
    const busy = (): Response => new Response(null, { status: 429, headers: { 'retry-after': '1' } });
    const hopeless = clientOf([refused]);
    expect(await hopeless.client.send({ ...get, target: '/x' })).toMatchObject({ status: 401 });
    expect(hopeless.seen).toHaveLength(3);
    const stormy = clientOf([refused, busy, refused, busy, refused, busy, refused, ok]);
    expect(await stormy.client.send({ ...get, target: '/x' })).toMatchObject({ ok: true });
  });

  test('does not follow a redirect', async () => {
    const { client } = clientOf([
      () => new Response(null, { status: 302, headers: { location: 'https://x.example' } }),
    ]);
    await expect(client.json({ ...get, target: '/x' }, { mailbox: 'ada' })).rejects.toThrow('status 302');
  });

  test('does not send twice what must not be, if nobody knows what became of it', async () => {
    const lost = (): Response => new Response(null, { status: 504 });
    const { client, seen } = clientOf([lost, ok]);
    const create = { kind: 'create', method: 'POST', target: '/x', body: {}, repeatable: false } as const;
    await expect(client.send(create)).rejects.toBeInstanceOf(UncertainOutcome);
    expect(seen).toHaveLength(1);
  });

  test('rejects with the reason of an abort itself, before and during a request', async () => {
    const reason = { why: 'enough' };
    const { client } = clientOf([ok]);
    await expect(client.send({ ...get, target: '/x', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const hanging = clientOf([
      () => {
        controller.abort(reason);
        throw new TypeError('fetch failed');
      },
    ]);
    await expect(hanging.client.send({ ...get, target: '/x', signal: controller.signal })).rejects.toBe(reason);
  });
});
