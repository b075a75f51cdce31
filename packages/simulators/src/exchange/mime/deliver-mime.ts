import { createHash } from 'node:crypto';

import PostalMime from 'postal-mime';
import type { Attachment, Email } from 'postal-mime';

import type { AttachmentContent, MessageBody, MessageContent, MessageHeader } from '../message-content.ts';
import { cleanLine, cleanText } from './clean-text.ts';
import { deliverAttachments, partBytes } from './deliver-attachments.ts';
import { headerValue, importanceOf, relayTimes, toMessageHeaders } from './header-fields.ts';
import { toEmailAddress, toEmailAddresses } from './mail-addresses.ts';
import { clampTime, parseMailDate } from './mail-date.ts';
import { parseMediaType } from './media-type.ts';
import { isOpaqueSmime, messageClassOf } from './message-class.ts';
import { bodyOffset, stripEnvelope } from './raw-message.ts';

/** `$expand` of Graph follows attached messages 30 levels deep; below that they stay files. */
const DEEPEST_MESSAGE = 30;

/** Options of {@link deliverMime}. */
export interface DeliverMimeOptions {
  /**
   * When the server received the message, milliseconds since 1970, for messages that carry no `Received` field.
   *
   * @defaultValue the time it was sent
   */
  readonly receivedTime?: number | undefined;
}

/**
 * Reads a message as an Exchange server does on delivery.
 *
 * Never throws and never rejects: whatever the bytes are, they are a message. The bytes themselves are kept in `mime`,
 * one for one. Strings are valid Unicode without NUL; times are whole seconds between the years 1601, where the store's
 * FILETIME begins, and 9999, the last a Graph dateTime can print. Attached messages become items, to 30 levels; they
 * keep no MIME of their own, since a store does not keep it. Opaque S/MIME becomes one attachment without a body, a
 * clear-signed message one attachment beside the body ([MS-OXOSMIME] section 2.1.3). An iCalendar part gives the
 * message its class and stays visible as an attachment; TNEF (`winmail.dat`) is not unpacked.
 *
 * @example What a server makes of a short message
 * ```ts
 * import { deliverMime } from '@holdfast/simulators/exchange';
 *
 * const bytes = new TextEncoder().encode('From: Ada <ada@example.com>\r\nSubject: Tea\r\n\r\nAt four?\r\n');
 * const content = await deliverMime(bytes);
 * const { subject } = content; // 'Tea'
 * ```
 */
export async function deliverMime(bytes: Uint8Array, options: DeliverMimeOptions = {}): Promise<MessageContent> {
  const content = await deliverAt(bytes, options, 0);
  return { ...content, mime: bytes };
}

async function deliverAt(bytes: Uint8Array, options: DeliverMimeOptions, depth: number): Promise<MessageContent> {
  const message = stripEnvelope(bytes);
  const email = await parse(message);
  const headers = toMessageHeaders(email.headers);
  const structure = await readStructure(
    message,
    email,
    headers,
    async (part) => deliverAt(part, options, depth + 1),
    depth,
  );

  const from = toEmailAddress(email.from) ?? toEmailAddress(email.sender);
  const relays = relayTimes(headers);
  const written = parseMailDate(headerValue(headers, 'date') ?? '');
  const sentTime = written ?? relays.at(-1) ?? options.receivedTime ?? 0;

  return {
    ...structure,
    mime: undefined,
    subject: cleanLine(email.subject ?? ''),
    from,
    sender: toEmailAddress(email.sender) ?? from,
    toRecipients: toEmailAddresses(email.to),
    ccRecipients: toEmailAddresses(email.cc),
    bccRecipients: toEmailAddresses(email.bcc),
    replyTo: toEmailAddresses(email.replyTo),
    internetMessageId: messageId(headers, bytes),
    internetMessageHeaders: headers,
    sentTime: clampTime(sentTime),
    receivedTime: clampTime(relays[0] ?? options.receivedTime ?? sentTime),
    importance: importanceOf(headers),
    isRead: false,
    isDraft: false,
    flag: { flagStatus: 'notFlagged' },
    categories: [],
  };
}

