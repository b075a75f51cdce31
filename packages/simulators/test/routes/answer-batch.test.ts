import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient, GraphJson } from '../support/graph-client.ts';
import { emlFixture, messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';

describe('$batch', () => {
  let exchange: Exchange;
  let graph: GraphClient;

  beforeEach(async () => {
    exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    graph = await graphClient(exchange);
  });
  afterEach(() => exchange.close());

  async function batch(requests: readonly object[]): Promise<ReadonlyMap<string, GraphJson>> {
    const { status, json } = await graph('/$batch', { method: 'POST', json: { requests } });
    expect(status).toBe(200);
    return new Map(json.responses.map((response) => [response.id, response]));
  }

  it('answers every request with a status of its own, at most four of a mailbox at a time, and counts each', async () => {
    exchange.requests.reset();
    const steps = Array.from({ length: 20 }, (_, index) => ({
      id: String(index),
      method: 'GET',
      url: index === 7 ? `/users/${ADA}/messages/x` : `/users/${ADA}/mailFolders/inbox`,
    }));
    const answers = await batch(steps);
    expect(answers.size).toBe(20);
    expect(answers.get('7')?.status).toBe(400);
    expect([...answers.values()].filter(({ status }) => status === 200)).toHaveLength(19);
    expect(exchange.requests.maxInFlight[ADA]).toBe(4);
    expect(exchange.requests.counts).toMatchObject({ batch: 1, folders: 19, messages: 1 });
  });

  it('does not keep the order of the requests', async () => {
    const { json } = await graph('/$batch', {
      method: 'POST',
      json: { requests: ['1', '2'].map((id) => ({ id, method: 'GET', url: `/users/${ADA}` })) },
    });
    expect(json.responses.map(({ id }) => id)).not.toEqual(['1', '2']);
  });

  it('applies Prefer of each request alone, and gives bytes as base64', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', emlFixture());
    const url = `/users/${ADA}/messages/${id}`;
    const answers = await batch([
      { id: 'plain', method: 'GET', url },
      { id: 'immutable', method: 'GET', url, headers: { Prefer: 'IdType="ImmutableId"' } },
      { id: 'mime', method: 'GET', url: `${url}/$value` },
    ]);
    expect(answers.get('plain')?.body.id).not.toBe(id);
    expect(answers.get('immutable')?.body.id).toBe(id);
    expect(Buffer.from(String(answers.get('mime')?.body), 'base64')).toEqual(Buffer.from(emlFixture()));
  });

  it('runs what depends on others after them, or answers 424', async () => {
    const json = { 'Content-Type': 'application/json' };
    const answers = await batch([
      { id: '1', method: 'POST', url: `/users/${ADA}/mailFolders`, headers: json, body: { displayName: 'Projects' } },
      { id: '2', method: 'GET', url: `/users/${ADA}/mailFolders?$top=50`, dependsOn: ['1'] },
      { id: '3', method: 'GET', url: `/users/${ADA}/mailFolders/nowhere`, dependsOn: ['1'] },
      { id: '4', method: 'GET', url: `/users/${ADA}`, dependsOn: ['3'] },
    ]);
    expect(answers.get('2')?.body.value.map(({ displayName }) => displayName)).toContain('Projects');
    expect(answers.get('4')?.status).toBe(424);
    expect(answers.get('4')?.body.error.code).toBe('FailedDependency');
  });

  it('throttles inside, with a Retry-After of its own', async () => {
    const id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    exchange.control.throttle({ count: 1, retryAfter: 0.249, kinds: ['messages'] });
    const url = `/users/${ADA}/messages/${id}`;
    const answers = await batch([
      { id: '1', method: 'GET', url },
      { id: '2', method: 'GET', url },
    ]);
    expect(answers.get('1')).toMatchObject({ status: 429, headers: { 'Retry-After': '0.249' } });
    expect(answers.get('1')?.body.error.code).toBe('ApplicationThrottled');
    expect(answers.get('2')?.status).toBe(200);
  });
});
