import { describe, expect, it } from 'vitest';

import type { MessageContent } from '../../src/exchange/message-content.ts';
import { composeMime } from '../../src/exchange/mime/compose-mime.ts';
import { deliverMime } from '../../src/exchange/mime/deliver-mime.ts';
import { comparable } from './comparable.ts';

const encoder = new TextEncoder();

async function message(changes: Partial<MessageContent> = {}): Promise<MessageContent> {
  const delivered = await deliverMime(encoder.encode('Message-ID: <base@a.example>\r\n\r\n'));
  return { ...delivered, internetMessageHeaders: [], mime: undefined, ...changes };
}

async function roundTrip(content: MessageContent): Promise<MessageContent> {
  return deliverMime(await composeMime(content));
}

describe('composing the MIME of a message made by JSON', () => {
  it('carries fields, Bcc, body, files, an inline picture and an attached message', async () => {
    const inner = await message({ subject: 'Innen', body: { contentType: 'text', content: 'Zeile 1\r\nZeile 2\r\n' } });
    const content = await message({
      subject: 'Grüße — 日本語',
      from: { name: 'Jörg', address: 'joerg@a.example' },
      sender: { name: 'Office', address: 'office@a.example' },
      toRecipients: [{ name: 'Bo, B.', address: 'bo@b.example' }],
      bccRecipients: [{ name: 'carla@c.example', address: 'carla@c.example' }],
      replyTo: [{ name: 'Desk', address: 'desk@a.example' }],
      importance: 'high',
      sentTime: Date.UTC(2026, 2, 3, 9, 11, 10),
      body: { contentType: 'html', content: '<p>Hallo <img src="cid:logo"></p>\r\n' },
      attachments: [
        {
          kind: 'file',
          name: 'logo.png',
          contentType: 'image/png',
          isInline: true,
          contentId: 'logo',
          bytes: Uint8Array.of(137, 80),
        },
        {
          kind: 'file',
          name: 'Übersicht (1).txt',
          contentType: 'text/plain',
          isInline: false,
          contentId: undefined,
          bytes: encoder.encode('a\nb\r\n\0'),
        },
        {
          kind: 'file',
          name: 'empty.bin',
          contentType: 'application/octet-stream',
          isInline: false,
          contentId: undefined,
          bytes: new Uint8Array(),
        },
        { kind: 'item', name: 'Innen', isInline: false, item: inner },
      ],
    });
    const delivered = await roundTrip(content);
    expect(comparable(delivered)).toEqual(comparable(content));
    expect(delivered).toMatchObject({
      bccRecipients: content.bccRecipients,
      sender: content.sender,
      importance: 'high',
    });
  });

  it('makes the same bytes of the same content, with CRLF only', async () => {
    const content = await message({ subject: 'Twice', body: { contentType: 'html', content: '<p>a\nb</p>' } });
    const bytes = await composeMime(content);
    expect(await composeMime({ ...content })).toEqual(bytes);
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
  });

  it('keeps a message attached to itself apart from its own copy', async () => {
    const file = {
      kind: 'file',
      name: 'a.bin',
      contentType: 'application/octet-stream',
      isInline: false,
      contentId: undefined,
      bytes: Uint8Array.of(1),
    } as const;
    const once = await message({ subject: 'Echo', attachments: [file] });
    const twice = await message({
      subject: 'Echo',
      attachments: [{ kind: 'item', name: 'Echo', isInline: false, item: once }, file],
    });
    expect(comparable(await roundTrip(twice))).toEqual(comparable(twice));
  });

  it('writes a clear-signed entity as it was, so that its signature still holds', async () => {
    const entity =
      'Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n\r\nSigned  text\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nabc\r\n--s--\r\n';
    const signed = await deliverMime(encoder.encode(`From: a@a.example\r\nSubject: S\r\n${entity}`));
    const bytes = await composeMime({ ...signed, mime: undefined });
    expect(Buffer.from(bytes).toString('latin1').endsWith(`\r\n${entity}`)).toBe(true);
    expect(comparable(await deliverMime(bytes))).toEqual(comparable(signed));
  });

  it('leaves out recipients without an address and keeps the fields that a client may set', async () => {
    const content = await message({
      toRecipients: [
        { name: 'Nobody', address: '' },
        { name: 'Ada', address: 'ada@a.example' },
      ],
      internetMessageHeaders: [
        { name: 'X-Ticket', value: '42' },
        { name: 'Received', value: 'from nowhere' },
      ],
    });
    const { toRecipients, internetMessageHeaders } = await roundTrip(content);
    expect(toRecipients).toEqual([{ name: 'Ada', address: 'ada@a.example' }]);
    expect(internetMessageHeaders).toContainEqual({ name: 'X-Ticket', value: '42' });
    expect(internetMessageHeaders.map(({ name }) => name)).not.toContain('Received');
  });
});
