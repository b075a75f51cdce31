import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { MessageContent } from '../../src/exchange/message-content.ts';
import { deliverMime } from '../../src/exchange/mime/deliver-mime.ts';

const numRuns = process.env['SLOW'] === '1' ? 5_000 : 200;
const encoder = new TextEncoder();

function lines(...parts: string[]): Uint8Array {
  return encoder.encode(parts.join('\r\n'));
}

/** A message with one part of every kind, as a base to damage. */
const RICH = lines(
  'Received: from a.example by b.example; Tue, 3 Mar 2026 10:11:12 +0100',
  'From: =?utf-8?Q?J=C3=B6rg?= <joerg@a.example>',
  'To: Team: ada@b.example, "Bo, B." <bo@b.example>;, undisclosed-recipients:;',
  'Subject: =?koi8-r?B?8NLJ18XU?=',
  'Date: Tue, 3 Mar 2026 09:11:10 +0000',
  'Message-ID: <rich@a.example>',
  'X-Priority: 2 (High)',
  'Content-Type: multipart/mixed; boundary=outer',
  '',
  '--outer',
  'Content-Type: multipart/related; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/html; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '<p>Gr=FC=DFe <img src=3D"cid:logo@a"></p>',
  '--inner',
  'Content-Type: image/png',
  'Content-ID: <logo@a>',
  'Content-Transfer-Encoding: base64',
  '',
  'iVBORw0KGgo=',
  '--inner--',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: Inside',
  'Content-Type: multipart/mixed; boundary=third',
  '',
  '--third',
  '',
  'Body inside',
  '--third',
  'Content-Type: message/rfc822',
  '',
  'Subject: Deepest',
  '',
  'The end',
  '--third--',
  '--outer--',
  '',
);

function expectStorable(content: MessageContent): void {
  const strings = [
    content.subject,
    content.body.content,
    content.internetMessageId,
    content.from?.name ?? '',
    ...content.internetMessageHeaders.flatMap(({ name, value }) => [name, value]),
    ...[...content.toRecipients, ...content.ccRecipients, ...content.replyTo].flatMap((to) => [to.name, to.address]),
    ...content.attachments.map((attachment) => attachment.name),
  ];
  for (const text of strings) {
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toContain('\0');
  }
  for (const time of [content.sentTime, content.receivedTime]) {
    expect(new Date(time).toISOString()).toMatch(/^(?:1[6-9]|[2-9]\d)\d\d-.*\.000Z$/);
  }
  for (const attachment of content.attachments) if (attachment.kind === 'item') expectStorable(attachment.item);
}

