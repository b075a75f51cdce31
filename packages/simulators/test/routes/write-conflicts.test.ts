import { describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';

const ADA = 'ada@example.org';
const MESSAGES = `/users/${ADA}/messages`;

const attach = async (graph: GraphClient, id: string): Promise<string> => {
  const json = { '@odata.type': '#microsoft.graph.fileAttachment', name: 'a.txt', contentBytes: 'bWlsaw==' };
  const reply = await graph(`${MESSAGES}/${id}/attachments`, { method: 'POST', json });
  return reply.status === 201 ? 'attached' : `${reply.status} ${reply.json.error.code}`;
};
const create = async (graph: GraphClient): Promise<string> =>
  (await graph(MESSAGES, { method: 'POST', json: { subject: 'Tea' } })).json.id;

describe('writes to a message', () => {
  it('conflict so many times as ordered, and change nothing', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    const id = await create(graph);
    exchange.control.conflictWrites(2);
    expect(await attach(graph, id)).toBe('412 ErrorIrresolvableConflict');
    const patch = await graph(`${MESSAGES}/${id}`, { method: 'PATCH', json: { subject: 'Coffee' } });
    expect([patch.status, patch.json.error.code]).toEqual([412, 'ErrorIrresolvableConflict']);
    const [message] = await exchange.control.messages(ADA);
    expect([message?.content.subject, message?.content.attachments]).toEqual(['Tea', []]);
    expect(await attach(graph, id)).toBe('attached');
  });

  it('conflict at a rate that follows from the seed, and never twice in a row', async () => {
    const run = async (seed: number, conflictRate: number): Promise<readonly string[]> => {
      await using exchange = await startExchange({ seed, mailboxes: { [ADA]: {} }, conflictRate });
      const graph = await graphClient(exchange);
      const id = await create(graph);
      const seen: string[] = [];
      for (let index = 0; index < 30; index++) seen.push(await attach(graph, id));
      expect((await exchange.control.messages(ADA))[0]?.content.attachments).toHaveLength(
        seen.filter((one) => one === 'attached').length,
      );
      return seen;
    };
    const half = await run(1, 0.5);
    expect(await run(1, 0.5)).toEqual(half);
    expect(await run(2, 0.5)).not.toEqual(half);
    expect(half.filter((one) => one.startsWith('412')).length).toBeGreaterThan(3);
    const [first, second, third] = await run(1, 1);
    expect([first, second, third]).toEqual([
      '412 ErrorIrresolvableConflict',
      'attached',
      '412 ErrorIrresolvableConflict',
    ]);
    await expect(startExchange({ mailboxes: {}, conflictRate: 2 })).rejects.toBeInstanceOf(RangeError);
  });

  it('find nothing just after the creation, as ordered', async () => {
    await using exchange: Exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    exchange.control.unsettleMessages(1, { times: 2 });
    const [late, settled] = [await create(graph), await create(graph)];
    expect(await attach(graph, settled)).toBe('attached');
    expect(await attach(graph, late)).toBe('404 ErrorItemNotFound');
    expect(await attach(graph, late)).toBe('404 ErrorItemNotFound');
    expect(await attach(graph, late)).toBe('attached');
  });

  it('find nothing if the message is deleted while they are in progress', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    const id = await create(graph);
    const stop = exchange.control.onRequest(() => {
      // The second turn of the event loop from here lies between the look at the message and the write.
      setImmediate(() => setImmediate(() => exchange.control.deleteMessage(ADA, id)));
    });
    expect(await attach(graph, id)).toBe('404 ErrorItemNotFound');
    stop();
  });
});
