import { createHash } from 'node:crypto';

import MailComposer from 'nodemailer/lib/mail-composer';
import type {
  MailComposerAlternative,
  MailComposerAttachment,
  MailComposerOptions,
} from 'nodemailer/lib/mail-composer';

import type { EmailAddress, FileAttachmentContent, ItemAttachmentContent, MessageContent } from '../message-content.ts';
import { headerValue } from './header-fields.ts';
import { clampTime } from './mail-date.ts';

/** Fields that a client may set by JSON and that the composer does not write from the model itself. */
const KEPT_FIELDS = /^(?:x-(?!priority$|msmail-priority$)[!-9;-~]*|in-reply-to|references|thread-index|thread-topic)$/i;

/**
 * Writes the MIME that a server makes of a message that was created by JSON, and of an attached message.
 *
 * Use it where {@link MessageContent.mime} is absent. The same content always gives the same bytes: date, Message-ID
 * and boundaries come from the content. Bcc is written, since a mailbox shows it to its owner. Lines end in CRLF. A
 * recipient without an address is left out, because a header cannot carry one.
 *
 * @example The MIME of a draft
 * ```ts
 * import { composeMime, deliverMime } from '@holdfast/simulators/exchange';
 *
 * const draft = await deliverMime(new TextEncoder().encode('Subject: Plan\r\n\r\nFirst thoughts\r\n'));
 * const bytes = await composeMime({ ...draft, mime: undefined, isDraft: true });
 * ```
 */
export async function composeMime(content: MessageContent): Promise<Uint8Array> {
  return new Uint8Array(await composeAt(content, 0));
}

async function composeAt(content: MessageContent, depth: number): Promise<Buffer> {
  const smime = smimePart(content);
  if (smime?.contentType === 'multipart/signed') return composeSigned(content, smime, depth);

  const attachments: MailComposerAttachment[] = [];
  for (const attachment of content.attachments) {
    // What a link becomes in MIME is not documented; it has no bytes that could be a part.
    if (attachment.kind === 'reference') continue;
    attachments.push(
      attachment.kind === 'item'
        ? toMessagePart(attachment, await composeAt(attachment.item, depth + 1))
        : toFilePart(attachment, smime === attachment ? opaqueType(content, attachment) : undefined),
    );
  }
  const isHtml = content.body.contentType === 'html';
  // Opaque S/MIME is the attachment alone; elsewhere even an empty body is a part, so that an attachment stays one.
  const body = smime === undefined ? bodyPart(content) : undefined;
  return build({ ...commonFields(content, depth), ...(isHtml ? { html: body } : { text: body }), attachments });
}

/** The attachment that stands for the whole message, if this is S/MIME as the store keeps it. */
function smimePart(content: MessageContent): FileAttachmentContent | undefined {
  const [only, second] = content.attachments;
  if (!content.messageClass.startsWith('IPM.Note.SMIME')) return undefined;
  return only?.kind === 'file' && second === undefined ? only : undefined;
}

/** A clear-signed message: our fields, then the signed entity as it was, which begins with its own Content-Type. */
async function composeSigned(content: MessageContent, entity: FileAttachmentContent, depth: number): Promise<Buffer> {
  const envelope = await build({ ...commonFields(content, depth), text: '' });
  const fields = envelope
    .toString('latin1')
    .split(/\r\n(?![ \t])/)
    .filter((field) => field !== '' && !/^content-/i.test(field));
  return Buffer.concat([Buffer.from(`${fields.join('\r\n')}\r\n`, 'latin1'), entity.bytes]);
}

async function build(options: MailComposerOptions): Promise<Buffer> {
  const node = new MailComposer(options).compile();
  node.keepBcc = true;
  return node.build();
}

function commonFields(content: MessageContent, depth: number): MailComposerOptions {
  const { from, sender } = content;
  const hash = createHash('sha256').update(`${content.internetMessageId}\n${content.subject}`).digest('hex');
  return {
    from: toMailboxes(from),
    sender: sender?.address === from?.address ? [] : toMailboxes(sender),
    to: toMailboxes(...content.toRecipients),
    cc: toMailboxes(...content.ccRecipients),
    bcc: toMailboxes(...content.bccRecipients),
    replyTo: toMailboxes(...content.replyTo),
    subject: content.subject,
    messageId: content.internetMessageId.trim() || `<${hash.slice(0, 32)}@mailbox.invalid>`,
    date: new Date(clampTime(content.sentTime)),
    headers: [...keptFields(content), ...importanceFields(content.importance)],
    newline: 'win',
    boundaryPrefix: '--_hf',
    // The depth keeps the boundaries of a message and of one attached to it apart, even if that is the same message.
    baseBoundary: `${hash.slice(0, 24)}_${depth}`,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function keptFields(content: MessageContent): { key: string; value: string }[] {
  return content.internetMessageHeaders
    .filter((header) => KEPT_FIELDS.test(header.name))
    .map((header) => ({ key: header.name, value: header.value }));
}

function importanceFields(importance: MessageContent['importance']): { key: string; value: string }[] {
  if (importance === 'normal') return [];
  return [
    { key: 'Importance', value: importance },
    { key: 'X-Priority', value: importance === 'high' ? '1' : '5' },
  ];
}

function toMailboxes(...addresses: (EmailAddress | undefined)[]): { name: string; address: string }[] {
  return addresses
    .filter((address) => address !== undefined)
    .filter(({ address }) => address.trim() !== '')
    .map(({ name, address }) => ({ name: name === address ? '' : name, address }));
}

/** The body; base64, because only that keeps every line end and every long line. */
function bodyPart(content: MessageContent): MailComposerAlternative {
  return { content: Buffer.from(content.body.content.toWellFormed(), 'utf8'), contentTransferEncoding: 'base64' };
}

function opaqueType(content: MessageContent, attachment: FileAttachmentContent): string {
  const declared = headerValue(content.internetMessageHeaders, 'content-type') ?? '';
  return declared.toLowerCase().startsWith(attachment.contentType) ? declared : attachment.contentType;
}

function toFilePart(attachment: FileAttachmentContent, wholeType: string | undefined): MailComposerAttachment {
  const { name, contentType, contentId, isInline, bytes } = attachment;
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isText = contentType === 'text/plain' || contentType === 'text/html';
  return {
    filename: name === '' ? false : name,
    // A part of a multipart type would be read as the structure of the message.
    contentType: wholeType ?? (contentType.startsWith('multipart/') ? 'application/octet-stream' : contentType),
    // Inline text would be read as a piece of the body.
    contentDisposition: isInline && !isText ? 'inline' : 'attachment',
    contentTransferEncoding: 'base64',
    content,
    ...(contentId === undefined ? {} : contentIdFields(contentId, { isInline })),
  };
}

/** An inline attachment goes beside the HTML, another one keeps its Content-ID where it is. */
function contentIdFields(
  contentId: string,
  { isInline }: { readonly isInline: boolean },
): Partial<MailComposerAttachment> {
  return isInline ? { cid: contentId } : { headers: [{ key: 'Content-ID', value: contentId }] };
}

function toMessagePart(attachment: ItemAttachmentContent, mime: Buffer): MailComposerAttachment {
  return {
    filename: messageFileName(attachment.name),
    contentType: 'message/rfc822',
    contentDisposition: attachment.isInline ? 'inline' : 'attachment',
    content: mime,
  };
}

function messageFileName(name: string): string | false {
  if (name === '') return false;
  return name.toLowerCase().endsWith('.eml') ? name : `${name}.eml`;
}
