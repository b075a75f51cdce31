import type { EmailAddress, MessageContent, MessageHeader } from '../message-content.ts';
import { MESSAGE_FLAGS } from '../present/extended-values.ts';
import { normalizePropertyId } from '../protocol/extended-property-id.ts';
import { GraphFailure, invalidPropertySet } from '../protocol/graph-failure.ts';
import { attachmentFromJson } from './attachment-from-json.ts';

/** A message as a client writes it. Its form has been checked against the description. */
export interface MessageJson {
  readonly attachments?: readonly Readonly<Record<string, unknown>>[];
  readonly bccRecipients?: readonly RecipientJson[];
  readonly body?: { readonly contentType?: 'html' | 'text' | null; readonly content?: string | null } | null;
  readonly categories?: readonly string[];
  readonly ccRecipients?: readonly RecipientJson[];
  readonly flag?: { readonly flagStatus?: 'complete' | 'flagged' | 'notFlagged' | null } | null;
  readonly from?: RecipientJson | null;
  readonly importance?: 'high' | 'low' | 'normal' | null;
  readonly internetMessageHeaders?: readonly { readonly name?: string | null; readonly value?: string | null }[];
  readonly internetMessageId?: string | null;
  readonly isRead?: boolean | null;
  readonly replyTo?: readonly RecipientJson[];
  readonly sender?: RecipientJson | null;
  readonly singleValueExtendedProperties?: readonly { readonly id?: string; readonly value?: string | null }[];
  readonly subject?: string | null;
  readonly toRecipients?: readonly RecipientJson[];
}

/** A recipient as a client writes it. */
export interface RecipientJson {
  readonly emailAddress?: { readonly name?: string | null; readonly address?: string | null } | null;
}

/** What a client has said about a message that is to be created. */
export interface NewMessage {
  /** The message. */
  readonly content: MessageContent;
  /** Extended properties that the service keeps as they are, by normalised id. */
  readonly extended: ReadonlyMap<string, string>;
}

/**
 * Properties that only the service sets. Whether the service refuses or ignores them is not documented for all; the
 * simulator refuses, so that clients do not send them. `isDraft`, `sentDateTime` and `receivedDateTime` are known to be
 * ignored: the extended properties 0x0E07, 0x0039 and 0x0E06 do their work.
 */
const SERVER_SET = [
  'id',
  'changeKey',
  'parentFolderId',
  'webLink',
  'bodyPreview',
  'conversationId',
  'createdDateTime',
  'lastModifiedDateTime',
  'hasAttachments',
];

/** Refuses the properties that only the service sets. */
export function refuseServerSet(json: MessageJson): void {
  const refused = SERVER_SET.find((name) => Object.hasOwn(json, name));
  if (refused !== undefined) throw invalidPropertySet(refused);
}

/** Reads a message that is to be created, as a message of its own or as an attached item. */
export function messageFromJson(
  json: MessageJson,
  defaults: { readonly now: number; readonly id: string },
): NewMessage {
  refuseServerSet(json);
  const extended = extendedProperties(json);
  const flags = takeInteger(extended, 'Integer 0xe07');
  const isDraft = flags === undefined || (flags & MESSAGE_FLAGS.unsent) !== 0;
  const sentTime = takeTime(extended, 'SystemTime 0x39') ?? defaults.now;
  const receivedTime = takeTime(extended, 'SystemTime 0xe06') ?? defaults.now;
  const messageClass = extended.get('String 0x1a') ?? 'IPM.Note';
  extended.delete('String 0x1a');
  const from = toAddress(json.from);
  const readItem = (item: object): MessageContent => messageFromJson(item, defaults).content;
  return {
    content: {
      messageClass,
      mime: undefined,
      subject: json.subject ?? '',
      body: { contentType: json.body?.contentType ?? 'text', content: json.body?.content ?? '' },
      from,
      sender: toAddress(json.sender) ?? from,
      toRecipients: toAddresses(json.toRecipients),
      ccRecipients: toAddresses(json.ccRecipients),
      bccRecipients: toAddresses(json.bccRecipients),
      replyTo: replyToAddresses(json.replyTo),
      internetMessageId: json.internetMessageId ?? `<${defaults.id}@mailbox.invalid>`,
      internetMessageHeaders: headersOf(json),
      sentTime,
      receivedTime,
      importance: json.importance ?? 'normal',
      isRead: json.isRead ?? (flags === undefined || (flags & MESSAGE_FLAGS.read) !== 0),
      isDraft,
      flag: { flagStatus: json.flag?.flagStatus ?? 'notFlagged' },
      categories: json.categories ?? [],
      attachments: (json.attachments ?? []).map((attachment) => attachmentFromJson(attachment, readItem)),
    },
    extended,
  };
}

/** Reads extended properties, by normalised id. */
export function extendedProperties(json: MessageJson): Map<string, string> {
  return new Map(
    (json.singleValueExtendedProperties ?? []).map(({ id = '', value }) => {
      const normalized = normalizePropertyId(id);
      if (normalized === undefined) {
        throw new GraphFailure(400, 'ErrorInvalidProperty', `The property id '${id}' is invalid.`);
      }
      return [normalized, value ?? ''];
    }),
  );
}

/** Reads an address; a name that is missing is the address again. */
export function toAddress(recipient: RecipientJson | null | undefined): EmailAddress | undefined {
  const email = recipient?.emailAddress;
  if (email === undefined || email === null) return undefined;
  const address = email.address ?? '';
  return { name: email.name ?? address, address };
}

/** Reads a list of addresses. */
export function toAddresses(recipients: readonly RecipientJson[] | undefined): readonly EmailAddress[] {
  return (recipients ?? []).flatMap((recipient) => toAddress(recipient) ?? []);
}

/** Reads Reply-To, where the service takes nothing but SMTP addresses and X.500 names. */
export function replyToAddresses(recipients: readonly RecipientJson[] | undefined): readonly EmailAddress[] {
  const addresses = toAddresses(recipients);
  if (addresses.some(({ address }) => !/^[^@\s]+@[^@\s]+$/.test(address) && !/^\/o=/i.test(address))) {
    throw new GraphFailure(400, 'ErrorInvalidRecipients', "At least one recipient isn't valid.");
  }
  return addresses;
}

function headersOf({ internetMessageHeaders = [] }: MessageJson): readonly MessageHeader[] {
  if (internetMessageHeaders.length > 5) {
    throw new GraphFailure(
      400,
      'InvalidInternetMessageHeaderCollection',
      'Maximum number of headers in one message should be less than or equal to 5.',
    );
  }
  return internetMessageHeaders.map(({ name, value }) => {
    if (!/^x-/i.test(name ?? '')) {
      throw new GraphFailure(
        400,
        'InvalidInternetMessageHeader',
        `The internet message header name '${name ?? ''}' should start with 'x-' or 'X-'.`,
      );
    }
    return { name: name ?? '', value: value ?? '' };
  });
}

function takeInteger(extended: Map<string, string>, id: string): number | undefined {
  const value = extended.get(id);
  if (value === undefined) return undefined;
  extended.delete(id);
  if (!/^-?[0-9]+$/.test(value)) throw new GraphFailure(400, 'ErrorInvalidProperty', `The value of ${id} is invalid.`);
  return Number(value);
}

function takeTime(extended: Map<string, string>, id: string): number | undefined {
  const value = extended.get(id);
  if (value === undefined) return undefined;
  extended.delete(id);
  const time = Date.parse(value);
  if (Number.isNaN(time)) throw new GraphFailure(400, 'ErrorInvalidProperty', `The value of ${id} is invalid.`);
  return time;
}