describe('delivering a message', () => {
  it('shows fields, body, inline picture and attached messages', async () => {
    const content = await deliverMime(RICH);
    expect(content.mime).toBe(RICH);
    expect(content).toMatchObject({
      messageClass: 'IPM.Note',
      subject: 'Привет',
      from: { name: 'Jörg', address: 'joerg@a.example' },
      sender: { name: 'Jörg', address: 'joerg@a.example' },
      toRecipients: [
        { name: 'ada@b.example', address: 'ada@b.example' },
        { name: 'Bo, B.', address: 'bo@b.example' },
      ],
      internetMessageId: '<rich@a.example>',
      importance: 'high',
      sentTime: Date.UTC(2026, 2, 3, 9, 11, 10),
      receivedTime: Date.UTC(2026, 2, 3, 9, 11, 12),
      isDraft: false,
    });
    expect(content.body).toEqual({ contentType: 'html', content: expect.stringContaining('Grüße') });
    expect(content.attachments).toMatchObject([
      { kind: 'file', name: 'ATT00001.png', contentType: 'image/png', isInline: true, contentId: 'logo@a' },
      {
        kind: 'item',
        name: 'Inside',
        item: { mime: undefined, subject: 'Inside', attachments: [{ kind: 'item', item: { subject: 'Deepest' } }] },
      },
    ]);
  });

  it('makes a message of any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        const content = await deliverMime(bytes);
        expect(content.mime).toBe(bytes);
        expectStorable(content);
      }),
      { numRuns },
    );
  });

  it('makes a message of a damaged message', async () => {
    const change = fc.record({ at: fc.nat(RICH.length - 1), byte: fc.nat(255), cut: fc.nat(40) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        let bytes = Buffer.from(RICH);
        for (const { at, byte, cut } of changes) {
          const start = at % (bytes.length + 1);
          bytes = Buffer.concat([
            bytes.subarray(0, start),
            Buffer.of(byte),
            bytes.subarray(start + (cut > 20 ? cut : 1)),
          ]);
        }
        const content = await deliverMime(bytes);
        expect(content.mime).toBe(bytes);
        expectStorable(content);
      }),
      { numRuns },
    );
  });

  it('shows the text of a message whose parts nest deeper than the parser goes', async () => {
    const opening = Array.from(
      { length: 400 },
      (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
    );
    const content = await deliverMime(encoder.encode(`Subject: Deep\r\n${opening.join('')}`));
    expect(content.subject).toBe('Deep');
    expect(content.body.content).toContain('boundary=b399');
  });

  it('stops opening attached messages at the thirtieth level and keeps the rest as a file', async () => {
    const head = 'Subject: Level\r\nContent-Type: message/rfc822\r\n\r\n';
    let { attachments } = await deliverMime(encoder.encode(`${head.repeat(40)}Subject: Last\r\n\r\nEnd`));
    let depth = 0;
    while (attachments[0]?.kind === 'item') {
      depth += 1;
      ({ attachments } = attachments[0].item);
    }
    expect(depth).toBe(30);
    expect(attachments).toMatchObject([{ kind: 'file', contentType: 'message/rfc822' }]);
  });

  it('reads a message that an mbox line or a byte order mark stands in front of', async () => {
    for (const prefix of ['From ada@a.example Tue Mar  3 10:11:12 2026\n', '\uFEFF']) {
      const content = await deliverMime(encoder.encode(`${prefix}Subject: Plain\n\nText\n`));
      expect(content).toMatchObject({ subject: 'Plain', body: { content: 'Text\r\n' } });
      expect(content.internetMessageHeaders).toEqual([{ name: 'Subject', value: 'Plain' }]);
    }
  });

  it('makes up the same Message-ID for the same bytes', async () => {
    const [first, again, other] = await Promise.all(
      ['Subject: A\r\n\r\nx', 'Subject: A\r\n\r\nx', 'Subject: A\r\n\r\ny'].map((text) =>
        deliverMime(encoder.encode(text)),
      ),
    );
    expect(first?.internetMessageId).toMatch(/^<[0-9a-f]{32}@mailbox\.invalid>$/);
    expect(again?.internetMessageId).toBe(first?.internetMessageId);
    expect(other?.internetMessageId).not.toBe(first?.internetMessageId);
  });

  it('takes a missing date from the oldest relay, then from the server, then leaves it at 1970', async () => {
    const relayed = lines(
      'Received: by b; 3 Mar 2026 10:00:05 +0000',
      'Received: by a; 3 Mar 2026 10:00:01 +0000',
      '',
      '',
    );
    const times = async (bytes: Uint8Array, receivedTime?: number): Promise<number[]> => {
      const { sentTime, receivedTime: received } = await deliverMime(bytes, { receivedTime });
      return [sentTime, received];
    };
    expect(await times(relayed, 5_000)).toEqual([Date.UTC(2026, 2, 3, 10, 0, 1), Date.UTC(2026, 2, 3, 10, 0, 5)]);
    expect(await times(lines('Subject: A', '', ''), 5_999)).toEqual([5_000, 5_000]);
    expect(await times(lines('Subject: A', '', ''))).toEqual([0, 0]);
    expect(await times(lines('Date: Thu, 1 Jan 1970 00:00:07 GMT', '', ''), Number.NaN)).toEqual([7_000, 0]);
  });

  it.each([
    [
      'multipart/report; report-type=delivery-status; boundary=b',
      'message/delivery-status',
      'Action: failed',
      'REPORT.IPM.Note.NDR',
    ],
    [
      'multipart/report; report-type=delivery-status; boundary=b',
      'message/delivery-status',
      'Action: delivered',
      'REPORT.IPM.Note.DR',
    ],
    [
      'multipart/report; report-type=disposition-notification; boundary=b',
      'message/disposition-notification',
      'Disposition: manual-action/MDN-sent-manually; displayed',
      'REPORT.IPM.Note.IPNRN',
    ],
    [
      'multipart/alternative; boundary=b',
      'text/calendar; method=REQUEST',
      'BEGIN:VCALENDAR',
      'IPM.Schedule.Meeting.Request',
    ],
    ['multipart/alternative; boundary=b', 'text/calendar', 'METHOD:CANCEL', 'IPM.Schedule.Meeting.Canceled'],
    [
      'multipart/alternative; boundary=b',
      'text/calendar; method=reply',
      'ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.example',
      'IPM.Schedule.Meeting.Resp.Neg',
    ],
    ['multipart/mixed; boundary=b', 'application/pdf', 'JVBERi0=', 'IPM.Note'],
  ])('gives %s with %s (%s) the class %s', async (root, type, body, messageClass) => {
    const bytes = lines(
      `Content-Type: ${root}`,
      '',
      '--b',
      '',
      'Text',
      '--b',
      `Content-Type: ${type}`,
      '',
      body,
      '--b--',
      '',
    );
    expect((await deliverMime(bytes)).messageClass).toBe(messageClass);
  });

  it.each([
    'application/pkcs7-mime; smime-type=enveloped-data',
    'application/x-pkcs7-mime; smime-type=signed-data',
    'application/octet-stream; name="smime.p7m"',
  ])('keeps opaque S/MIME (%s) as one attachment without a body', async (type) => {
    const bytes = lines(
      'Subject: Secret',
      `Content-Type: ${type}`,
      'Content-Transfer-Encoding: base64',
      '',
      'MIIB',
      '',
    );
    expect(await deliverMime(bytes)).toMatchObject({
      messageClass: 'IPM.Note.SMIME',
      body: { contentType: 'text', content: '' },
      attachments: [{ name: 'smime.p7m', contentType: type.split(';')[0], bytes: Uint8Array.of(0x30, 0x82, 0x01) }],
    });
  });

  it('shows the text of a clear-signed message and keeps the signed entity as its one attachment', async () => {
    const entity = [
      'Content-Type: multipart/signed; boundary=s',
      '',
      '--s',
      '',
      'Signed text',
      '--s',
      'Content-Type: application/pkcs7-signature',
      '',
      'MIIB',
      '--s--',
      '',
    ];
    const content = await deliverMime(lines('Subject: Signed', ...entity));
    expect(content.messageClass).toBe('IPM.Note.SMIME.MultipartSigned');
    expect(content.body.content.trim()).toBe('Signed text');
    expect(content.attachments).toMatchObject([
      { name: 'smime.p7m', contentType: 'multipart/signed', bytes: lines(...entity) },
    ]);
  });
});
