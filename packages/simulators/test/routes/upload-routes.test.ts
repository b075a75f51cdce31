import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient, GraphReply } from '../support/graph-client.ts';
import { messageFixture } from '../support/message-fixtures.ts';
import { virtualClock } from '@holdfast/testkit';
import type { VirtualClock } from '@holdfast/testkit';

const ADA = 'ada@example.org';
const SIZE = 3 * 1024 * 1024 + 5;
const STEP = 2 * 1024 * 1024;

describe('upload sessions', () => {
  let exchange: Exchange;
  let graph: GraphClient;
  let clock: VirtualClock;
  let id: string;
  const bytes = Uint8Array.from({ length: SIZE }, (_, index) => index % 251);

  beforeEach(async () => {
    clock = virtualClock();
    exchange = await startExchange({ mailboxes: { [ADA]: {} }, clock });
    graph = await graphClient(exchange);
    id = await exchange.control.addMessage(ADA, 'inbox', messageFixture());
  });
  afterEach(() => exchange.close());

  const open = (): Promise<GraphReply> =>
    graph(`/users/${ADA}/messages/${id}/attachments/createUploadSession`, {
      method: 'POST',
      json: { AttachmentItem: { attachmentType: 'file', name: 'big.bin', size: SIZE, contentType: 'image/png' } },
    });

  const put = (url: string, first: number, last: number, headers: Readonly<Record<string, string>> = {}) =>
    graph(url, {
      method: 'PUT',
      body: bytes.slice(first, last),
      headers: {
        'content-type': 'application/octet-stream',
        'content-range': `bytes ${first}-${last - 1}/${SIZE}`,
        ...headers,
      },
    });

  it('takes ranges one after the other, and attaches the file after the last one', async () => {
    const session = await open();
    expect(session.status).toBe(201);
    expect(session.json.nextExpectedRanges).toEqual(['0-']);
    const { uploadUrl } = session.json;
    expect(uploadUrl).toMatch(/^https:\/\/outlook\.office\.com\/api\/v2\.0\//);
    const first = await put(uploadUrl, 0, STEP);
    expect([first.status, first.json.nextExpectedRanges]).toEqual([200, [String(STEP)]]);
    expect((await exchange.control.messages(ADA))[0]?.content.attachments).toEqual([]);
    const last = await put(uploadUrl, STEP, SIZE);
    expect([last.status, last.text]).toEqual([201, '']);
    const [, attachmentId = ''] = /Attachments\('([^']+)'\)$/.exec(last.headers.get('location') ?? '') ?? [];
    const value = await graph(`/users/${ADA}/messages/${id}/attachments/${attachmentId}/$value`);
    expect(Buffer.compare(value.bytes, bytes)).toBe(0);
    expect(value.headers.get('content-type')).toBe('image/png');
    expect((await put(uploadUrl, 0, STEP)).status).toBe(404);
  });

  it('refuses ranges out of order, ranges that do not fit, and an Authorization header', async () => {
    const { uploadUrl } = (await open()).json;
    expect((await put(uploadUrl, STEP, SIZE)).status).toBe(416);
    const short = await put(uploadUrl, 0, STEP, { 'content-range': `bytes 0-${STEP}/${SIZE}` });
    expect(short.json.error.code).toBe('ErrorInvalidRequest');
    expect((await put(uploadUrl, 0, STEP, { 'content-range': 'bytes */*' })).status).toBe(400);
    expect((await put(uploadUrl, 0, STEP, { authorization: 'Bearer x' })).status).toBe(401);
    expect((await put(uploadUrl.replace(/authtoken=.*/, 'authtoken=x'), 0, STEP)).status).toBe(401);
    expect((await put(uploadUrl, 0, STEP)).status).toBe(200);
  });

  it('forgets a session that is cancelled, and one whose time is over', async () => {
    const cancelled = (await open()).json.uploadUrl;
    expect((await graph(cancelled, { method: 'DELETE' })).status).toBe(204);
    expect((await put(cancelled, 0, STEP)).status).toBe(404);
    const late = (await open()).json.uploadUrl;
    await clock.advance(8 * 24 * 3600 * 1000);
    expect((await put(late, 0, STEP)).status).toBe(404);
  });

  it('finds nothing to attach to once the message is deleted', async () => {
    const { uploadUrl } = (await open()).json;
    exchange.control.deleteMessage(ADA, id);
    expect((await put(uploadUrl, 0, STEP)).json.error.code).toBe('ErrorItemNotFound');
  });

  it('loses the answer to a range that it took, and says of the same range what is expected', async () => {
    const { uploadUrl } = (await open()).json;
    exchange.control.resetConnections(1, { moment: 'after', kinds: ['upload'] });
    await expect(put(uploadUrl, 0, STEP)).rejects.toBeInstanceOf(TypeError);
    const again = await put(uploadUrl, 0, STEP);
    expect([again.status, again.json.error.message]).toEqual([416, `The next expected range begins at ${STEP}.`]);
    exchange.control.resetConnections(1, { moment: 'after', kinds: ['upload'] });
    await expect(put(uploadUrl, STEP, SIZE)).rejects.toBeInstanceOf(TypeError);
    expect((await put(uploadUrl, STEP, SIZE)).json.error.code).toBe('ErrorItemNotFound');
    const [attachment] = (await exchange.control.messages(ADA))[0]?.content.attachments ?? [];
    expect(attachment?.kind === 'file' && Buffer.compare(attachment.bytes, bytes)).toBe(0);
  });

  it('loses a range before it took it, and takes it again', async () => {
    const { uploadUrl } = (await open()).json;
    exchange.control.resetConnections(1, { kinds: ['upload'] });
    await expect(put(uploadUrl, 0, STEP)).rejects.toBeInstanceOf(TypeError);
    expect((await put(uploadUrl, 0, STEP)).status).toBe(200);
  });

  it('does not know a request for the state of a session, which the description does not have', async () => {
    const { uploadUrl } = (await open()).json;
    expect((await graph(uploadUrl)).status).toBe(405);
    expect(exchange.violations.take()).toHaveLength(1);
  });

  it.each([
    ['documented', ['ExpirationDateTime', 'nextExpectedRanges']],
    ['camel', ['expirationDateTime', 'nextExpectedRanges']],
    ['pascal', ['ExpirationDateTime', 'NextExpectedRanges']],
  ] as const)('writes the names in the answer to a range in the way ordered: %s', async (casing, names) => {
    exchange.control.setUploadCasing(casing);
    const { uploadUrl } = (await open()).json;
    expect(Object.keys((await put(uploadUrl, 0, STEP)).json)).toEqual(names);
  });

  it('writes these names now this way and now that, by the seed', async () => {
    exchange.control.setUploadCasing('varied');
    const { uploadUrl } = (await open()).json;
    const seen = new Set<string>();
    for (let first = 0; first < 3_000_000; first += 100_000) {
      seen.add(Object.keys((await put(uploadUrl, first, first + 100_000)).json).join());
    }
    expect(seen.size).toBe(3);
  });
});
