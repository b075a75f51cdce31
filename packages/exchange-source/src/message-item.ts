import { createHash } from 'node:crypto';

import type { ItemSummary, JsonObject, JsonValue, SourceItem } from '@holdfast/contracts';

import { asArray, asObject, asString, canonicalJson } from './json-access.ts';

/** Extended property PidTagMessageClass, for instance `IPM.Note.SMIME` ([MS-OXPROPS] section 2.786). */
export const MESSAGE_CLASS = 'String 0x001A';

/** Properties that change without the content. */
const VOLATILE: readonly string[] = ['categories', 'flag', 'importance', 'inferenceClassification', 'isRead'];

/** The service's own bookkeeping: told, but neither content nor anything that a restore could set. */
const BOOKKEEPING: readonly string[] = ['changeKey', 'id', 'lastModifiedDateTime', 'parentFolderId', 'webLink'];

const CONTENT: readonly string[] = [
  'bccRecipients',
  'body',
  'ccRecipients',
  'conversationId',
  'conversationIndex',
  'createdDateTime',
  'from',
  'hasAttachments',
  'internetMessageId',
  'isDeliveryReceiptRequested',
  'isDraft',
  'isReadReceiptRequested',
  'receivedDateTime',
  'replyTo',
  'sender',
  'sentDateTime',
  'subject',
  'toRecipients',
];

const KEPT_RECIPIENTS = 20;

/** How every message is asked for, wherever it is read as a whole. */
export const MESSAGE_QUERY: Readonly<Record<string, string>> = {
  $select: [...CONTENT, ...VOLATILE, 'changeKey', 'id', 'lastModifiedDateTime', 'parentFolderId'].toSorted().join(','),
  $expand: `singleValueExtendedProperties($filter=id eq '${MESSAGE_CLASS}')`,
};

/** How a message is asked for that cannot be shown as a whole: what the service need not convert to tell it. */
export const BARE_QUERY: Readonly<Record<string, string>> = {
  $select: 'changeKey,createdDateTime,id,isDraft,isRead,lastModifiedDateTime,parentFolderId,receivedDateTime',
};

/** Whether an entry of a change feed tells a message as a whole; the service may tell no more than what has changed. */
export function isWhole(message: JsonObject): boolean {
  return ['body', 'changeKey', 'createdDateTime', 'isDraft', 'subject'].every((name) => message[name] !== undefined);
}

/** Whether an item was told without its properties, because the service could not show them. */
export function isBare({ listed }: SourceItem): boolean {
  return listed['body'] === undefined;
}

/**
 * Turns a message as the service tells it into an item.
 *
 * `contentKey` is made of the listed properties, so it sees a change of attachments only where `hasAttachments` changes;
 * otherwise the engine infers one from a `changeKey` that nothing else explains. What nothing can tell is that
 * attachments were changed (one of two taken out, say) between the same two runs as a flag, the read state or a
 * category: that explains the change key, and the content is not read again. No listed property tells them apart: the
 * size of a message counts flags and categories too (PidTagMessageSize, [MS-OXPROPS]), and every change moves
 * `lastModifiedDateTime`. Drafts, whose attachments do change, and messages told without properties have the change
 * key in it, so any change of theirs reads them again.
 */
export function toSourceItem(message: JsonObject): SourceItem {
  const changeKey = asString(message['changeKey']) ?? '';
  const listed = keep(message, (name) => !VOLATILE.includes(name) && !BOOKKEEPING.includes(name));
  const created = timeOf(message['createdDateTime']);
  const content = message['isDraft'] === true || !isWhole(message) ? { ...listed, changeKey } : listed;
  return {
    id: asString(message['id']) ?? '',
    kind: 'message',
    sortTime: created ?? 0,
    changeKey,
    contentKey: createHash('sha256').update(canonicalJson(content)).digest('hex'),
    summary: toSummary(message, created),
    volatile: keep(message, (name) => VOLATILE.includes(name)),
    listed,
  };
}

function keep(message: JsonObject, wanted: (name: string) => boolean): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const name of Object.keys(message).toSorted()) {
    const value = message[name];
    if (value !== undefined && !isNoise(name, value) && wanted(name)) kept[name] = withoutAnnotations(value);
  }
  return kept;
}

/** Annotations say nothing of the message, but for the type of a meeting message; a plain one is named in feeds only. */
function isNoise(name: string, value: JsonValue): boolean {
  return name.includes('@odata.') && (name !== '@odata.type' || value === '#microsoft.graph.message');
}

/** Drops annotations of nested objects too: they carry etags and addresses that change by themselves. */
function withoutAnnotations(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((entry) => withoutAnnotations(entry));
  const object = asObject(value);
  return object === undefined ? value : keep(object, () => true);
}

function toSummary(message: JsonObject, created: number | undefined): ItemSummary {
  return {
    subject: asString(message['subject']) ?? '',
    from: mailbox(message['from']) ?? mailbox(message['sender']),
    to: asArray(message['toRecipients'])
      .map((recipient) => mailbox(recipient))
      .filter((recipient) => recipient !== undefined)
      .slice(0, KEPT_RECIPIENTS),
    date: timeOf(message['receivedDateTime']) ?? created ?? 0,
    size: undefined,
    hasAttachments: message['hasAttachments'] === true,
  };
}

function mailbox(recipient: JsonValue | undefined): string | undefined {
  const emailAddress = asObject(asObject(recipient)?.['emailAddress']);
  const name = asString(emailAddress?.['name']) ?? '';
  const address = asString(emailAddress?.['address']) ?? '';
  if (name === '' || name === address) return address === '' ? undefined : address;
  return address === '' ? name : `${name} <${address}>`;
}

function timeOf(value: JsonValue | undefined): number | undefined {
  const time = Date.parse(asString(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}
