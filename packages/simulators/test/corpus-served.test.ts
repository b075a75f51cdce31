import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { describe, expect, it } from 'vitest';

import { startExchange } from '../src/exchange/index.ts';
import { graphClient } from './support/graph-client.ts';
import type { GraphReply } from './support/graph-client.ts';

const ADA = 'ada@example.org';
const corpus = process.env['HOLDFAST_CORPUS'];
const folder = corpus ? join(corpus, 'eml') : undefined;
const reason = folder === undefined ? ' (skipped: HOLDFAST_CORPUS names no folder of real mail)' : '';
const ITEM = 'microsoft.graph.itemattachment/item';

describe.skipIf(folder === undefined)(`a mailbox of real mail${reason}`, () => {
  it('is served whole, unchanged, and within the description', async () => {
    const eml = readdirSync(folder ?? '').map((path) => ({ path, bytes: readFileSync(join(folder ?? '', path)) }));
    await using exchange = await startExchange({ mailboxes: { [ADA]: { eml } } });
    const graph = await graphClient(exchange);
    const headers = { prefer: 'IdType="ImmutableId", odata.maxpagesize=100' };
    const ids: string[] = [];
    let url: string | undefined = `/users/${ADA}/mailFolders/inbox/messages/delta`;
    while (url !== undefined) {
      const page: GraphReply = await graph(url, { headers });
      ids.push(...page.json.value.map(({ id }) => id));
      url = page.json['@odata.nextLink'];
    }
    const messages = await exchange.control.messages(ADA);
    expect(ids).toEqual(messages.map(({ id }) => id));
    for (const [index, { id, mimeRefusal }] of messages.entries()) {
      const mime = await graph(`/users/${ADA}/messages/${id}/$value`);
      expect(mime.status).toBe(mimeRefusal?.status ?? 200);
      if (mimeRefusal === undefined) expect(Buffer.compare(mime.bytes, eml[index]?.bytes ?? new Uint8Array())).toBe(0);
      const nested = `$expand=${ITEM}($expand=microsoft.graph.message/attachments($expand=${ITEM}))`;
      expect((await graph(`/users/${ADA}/messages/${id}/attachments?${nested}`)).status).toBe(200);
    }
    // Closing would fail if one of these answers were outside of the description.
    expect(exchange.violations.entries).toEqual([]);
  });
});
