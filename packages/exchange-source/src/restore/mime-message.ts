import type { JsonObject } from '@holdfast/contracts';
import PostalMime from 'postal-mime';
import type { Address, Email, Mailbox } from 'postal-mime';

import { MESSAGE_CLASS } from '../message-item.ts';
import { messageClassOfMime } from './mime-class.ts';
import { mailDateToIso } from './mime-date.ts';
import { bodyBytes, mediaTypeOf, storableBody, storableLine, withoutEnvelope } from './mime-text.ts';

/** A parsed message with the bytes it was parsed from. */
export interface ParsedMime {
  /** What the parser made of it. */
  readonly email: Email;
  /** The message itself, without byte order mark or mbox line. */
  readonly message: Uint8Array;
  /** The `Content-Type` of the whole, unfolded. */
  readonly contentType: string;
  /** Its media type, in lower case. */
  readonly mediaType: string;
  /** How the service keeps it: S/MIME of either form becomes one attachment ([MS-OXOSMIME] section 2.1.3). */
  readonly form: 'ordinary' | 'opaque' | 'signed';
}

/** Parses a message. Every sequence of bytes is one; what cannot be taken apart is text below its headers. */
export async function parseMime(bytes: Uint8Array): Promise<ParsedMime> {
  const message = withoutEnvelope(bytes);
  const options = { forceRfc822Attachments: true, maxHeadersSize: Number.MAX_SAFE_INTEGER };
  let email: Email;
  try {
    email = await PostalMime.parse(message, options);
  } catch {
    const body = bodyBytes(message);
    const headers = await PostalMime.parse(message.subarray(0, message.length - body.length), options);
    email = { ...headers, html: undefined, text: new TextDecoder().decode(body), attachments: [] };
  }
  const contentType = headerOf(email, 'content-type') ?? 'text/plain';
  const mediaType = mediaTypeOf(contentType, 'text/plain');
  return { email, message, contentType, mediaType, form: formOf(email, contentType, mediaType) };
}

/** The value of the first header of that name (in lower case), on one line. */
export function headerOf(email: Email, name: string): string | undefined {
  const header = email.headers.find(({ key }) => key === name);
  return header === undefined ? undefined : storableLine(header.value);
}

/** The properties of an attached message, with the names of Graph; `fallbackTime` stands in for a missing date. */
export function messageOfMime(parsed: ParsedMime, fallbackTime: string | undefined): JsonObject {
  const { email, form } = parsed;
  const from = recipientsOf(email.from)[0] ?? recipientsOf(email.sender)[0];
  const sender = recipientsOf(email.sender)[0] ?? from;
  const relays = email.headers.filter(({ key }) => key === 'received').map(({ value }) => relayTime(value));
  const known = relays.filter((time) => time !== undefined);
  const sent = mailDateToIso(headerOf(email, 'date') ?? '') ?? known.at(-1) ?? fallbackTime;
  const received = known[0] ?? fallbackTime ?? sent;
  const messageId = messageIdOf(headerOf(email, 'message-id') ?? '');
  const messageClass = form === 'ordinary' ? messageClassOfMime(email, parsed.contentType) : SMIME_CLASSES[form];
  return {
    subject: storableLine(email.subject ?? ''),
    body: bodyOf(parsed),
    ...(from === undefined ? {} : { from }),
    ...(sender === undefined ? {} : { sender }),
    toRecipients: recipientsOf(...(email.to ?? [])),
    ccRecipients: recipientsOf(...(email.cc ?? [])),
    bccRecipients: recipientsOf(...(email.bcc ?? [])),
    replyTo: recipientsOf(...(email.replyTo ?? [])),
    importance: importanceOf(email),
    isDraft: false,
    isRead: false,
    ...(messageId === undefined ? {} : { internetMessageId: messageId }),
    ...(sent === undefined ? {} : { sentDateTime: sent }),
    ...(received === undefined ? {} : { receivedDateTime: received }),
    singleValueExtendedProperties: [{ id: MESSAGE_CLASS, value: messageClass }],
  };
}

const SMIME_CLASSES = { opaque: 'IPM.Note.SMIME', signed: 'IPM.Note.SMIME.MultipartSigned' } as const;

function formOf(email: Email, contentType: string, mediaType: string): ParsedMime['form'] {
  if (mediaType === 'multipart/signed') return 'signed';
  if (/^application\/(?:x-)?pkcs7-mime$/.test(mediaType)) return 'opaque';
  if (mediaType !== 'application/octet-stream') return 'ordinary';
  const disposition = headerOf(email, 'content-disposition') ?? '';
  const isNamed = /\bname="?[^";]*\.p7m\b/i.test(contentType) || /filename="?[^";]*\.p7m\b/i.test(disposition);
  return isNamed ? 'opaque' : 'ordinary';
}

function bodyOf({ email, message, mediaType, form }: ParsedMime): JsonObject {
  if (form === 'opaque') return { contentType: 'text', content: '' };
  if (email.html !== undefined) return { contentType: 'html', content: storableBody(email.html) };
  const isEmpty = email.text === undefined && email.attachments.length === 0;
  // A multipart without any part that can be told from another is shown as it stands.
  const isRaw = isEmpty && form === 'ordinary' && mediaType.startsWith('multipart/');
  const text = isRaw ? new TextDecoder().decode(bodyBytes(message)) : (email.text ?? '');
  return { contentType: 'text', content: storableBody(text) };
}

function recipientsOf(...addresses: readonly (Address | undefined)[]): JsonObject[] {
  const recipients: JsonObject[] = [];
  for (const entry of addresses) {
    const mailboxes: readonly Mailbox[] = entry === undefined ? [] : (entry.group ?? [entry]);
    for (const mailbox of mailboxes) {
      const address = storableLine(mailbox.address);
      const name = storableLine(mailbox.name) || address;
      if (name !== '') recipients.push({ emailAddress: { name, address } });
    }
  }
  return recipients;
}

function relayTime(value: string): string | undefined {
  return mailDateToIso(value.slice(value.lastIndexOf(';') + 1));
}

function messageIdOf(value: string): string | undefined {
  const bracketed = /<[^<>]+>/.exec(value)?.[0];
  const bare = value.replaceAll(/[<>\s]/g, '');
  return bracketed ?? (bare === '' ? undefined : `<${bare}>`);
}

function importanceOf(email: Email): 'high' | 'low' | 'normal' {
  const names = ['importance', 'x-priority', 'x-msmail-priority', 'priority'];
  const value = names.map((name) => headerOf(email, name)).find((text) => text !== undefined) ?? '';
  if (/^\s*(?:high|urgent|[12])\b/i.test(value)) return 'high';
  return /^\s*(?:low|non-urgent|[45])\b/i.test(value) ? 'low' : 'normal';
}
