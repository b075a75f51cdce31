import type { JsonObject, JsonValue, OmittedPart } from '@holdfast/contracts';

import { asArray, asObject, asString, objectsOf } from '../json-access.ts';
import { MESSAGE_CLASS } from '../message-item.ts';
import { markProperties } from './restore-mark.ts';
import type { RestoreMark } from './restore-mark.ts';

/** PidTagMessageFlags: without it in the creating request a message is a draft for ever. */
const MESSAGE_FLAGS = 'Integer 0x0E07';
/** PidTagClientSubmitTime, shown as `sentDateTime`. */
const SUBMIT_TIME = 'SystemTime 0x0039';
/** PidTagMessageDeliveryTime, shown as `receivedDateTime`. */
const DELIVERY_TIME = 'SystemTime 0x0E06';
const FLAG_READ = '1';
const FLAG_UNREAD = '0';

/** Properties that a creating request may set as they are. */
const SETTABLE: readonly string[] = [
  'bccRecipients',
  'body',
  'categories',
  'ccRecipients',
  'flag',
  'from',
  'importance',
  'inferenceClassification',
  'internetMessageId',
  'isDeliveryReceiptRequested',
  'isRead',
  'isReadReceiptRequested',
  'sender',
  'subject',
  'toRecipients',
];

const RECIPIENT_LISTS: readonly string[] = ['bccRecipients', 'ccRecipients', 'replyTo', 'toRecipients'];

/** The body of a creating request, and what could not go into it. */
export interface MessageBody {
  /** The body. */
  readonly body: JsonObject;
  /** Properties that the service would not take. */
  readonly omitted: readonly OmittedPart[];
}

/**
 * Turns a message as the service told it into the body of the one request that creates it: what only the service sets
 * is left out, draft state, dates and the mark go into extended properties, and Reply-To keeps only the forms that the
 * service takes. Nothing can be set afterwards without more permissions. An attached message has no mark.
 */
export function messageBody(message: JsonObject, mark?: RestoreMark): MessageBody {
  const body: Record<string, JsonValue> = {};
  for (const name of SETTABLE) {
    const value = message[name];
    if (value !== undefined && value !== null) body[name] = value;
  }
  // Unset is what these mean; leaving them out keeps the request small and asks for nothing that could be refused.
  for (const name of ['isDeliveryReceiptRequested', 'isReadReceiptRequested'])
    if (body[name] === false) delete body[name];
  if (asObject(message['flag'])?.['flagStatus'] === 'notFlagged') delete body['flag'];

  const replyTo = asArray(message['replyTo']);
  const accepted = replyTo.filter((recipient) => isDeliverable(recipient));
  if (accepted.length > 0) body['replyTo'] = accepted;
  body['singleValueExtendedProperties'] = [
    ...extendedProperties(message),
    ...(mark === undefined ? [] : markProperties(mark)),
  ];
  const omitted =
    accepted.length === replyTo.length ? [] : [{ part: 'replyTo', reason: 'ErrorInvalidRecipients', lost: true }];
  return { body, omitted };
}

/** The same body without the recipients that are no addresses, for a service that refuses it because of them. */
export function withoutInvalidRecipients({ body, omitted }: MessageBody): MessageBody {
  const kept: Record<string, JsonValue> = { ...body };
  const lost: OmittedPart[] = [];
  for (const name of RECIPIENT_LISTS) {
    const recipients = asArray(body[name]);
    const accepted = recipients.filter((recipient) => isDeliverable(recipient));
    if (accepted.length === recipients.length) continue;
    kept[name] = accepted;
    lost.push({ part: name, reason: 'ErrorInvalidRecipients', lost: true });
  }
  for (const name of ['from', 'sender']) {
    if (body[name] === undefined || isDeliverable(body[name])) continue;
    delete kept[name];
    lost.push({ part: name, reason: 'ErrorInvalidRecipients', lost: true });
  }
  return { body: kept, omitted: [...omitted, ...lost] };
}

/** SMTP addresses, and the X.500 names that Exchange uses inside an organisation. */
function isDeliverable(recipient: JsonValue | undefined): boolean {
  const address = asString(asObject(asObject(recipient)?.['emailAddress'])?.['address']) ?? '';
  return /^[^@\s]+@[^@\s]+$/.test(address) || /^\/o=/i.test(address);
}

function extendedProperties(message: JsonObject): JsonObject[] {
  const properties: JsonObject[] = [];
  if (message['isDraft'] !== true) {
    properties.push({ id: MESSAGE_FLAGS, value: message['isRead'] === true ? FLAG_READ : FLAG_UNREAD });
  }
  const sent = asString(message['sentDateTime']);
  if (sent !== undefined) properties.push({ id: SUBMIT_TIME, value: sent });
  const received = asString(message['receivedDateTime']);
  if (received !== undefined) properties.push({ id: DELIVERY_TIME, value: received });
  const messageClass = objectsOf(message['singleValueExtendedProperties']).find(({ id }) => isMessageClass(id))?.[
    'value'
  ];
  if (typeof messageClass === 'string' && messageClass !== 'IPM.Note') {
    properties.push({ id: MESSAGE_CLASS, value: messageClass });
  }
  return properties;
}

/** The service writes ids of extended properties back in its own way, `String 0x1a`. */
function isMessageClass(id: JsonValue | undefined): boolean {
  return typeof id === 'string' && /^string 0x0*1a$/i.test(id);
}
