import { describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange, Weather } from '../../src/exchange/index.ts';
import { graphClient, requestToken } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';
import { messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const INBOX = `/users/${ADA}/mailFolders/inbox`;
const STORM: Weather = {
  seed: 3,
  throttled: 0.1,
  unavailable: 0.1,
  badGateway: 0.1,
  gatewayTimeout: 0.1,
  internalError: 0.1,
  resetBefore: 0.05,
  resetDuring: 0.05,
  resetAfter: 0.05,
  cutPage: 0.2,
  longestStreak: 3,
};

/** What comes back of a request, however it fails. */
async function outcome(graph: GraphClient, path: string): Promise<string> {
  try {
    const reply = await graph(path);
    const retryAfter = reply.headers.get('retry-after');
    return reply.status === 200 && reply.json === undefined ? 'cut' : `${reply.status} ${String(retryAfter)}`;
  } catch {
    return 'reset';
  }
}

async function outcomes(exchange: Exchange, count: number, path = `${INBOX}/messages`): Promise<readonly string[]> {
  exchange.control.setWeather(undefined);
  const graph = await graphClient(exchange);
  exchange.control.setWeather(STORM);
  const seen: string[] = [];
  for (let index = 0; index < count; index++) seen.push(await outcome(graph, path));
  return seen;
}

const statuses = (seen: readonly string[]): readonly string[] =>
  seen.map((one) => (one.endsWith('GMT') ? one.replace(/ .*/, ' date') : one));

describe('the weather', () => {
  it('gives the same faults to the same order of requests, whatever the ids are', async () => {
    await using one = await startExchange({ seed: 1, mailboxes: { [ADA]: {} }, weather: STORM });
    await using two = await startExchange({ seed: 2, mailboxes: { [ADA]: {} }, weather: STORM });
    const seen = await outcomes(one, 60);
    expect(statuses(await outcomes(two, 60))).toEqual(statuses(seen));
    two.control.setWeather({ ...STORM, seed: 4 });
    const graph = await graphClient(two);
    const other: string[] = [];
    for (let index = 0; index < 60; index++) other.push(await outcome(graph, `${INBOX}/messages`));
    expect(statuses(other)).not.toEqual(statuses(seen));
  });

  it('has every fault, and Retry-After in every form', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const seen = await outcomes(exchange, 300);
    for (const [name, count] of Object.entries(exchange.requests.faults)) {
      if (name !== 'html' && name !== 'tokenLoss') expect([name, count > 0]).toEqual([name, true]);
    }
    const throttled = seen.filter((one) => one.startsWith('429'));
    for (const form of [/ 0\.\d+$/, / 1$/, / null$/, / GMT$/]) {
      expect([form, throttled.some((one) => form.test(one))]).toEqual([form, true]);
    }
    expect(seen.some((one) => one === '200 null')).toBe(true);
    expect(exchange.requests.overLimit).toEqual({});
  });

  it('never gives one request more faults in a row than it may', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    exchange.control.setWeather({ unavailable: 1, longestStreak: 2 });
    const seen: number[] = [];
    for (let index = 0; index < 6; index++) seen.push((await graph(INBOX)).status);
    expect(seen).toEqual([503, 503, 200, 503, 503, 200]);
    // Another request has a row of its own.
    expect((await graph(`${INBOX}?$select=id`)).status).toBe(503);
    exchange.control.setWeather(undefined);
    expect((await graph(`${INBOX}?$select=id`)).status).toBe(200);
  });

  it('leaves the token endpoint alone unless it is named', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} }, weather: { throttled: 1 } });
    const graph = await graphClient(exchange);
    expect((await graph(INBOX)).status).toBe(429);
    exchange.control.setWeather({ throttled: 1, kinds: ['token'], longestStreak: 1 });
    expect((await requestToken(exchange)).status).toBe(429);
    expect((await requestToken(exchange)).status).toBe(200);
    expect((await graph(INBOX)).status).toBe(200);
  });

  it('resets whole batches, and answers 503 inside them', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    const batch = (): ReturnType<GraphClient> =>
      graph('/$batch', { method: 'POST', json: { requests: [{ id: '1', method: 'GET', url: INBOX }] } });
    exchange.control.setWeather({ resetBefore: 1, kinds: ['folders'], longestStreak: 1 });
    await expect(batch()).rejects.toBeInstanceOf(TypeError);
    expect((await batch()).json.responses[0]?.status).toBe(200);
    exchange.control.setWeather({ unavailable: 1, kinds: ['folders'], longestStreak: 1 });
    expect((await batch()).json.responses[0]?.status).toBe(503);
    expect((await batch()).json.responses[0]?.status).toBe(200);
  });

  it('loses tokens in all forms, and lets every folder come to its end', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    for (let index = 0; index < 9; index++) await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    exchange.control.setWeather({ tokenLoss: 1, longestStreak: 30 });
    const start = `${INBOX}/messages/delta`;
    const headers = { prefer: 'odata.maxpagesize=3' };
    const forms = new Set<string>();
    let url = start;
    let lost = '';
    let rounds = 0;
    for (;;) {
      const { status, json, headers: answered } = await graph(url, { headers });
      if (status === 200) {
        if (json['@odata.deltaLink'] !== undefined) break;
        url = json['@odata.nextLink'] ?? '';
        continue;
      }
      forms.add(`${status} ${json.error.code} ${String(answered.has('location'))}`);
      lost = url;
      url = start;
      rounds++;
    }
    expect(rounds).toBe(30);
    expect(exchange.requests.faults.tokenLoss).toBe(30);
    // What is lost stays lost in fine weather.
    exchange.control.setWeather(undefined);
    expect((await graph(lost, { headers })).status).toBeGreaterThanOrEqual(400);
    expect(forms).toEqual(
      new Set([
        '410 SyncStateNotFound true',
        '410 resyncrequired true',
        '400 SyncStateInvalid false',
        '404 SYNCSTATENOTFOUND false',
        '400 ResyncRequired false',
      ]),
    );
  });

  it('refuses rates that make no sense', async () => {
    const start = (weather: Weather): Promise<Exchange> => startExchange({ mailboxes: {}, weather });
    await expect(start({ throttled: 1.5 })).rejects.toBeInstanceOf(RangeError);
    await expect(start({ throttled: 0.6, unavailable: 0.6 })).rejects.toBeInstanceOf(RangeError);
    await expect(start({ longestStreak: -1 })).rejects.toBeInstanceOf(RangeError);
  });
});
