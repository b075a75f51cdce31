import type { EmailAddress, MessageContent } from '../message-content.ts';
import { toDateTime } from '../protocol/date-time.ts';

/** Shows an address as a `recipient`. */
export function presentRecipient({ name, address }: EmailAddress): unknown {
  return { emailAddress: { name, address } };
}

/**
 * Shows what a message says, in the order of the service: everything but ids, change keys and times of the store.
 * A message without author or sender lacks these properties.
 */
export function presentContent(content: MessageContent): Readonly<Record<string, unknown>> {
  return {
    categories: content.categories,
    receivedDateTime: toDateTime(content.receivedTime),
    sentDateTime: toDateTime(content.sentTime),
    hasAttachments: content.attachments.some(({ isInline }) => !isInline),
    internetMessageId: content.internetMessageId,
    subject: content.subject,
    bodyPreview: bodyPreview(content),
    importance: content.importance,
    isDeliveryReceiptRequested: false,
    isReadReceiptRequested: false,
    isRead: content.isRead,
    isDraft: content.isDraft,
    inferenceClassification: 'focused',
    body: content.body,
    ...(content.sender && { sender: presentRecipient(content.sender) }),
    ...(content.from && { from: presentRecipient(content.from) }),
    toRecipients: content.toRecipients.map(presentRecipient),
    ccRecipients: content.ccRecipients.map(presentRecipient),
    bccRecipients: content.bccRecipients.map(presentRecipient),
    replyTo: content.replyTo.map(presentRecipient),
    flag: content.flag,
  };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

/** The first 255 characters of the body as plain text. */
function bodyPreview({ body }: MessageContent): string {
  // Enough text for 255 characters of most bodies; markup without end is not worth reading.
  const start = body.content.slice(0, 20_000);
  const text =
    body.contentType === 'text'
      ? start
      : start
          .replace(/<(style|script|head)\b[\s\S]*?(<\/\1>|$)/gi, '')
          .replace(/<[^>]*>/g, ' ')
          .replace(/&(amp|lt|gt|quot|nbsp);/g, (entity, name: string) => ENTITIES[name] ?? entity);
  const preview = text
    .trim()
    .replace(/[ \t]+/g, ' ')
    .slice(0, 255);
  // A pair of surrogates that is cut in two would not be valid text.
  return preview.isWellFormed() ? preview : preview.toWellFormed();
}
