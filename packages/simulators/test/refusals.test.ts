import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startExchange } from '../src/exchange/index.ts';
import type { Exchange } from '../src/exchange/index.ts';
import { graphClient } from './support/graph-client.ts';
import type { GraphClient } from './support/graph-client.ts';
import { fileFixture, messageFixture } from './support/message-fixtures.ts';
import { REFUSALS } from './support/refusals.ts';

describe('the simulator refuses', () => {
  let exchange: Exchange;
  let graph: GraphClient;
  const names = new Map<string, string>();

  beforeAll(async () => {
    exchange = await startExchange({ mailboxes: { 'ada@example.org': {}, 'old@example.org': { state: 'inactive' } } });
    graph = await graphClient(exchange);
    const { control } = exchange;
    const mail = messageFixture({ attachments: [fileFixture()] });
    names.set('{mail}', await control.addMessage('ada@example.org', 'inbox', mail));
    const secret = messageFixture({ messageClass: 'IPM.Note.SMIME' });
    names.set('{secret}', await control.addMessage('ada@example.org', 'inbox', secret));
    names.set('{projects}', control.createFolder('ada@example.org', 'Projects'));
  });
  afterAll(() => exchange.close());

  const filled = (template: string): string =>
    template.replaceAll(/\{(mail|secret|projects)\}/g, (name) => names.get(name) ?? name);

  it.each(REFUSALS)('$what with $status $code', async ({ path, request = {}, status, code, is = 'described' }) => {
    const { json } = request;
    const reply = await graph(
      filled(path),
      json === undefined ? request : { ...request, json: JSON.parse(filled(JSON.stringify(json))) as unknown },
    );
    expect({ status: reply.status, code: reply.json.error.code }).toEqual({ status, code });
    expect(reply.json.error.innerError['request-id']).toBe(reply.headers.get('request-id'));
    expect(exchange.violations.take().map(({ side }) => side)).toEqual(is === 'undescribed' ? ['request'] : []);
  });
});
