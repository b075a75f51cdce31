import { describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import { graphClient, requestToken } from '../support/graph-client.ts';
import { virtualClock } from '@holdfast/testkit';

const mailboxes = { 'ada@example.org': {} };

describe('the token endpoint', () => {
  it('issues a token that Graph accepts until its time is over', async () => {
    const clock = virtualClock();
    await using exchange = await startExchange({ mailboxes, clock });
    const graph = await graphClient(exchange);
    await clock.advance(3_598_000);
    expect((await graph('/users/ada@example.org')).status).toBe(200);
    await clock.advance(2000);
    const late = await graph('/users/ada@example.org');
    expect(late.status).toBe(401);
    expect(late.json.error.code).toBe('InvalidAuthenticationToken');
    expect(late.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('accepts a domain of the tenant in place of its id', async () => {
    await using exchange = await startExchange({ mailboxes });
    expect((await requestToken(exchange, { tenant: 'example.org' })).status).toBe(200);
  });

  it.each([
    ['a wrong secret', { client_secret: 'guess' }, 401, 'invalid_client', 7000215],
    ['an unknown tenant', { tenant: '00000000-0000-0000-0000-000000000000' }, 400, 'invalid_request', 90002],
    ['a tenant that is no name', { tenant: 'nobody' }, 400, 'invalid_request', 900023],
    ['an unknown application', { client_id: 'x' }, 400, 'unauthorized_client', 700016],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['another scope', { scope: 'openid' }, 400, 'invalid_scope', 70011],
  ])('refuses %s', async (_, fields, status, error, code) => {
    await using exchange = await startExchange({ mailboxes });
    const reply = await requestToken(exchange, fields as unknown as Record<string, string>);
    expect(reply.status).toBe(status);
    expect(reply.json.error).toBe(error);
    expect(reply.json.error_codes).toEqual([code]);
    expect(reply.text).toContain(`AADSTS${code}`);
  });

  it('refuses an expired secret, and the tokens it bought', async () => {
    await using exchange = await startExchange({ mailboxes });
    const graph = await graphClient(exchange);
    exchange.control.expireCredentials();
    expect((await graph('/users/ada@example.org')).status).toBe(401);
    expect((await requestToken(exchange)).json.error_codes).toEqual([7000222]);
    exchange.control.renewCredentials();
    expect((await requestToken(exchange)).status).toBe(200);
  });

  it('serves the documents that login libraries ask for', async () => {
    await using exchange = await startExchange({ mailboxes });
    const root = 'https://login.microsoftonline.com';
    const openId = await exchange.fetch(`${root}/${exchange.tenant}/v2.0/.well-known/openid-configuration`);
    expect(await openId.json()).toMatchObject({ token_endpoint: `${root}/${exchange.tenant}/oauth2/v2.0/token` });
    const discovery = await exchange.fetch(`${root}/common/discovery/instance?api-version=1.1`);
    expect(await discovery.json()).toMatchObject({ metadata: [{ preferred_network: 'login.microsoftonline.com' }] });
  });
});
