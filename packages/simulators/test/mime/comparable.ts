import { createHash } from 'node:crypto';

import type { AttachmentContent, EmailAddress, MessageContent } from '../../src/exchange/message-content.ts';

/** What of a message survives being composed and delivered again; bytes stand as their hash. */
export function comparable(content: MessageContent): unknown {
  return {
    subject: content.subject,
    from: addresses([content.from]),
    to: addresses(content.toRecipients),
    cc: addresses(content.ccRecipients),
    bcc: addresses(content.bccRecipients),
    replyTo: addresses(content.replyTo),
    internetMessageId: content.internetMessageId,
    sentTime: content.sentTime,
    importance: content.importance,
    bodyType: content.body.contentType,
    // The parser ends a text with a line end of its own.
    body: content.body.content.trimEnd(),
    // A multipart/related stands in front of the files, so inline attachments come first.
    attachments: content.attachments
      .toSorted((one, other) => Number(isInline(other)) - Number(isInline(one)))
      .map(attachmentView),
  };
}

function isInline(attachment: AttachmentContent): boolean {
  return attachment.kind === 'file' && attachment.isInline;
}

function attachmentView(attachment: AttachmentContent): unknown {
  if (attachment.kind === 'item') return { name: attachment.name, item: comparable(attachment.item) };
  if (attachment.kind === 'reference') return { name: attachment.name };
  const { name, contentType, contentId, bytes } = attachment;
  return { name, contentType, contentId, size: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** Only addresses of the plain form: the composer quotes others, and writes domains in lower case. */
function addresses(list: readonly (EmailAddress | undefined)[]): string[] {
  return list
    .filter((entry) => entry !== undefined)
    .filter(({ address }) => /^[\w.+-]+@[\w.-]+$/.test(address))
    .map(({ name, address }) => `${name} <${address}>`.toLowerCase());
}
