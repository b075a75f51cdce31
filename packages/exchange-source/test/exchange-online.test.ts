import { SourceError } from '@holdfast/contracts';
import type { SourceErrorCode } from '@holdfast/contracts';
import { exchangeOnline } from '@holdfast/exchange-source';
import { startExchange } from '@holdfast/simulators/exchange';
import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { ADA, all, connect, startWorld } from './support.ts';

async function failure(promise: Promise<unknown>): Promise<SourceError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!SourceError.is(error)) throw new TypeError(`not a SourceError: ${String(error)}`);
  return error;
}

function expectOneClearLine(error: SourceError, code: SourceErrorCode, words: RegExp): void {
  expect(error.code).toBe(code);
  expect(error.message).not.toContain('\n');
  expect(error.message).not.toContain('(unknown)');
  expect(error.message).toMatch(words);
}

describe('exchangeOnline', () => {
  test('names a mailbox by tenant and object id, and tells address and owner', async () => {
    await using world = await startWorld();
    expect(world.ada.id).toMatch(/^exchange:[\da-f-]{36}:[\da-f-]{36}$/);
    expect(world.ada.title).toBe(ADA);
    expect(world.ada.displayName).toBe('ada');
    const again = await world.online.mailbox(world.ada.id.split(':')[2] ?? '');
    expect(again.id).toBe(world.ada.id);
  });

  test('asks for one token, and for nothing else of the sign-in service', async () => {
    await using world = await startWorld();
    await all(world.ada.collections());
    expect(world.exchange.requests.counts.token).toBe(1);
    expect(world.exchange.requests.counts.other).toBe(0);
  });

  test('tells a wrong secret by its code alone, without repeating the secret anywhere', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const clientSecret = 'not-the-secret-0123456789';
    const credentials = { clientId: exchange.credentials.clientId, clientSecret };
    const error = await failure(connect(exchange, { credentials }).mailbox(ADA));
    expectOneClearLine(error, 'ERR_CREDENTIALS_REJECTED', /AADSTS7000215/);
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      expect(`${cause.message} ${cause.stack} ${JSON.stringify(cause)}`).not.toContain(clientSecret);
    }
  });

  test('tells an expired secret in the middle of a run', async () => {
    await using world = await startWorld();
    world.exchange.control.expireCredentials();
    const error = await failure(all(world.ada.collections()));
    expectOneClearLine(error, 'ERR_CREDENTIALS_REJECTED', /AADSTS\d+/);
  });

  test('renews a token before it expires on the clock that was passed in', async () => {
    const clock = virtualClock();
    const statuses: number[] = [];
    await using world = await startWorld({ clock }, { clock, onRequest: ({ status }) => statuses.push(status) });
    await clock.runUntil(all(world.ada.collections()));
    expect(world.exchange.requests.counts.token).toBe(1);
    await clock.advance(3_400_000);
    await clock.runUntil(all(world.ada.collections()));
    await clock.runUntil(all(world.ada.collections()));
    expect(world.exchange.requests.counts.token).toBe(2);
    expect(statuses).not.toContain(401);
  });

  test('renews a token that the service refuses, once and without telling', async () => {
    await using world = await startWorld();
    world.exchange.control.expireTokens();
    expect((await all(world.ada.collections())).length).toBeGreaterThan(5);
    expect(world.exchange.requests.counts.token).toBe(2);
  });

  test('tells an address that nobody has', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const error = await failure(connect(exchange).mailbox('nobody@example.org'));
    expectOneClearLine(error, 'ERR_MAILBOX_NOT_FOUND', /nobody@example\.org/);
  });

  test('tells a user without a mailbox in the cloud', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: { state: 'inactive' } } });
    const mailbox = await connect(exchange).mailbox(ADA);
    const error = await failure(all(mailbox.collections()));
    expectOneClearLine(error, 'ERR_MAILBOX_NOT_FOUND', /MailboxNotEnabledForRESTAPI/);
  });

  test('tells a missing permission', async () => {
    await using world = await startWorld();
    world.exchange.control.denyAccess(ADA);
    const error = await failure(all(world.ada.collections()));
    expectOneClearLine(error, 'ERR_SOURCE_ACCESS_DENIED', /ErrorAccessDenied/);
  });

  test('tells a service that cannot be reached, after trying for a while', async () => {
    const clock = virtualClock();
    let attempts = 0;
    const online = exchangeOnline({
      tenant: 'example.org',
      credentials: { clientId: 'client', clientSecret: 'secret' },
      clock,
      fetch: () => {
        attempts++;
        return Promise.reject(new TypeError('fetch failed', { cause: { code: 'ENOTFOUND' } }));
      },
    });
    const start = clock.now();
    const error = await clock.runUntil(failure(online.mailbox(ADA)));
    expectOneClearLine(error, 'ERR_SOURCE_UNREACHABLE', /the connection failed|ENOTFOUND/);
    expect(error.temporary).toBe(true);
    expect(attempts).toBe(8);
    expect(clock.now() - start).toBeGreaterThan(10_000);
  });

  test('tells a page of a proxy instead of an answer', async () => {
    const online = exchangeOnline({
      tenant: 'example.org',
      credentials: { clientId: 'client', clientSecret: 'secret' },
      fetch: (input) =>
        Promise.resolve(
          String(input).includes('/oauth2/')
            ? Response.json({ token_type: 'Bearer', expires_in: 3600, access_token: 'token' })
            : new Response('<html>sign in</html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
        ),
    });
    expectOneClearLine(await failure(online.mailbox(ADA)), 'ERR_SOURCE_PROTOCOL', /HTML/);
  });

  test.each([
    ['tenant', { tenant: 'a/b' }],
    ['clientId', { credentials: { clientId: '', clientSecret: 'x' } }],
    ['clientSecret', { credentials: { clientId: 'x', clientSecret: '' } }],
    ['patience', { throttlePatienceMs: Number.NaN }],
  ])('refuses a %s that makes no sense at once', (_, options) => {
    const good = { tenant: 'example.org', credentials: { clientId: 'x', clientSecret: 'x' } };
    expect(() => exchangeOnline({ ...good, ...options })).toThrow(TypeError);
  });

  test('counts requests by kind, and tells of each attempt', async () => {
    const kinds: string[] = [];
    await using world = await startWorld({}, { onRequest: ({ kind, status }) => kinds.push(`${kind} ${status}`) });
    await all(world.ada.collections());
    const { byKind, total, bytesReceived } = world.online.requests;
    expect(byKind).toMatchObject({ token: 1, user: 2, delta: 0, message: 0 });
    expect(kinds).toHaveLength(total);
    expect(kinds.slice(0, 2)).toEqual(['token 200', 'user 200']);
    expect(bytesReceived).toBeGreaterThan(1000);
  });
});
