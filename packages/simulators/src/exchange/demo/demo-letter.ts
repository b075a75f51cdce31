import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailComposerAlternative, MailComposerAttachment } from 'nodemailer/lib/mail-composer';

import type { EmailAddress, MessageContent } from '../message-content.ts';
import { encodeHeader, encodeText, fitsCharset } from './demo-charset.ts';
import type { DemoFile } from './demo-files.ts';
import type { DemoRandom } from './demo-random.ts';

/** Everything that goes into the MIME of one demo message. */
export interface DemoLetter {
  /** Message-ID in angle brackets. */
  readonly messageId: string;
  /** Message-IDs of the conversation so far, the oldest first. */
  readonly references: readonly string[];
  /** Author. */
  readonly from: EmailAddress;
  /** To. */
  readonly to: readonly EmailAddress[];
  /** Cc. */
  readonly cc: readonly EmailAddress[];
  /** Subject. */
  readonly subject: string;
  /** When it was written, milliseconds since 1970. */
  readonly time: number;
  /** Importance. */
  readonly importance: MessageContent['importance'];
  /** Whether it came over the network, and shows it in its header fields. */
  readonly received: boolean;
  /** Which kinds of body it has. */
  readonly style: 'alternative' | 'html' | 'text';
  /** The paragraphs of the body. */
  readonly paragraphs: readonly string[];
  /** The paragraphs of the message it answers; empty if it answers none. */
  readonly quoted: readonly string[];
  /** Charset of body and subject; what does not fit is written in UTF-8. */
  readonly charset: string;
  /** Transfer encoding of the body. */
  readonly encoding: '7bit' | '8bit' | 'base64' | 'quoted-printable';
  /** Attached files. */
  readonly files: readonly DemoFile[];
  /** Picture that the HTML shows. */
  readonly picture: DemoFile | undefined;
  /** MIME of messages that are attached. */
  readonly messages: readonly Uint8Array[];
}

const MAILERS = ['Evolution 3.52', 'Apple Mail (2.3774)', 'Mozilla Thunderbird', 'Roundcube Webmail/1.6', 'Mutt/2.2'];
const PICTURE_ID = 'picture';

/** Writes the MIME of a message as mail programs do: CRLF, folded header fields, the charset and encoding asked for. */
export async function writeLetter(letter: DemoLetter, random: DemoRandom): Promise<Uint8Array> {
  const text = plainText(letter);
  const fits = fitsCharset(text, letter.charset) && fitsCharset(letter.subject, letter.charset);
  // UTF-8 is not always 7bit, so a text that did not fit gets an encoding that takes all of it.
  const charset = fits ? letter.charset : 'utf-8';
  const encoding = fits ? letter.encoding : 'quoted-printable';
  const contentId = `${PICTURE_ID}.${random.hex(8)}@demo.example`;
  const html = htmlText(letter, charset, letter.picture === undefined ? undefined : contentId);

  const texts = [
    ...(letter.style === 'html' ? [] : [textPart('text/plain', text, charset, encoding)]),
    ...(letter.style === 'text' ? [] : [textPart('text/html', html, charset, encoding)]),
  ];
  const attachments = [
    ...(letter.picture === undefined ? [] : [picturePart(letter.picture, contentId)]),
    ...letter.files.map(filePart),
    ...letter.messages.map(messagePart),
  ];
  const node = new MailComposer({
    from: mailbox(letter.from),
    to: letter.to.map(mailbox),
    cc: letter.cc.map(mailbox),
    messageId: letter.messageId,
    date: mailDate(letter.time, random.pick([0, 60, 120, -300, 330, 540])),
    ...(letter.references.length === 0
      ? {}
      : { inReplyTo: letter.references.at(-1), references: letter.references.join(' ') }),
    headers: [
      ...(letter.received ? relayFields(letter, random) : []),
      { key: 'Subject', value: { prepared: true, foldLines: true, value: encodeHeader(letter.subject, charset) } },
      { key: 'X-Mailer', value: random.pick(MAILERS) },
      ...(letter.importance === 'normal' ? [] : [{ key: 'Importance', value: letter.importance }]),
    ],
    alternatives: texts,
    attachments,
    baseBoundary: random.hex(20),
    boundaryPrefix: '----=_Part',
    newline: 'win',
  }).compile();
  const [only, second] = [...texts, ...attachments];
  if (only?.raw === undefined || second !== undefined) return new Uint8Array(await node.build());
  // A message that is nothing but one ready-made part: the composer would write the part without the message's fields.
  const fields = node.buildHeaders().replace(/\r\nContent-Type:(?:.|\r\n[ \t])*/i, '');
  return new Uint8Array(Buffer.concat([Buffer.from(`${fields}\r\n`), rawPart(only)]));
}