/** Class, body and attachments: what follows from the structure of the message rather than from single fields. */
type MessageStructure = Pick<MessageContent, 'attachments' | 'body' | 'messageClass'>;

async function readStructure(
  message: Uint8Array,
  email: Email,
  headers: readonly MessageHeader[],
  deliver: (bytes: Uint8Array) => Promise<MessageContent>,
  depth: number,
): Promise<MessageStructure> {
  const contentType = headerValue(headers, 'content-type') ?? 'text/plain';
  const root = parseMediaType(contentType);

  if (isOpaqueSmime(root, headerValue(headers, 'content-disposition') ?? '')) {
    const part = email.attachments[0];
    const bytes = part === undefined ? new Uint8Array() : partBytes(part);
    return {
      messageClass: 'IPM.Note.SMIME',
      body: { contentType: 'text', content: '' },
      attachments: [smimeAttachment(root.type, bytes)],
    };
  }

  if (root.type === 'multipart/signed') {
    // The whole entity with its Content-Type, so that the signature can still be checked.
    const header = new TextEncoder().encode(`Content-Type: ${contentType}\r\n\r\n`);
    const bytes = concat(header, message.subarray(bodyOffset(message)));
    return {
      messageClass: 'IPM.Note.SMIME.MultipartSigned',
      body: toBody(email),
      attachments: [smimeAttachment(root.type, bytes)],
    };
  }

  const isEmpty = email.html === undefined && email.text === undefined && email.attachments.length === 0;
  const unreadable = isEmpty && root.type.startsWith('multipart/');
  return {
    messageClass: messageClassOf(root, email.attachments),
    // A multipart without a part that can be told from another is shown as it stands.
    body: unreadable ? rawBody(message) : toBody(email),
    attachments: await deliverAttachments(email.attachments, {
      html: email.html,
      deliver: depth < DEEPEST_MESSAGE ? deliver : undefined,
    }),
  };
}

/** Parses without limits on headers; what nests too deeply for the parser is read as plain text below its headers. */
async function parse(message: Uint8Array): Promise<Email> {
  const options = { forceRfc822Attachments: true, maxHeadersSize: Number.MAX_SAFE_INTEGER };
  try {
    return await PostalMime.parse(message, options);
  } catch {
    const headersOnly = await PostalMime.parse(message.subarray(0, bodyOffset(message)), options);
    return { ...headersOnly, html: undefined, text: rawBody(message).content, attachments: [] satisfies Attachment[] };
  }
}

function toBody(email: Email): MessageBody {
  return email.html === undefined
    ? { contentType: 'text', content: storedText(email.text ?? '') }
    : { contentType: 'html', content: storedText(email.html) };
}

function rawBody(message: Uint8Array): MessageBody {
  const content = new TextDecoder().decode(message.subarray(bodyOffset(message)));
  return { contentType: 'text', content: storedText(content) };
}

/** The service shows bodies with CRLF, whatever the message had. */
function storedText(text: string): string {
  return cleanText(text).replace(/\r?\n/g, '\r\n');
}

function smimeAttachment(contentType: string, bytes: Uint8Array): AttachmentContent {
  return { kind: 'file', name: 'smime.p7m', contentType, isInline: false, contentId: undefined, bytes };
}

/** The Message-ID in angle brackets; where a message has none the server makes one up, always the same for its bytes. */
function messageId(headers: readonly MessageHeader[], bytes: Uint8Array): string {
  const value = headerValue(headers, 'message-id') ?? '';
  const bracketed = /<[^<>]+>/.exec(value)?.[0];
  if (bracketed !== undefined) return bracketed;
  const bare = value.replace(/[<>\s]/g, '');
  if (bare !== '') return `<${bare}>`;
  return `<${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}@mailbox.invalid>`;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const result = new Uint8Array(first.length + second.length);
  result.set(first);
  result.set(second, first.length);
  return result;
}
