import { describe, expect, it } from 'vitest';

import { exchangeFetch, startExchange } from '../src/exchange/index.ts';

describe('exchangeFetch', () => {
  it.each(['https://example.org/', 'http://graph.microsoft.com/v1.0/users', 'https://graph.microsoft.us/v1.0/users'])(
    'refuses %s without touching the network',
    async (url) => {
      await using exchange = await startExchange({ mailboxes: {} });
      await expect(exchange.fetch(url)).rejects.toBeInstanceOf(TypeError);
      expect(exchange.requests.total).toBe(0);
    },
  );

  it('carries Request objects, and reaches a server by its address alone', async () => {
    await using exchange = await startExchange({ mailboxes: {} });
    const fetch = exchangeFetch(exchange.url);
    const response = await fetch(new Request('https://graph.microsoft.com/v1.0/users'));
    expect(response.status).toBe(401);
  });

  it('fails as a network does once the simulator is closed', async () => {
    const exchange = await startExchange({ mailboxes: {} });
    await exchange.close();
    await expect(exchange.fetch('https://graph.microsoft.com/v1.0/users')).rejects.toBeInstanceOf(TypeError);
  });
});