/** A text part; 7bit and 8bit are written ready-made, because the composer would encode them after all. */
function textPart(
  type: string,
  content: string,
  charset: string,
  encoding: DemoLetter['encoding'],
): MailComposerAlternative {
  const contentType = `${type}; charset=${charset}`;
  const bytes = Buffer.from(encodeText(content, charset));
  if (encoding === 'base64' || encoding === 'quoted-printable') {
    return { contentType, content: bytes, contentTransferEncoding: encoding };
  }
  const fields = `Content-Type: ${contentType}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  return { contentType, raw: Buffer.concat([Buffer.from(fields), bytes]) };
}

function rawPart(part: MailComposerAlternative): Buffer {
  return Buffer.isBuffer(part.raw) ? part.raw : Buffer.alloc(0);
}

function mailbox({ name, address }: EmailAddress): { name: string; address: string } {
  return { name: name === address ? '' : name, address };
}

function plainText({ paragraphs, quoted }: DemoLetter): string {
  const quote = quoted.flatMap((paragraph) => [`> ${paragraph}`, '>']).slice(0, -1);
  const blocks = quote.length === 0 ? paragraphs : [...paragraphs, quote.join('\r\n')];
  return `${blocks.join('\r\n\r\n')}\r\n`;
}

function htmlText({ paragraphs, quoted }: DemoLetter, charset: string, contentId: string | undefined): string {
  const lines = [
    '<!DOCTYPE html>',
    `<html><head><meta http-equiv="Content-Type" content="text/html; charset=${charset}"></head><body>`,
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
  ];
  if (contentId !== undefined) lines.push(`<p><img src="cid:${contentId}" width="64" height="64" alt=""></p>`);
  if (quoted.length > 0)
    lines.push('<blockquote>', ...quoted.map((line) => `<p>${escapeHtml(line)}</p>`), '</blockquote>');
  return [...lines, '</body></html>', ''].join('\r\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function filePart(file: DemoFile): MailComposerAttachment {
  return { filename: file.name, contentType: file.contentType, content: Buffer.from(file.bytes) };
}

function picturePart(file: DemoFile, contentId: string): MailComposerAttachment {
  return { ...filePart(file), cid: contentId, contentDisposition: 'inline' };
}

function messagePart(mime: Uint8Array): MailComposerAttachment {
  return {
    contentType: 'message/rfc822',
    contentDisposition: 'attachment',
    filename: false,
    content: Buffer.from(mime),
  };
}

/** Fields of the relays between two companies, newest first, with a signature like that of DKIM. */
function relayFields(letter: DemoLetter, random: DemoRandom): { key: string; value: string }[] {
  const domain = letter.from.address.split('@').at(-1) ?? 'demo.example';
  const id = random.hex(12).toUpperCase();
  const later = (seconds: number): string => mailDate(letter.time + seconds * 1000, 0);
  const base64 = (length: number): string => Buffer.from(random.bytes(length)).toString('base64');
  const inner = `from edge-${random.integer(1, 9)}.mail.demo.example (2001:db8::${random.hex(4)}) by store-${random.integer(1, 99)}.mail.demo.example (2001:db8:1::${random.hex(4)}) with ESMTPS (TLS 1.3) id ${id}; ${later(4)}`;
  const outer = `from mail.${domain} (mail.${domain} [192.0.2.${random.integer(1, 254)}]) by edge-${random.integer(1, 9)}.mail.demo.example with ESMTPS id ${random.hex(10)} for <${letter.to[0]?.address ?? ''}>; ${later(2)}`;
  const signature = (base64(128).match(/.{1,60}/g) ?? []).join(' ');
  return [
    { key: 'Received', value: inner },
    { key: 'Received', value: outer },
    {
      key: 'Authentication-Results',
      value: `mail.demo.example; dkim=pass (2048-bit key) header.d=${domain} header.s=s1; spf=pass smtp.mailfrom=${letter.from.address}; dmarc=pass header.from=${domain}`,
    },
    {
      key: 'DKIM-Signature',
      value: `v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=s1; t=${Math.floor(letter.time / 1000)}; h=from:to:cc:subject:date:message-id:mime-version:content-type; bh=${base64(32)}; b=${signature}`,
    },
    { key: 'Return-Path', value: `<${letter.from.address}>` },
  ];
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A date as RFC 5322 writes it, in the zone of the writer. */
function mailDate(time: number, zoneMinutes: number): string {
  const local = new Date(time + zoneMinutes * 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  const zone = `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zoneMinutes) / 60))}${two(Math.abs(zoneMinutes) % 60)}`;
  const date = `${WEEKDAYS[local.getUTCDay()]}, ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()}`;
  return `${date} ${clock} ${zone}`;
}
