import type { ItemContent, ItemPart, OmittedPart, OperationOptions, SourceItem } from '@holdfast/contracts';

import { failureReason, isPermanent, toSourceError } from './client/service-error.ts';
import { asObject, encodeJson } from './json-access.ts';
import { IMMUTABLE_IDS, aboutItem, messagePath } from './mailbox-context.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { isBare } from './message-item.ts';
import { readAttachments } from './read-attachments.ts';

/** Name of the part that is the message as the service delivers it, byte for byte. */
export const MIME_PART = 'message.eml';
/** Name of the part that holds the listed properties, as JSON. */
export const PROPERTIES_PART = 'properties.json';
/** Name of the part that holds the transport headers of a message without MIME, as JSON. */
export const HEADERS_PART = 'headers.json';

/**
 * Reads the parts of a message with one request: its MIME, and the properties that the change feed told. Where the
 * service refuses the MIME for good, as it does for opaque S/MIME, the MIME is told as omitted, and headers and
 * attachments are read one by one instead; it counts as lost only if not all of them could be had. What may pass is
 * never an omission.
 *
 * @throws `ERR_ITEM_UNREADABLE`, a {@link @holdfast/contracts!SourceError | SourceError}, if the service failed to
 * answer, however often it was asked: another time it may.
 */
export async function readMessage(
  context: MailboxContext,
  item: SourceItem,
  { signal }: OperationOptions = {},
): Promise<ItemContent> {
  const { client } = context;
  const properties: ItemPart = { name: PROPERTIES_PART, bytes: encodeJson(item.listed) };
  const target = `${messagePath(context, item.id)}/$value`;
  const response = await client.send({
    kind: 'message',
    method: 'GET',
    target,
    headers: IMMUTABLE_IDS,
    answer: 'bytes',
    signal,
  });
  const omitted: OmittedPart[] = isBare(item) ? [{ part: PROPERTIES_PART, reason: 'incomplete', lost: true }] : [];
  if (response.ok) return { parts: [{ name: MIME_PART, bytes: response.bytes }, properties], omitted };
  if (!isPermanent(response)) throw toSourceError(response, aboutItem(context, item.id));

  const parts: ItemPart[] = [properties];
  const headers = await readHeaders(context, item.id, signal);
  if ('name' in headers) parts.push(headers);
  else omitted.push(headers);
  for await (const result of readAttachments(context, item.id, { signal })) {
    if ('name' in result) parts.push(result);
    else omitted.push(result);
  }
  const mime: OmittedPart = { part: MIME_PART, reason: failureReason(response), lost: omitted.length > 0 };
  return { parts, omitted: [mime, ...omitted] };
}

async function readHeaders(
  context: MailboxContext,
  itemId: string,
  signal: AbortSignal | undefined,
): Promise<ItemPart | OmittedPart> {
  const response = await context.client.send({
    kind: 'message',
    method: 'GET',
    target: messagePath(context, itemId),
    query: { $select: 'internetMessageHeaders' },
    headers: IMMUTABLE_IDS,
    signal,
  });
  if (response.ok) {
    const headers = asObject(response.json)?.['internetMessageHeaders'] ?? [];
    return { name: HEADERS_PART, bytes: encodeJson(headers) };
  }
  if (!isPermanent(response)) throw toSourceError(response, aboutItem(context, itemId));
  return { part: HEADERS_PART, reason: failureReason(response), lost: true };
}
