import { SourceError } from '@holdfast/contracts';
import type { ItemPart, JsonObject, JsonValue, OmittedPart, OperationOptions } from '@holdfast/contracts';

import type { ServiceRequest, ServiceResponse } from './client/call.ts';
import { failureReason, isNotFound, isPermanent, permanentReason, toSourceError } from './client/service-error.ts';
import { asObject, asString, encodeJson, idOf } from './json-access.ts';
import { IMMUTABLE_IDS, aboutItem, messagePath } from './mailbox-context.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { listPages } from './pages.ts';

/** Entries on a page of attachments: fewer of them where a page fails. */
const LIST_SIZES: readonly number[] = [50, 10, 1];
const FAILED_ANSWERS_PER_PAGE = 3;

/** Part name that stands for all attachments where not even their list could be read. */
export const ATTACHMENTS_PART = 'attachment';

/** Part name of what describes the n-th attachment, from 1. */
export function attachmentJsonName(position: number): string {
  return `attachment/${position}.json`;
}

/** Part name of the bytes of the n-th attachment, from 1: a file, or the MIME of an attached message. */
export function attachmentBytesName(position: number): string {
  return `attachment/${position}.bin`;
}

/**
 * Yields the attachments of a message as parts: what describes each as `attachment/<n>.json`, the bytes of a file and
 * the MIME of an attached message as `attachment/<n>.bin`. What the service refuses for good is told as omitted and
 * lost; links to files elsewhere have no bytes of their own. Attachments are read one by one, because the service gives up on one
 * answer with many of them.
 */
export async function* readAttachments(
  context: MailboxContext,
  itemId: string,
  { signal }: OperationOptions = {},
): AsyncGenerator<ItemPart | OmittedPart, void, void> {
  const target = `${messagePath(context, itemId)}/attachments`;
  const request = { kind: 'attachment', method: 'GET', headers: IMMUTABLE_IDS, signal } as const;
  const { attachments, refusal } = await listAttachments(context, itemId, { ...request, target });
  if (refusal !== undefined) yield { part: ATTACHMENTS_PART, reason: refusal, lost: true };
  for (const [index, listed] of attachments.entries()) {
    const id = idOf(listed);
    if (id === undefined) {
      yield { part: attachmentBytesName(index + 1), reason: 'an entry without an id', lost: true };
      continue;
    }
    const path = `${target}/${encodeURIComponent(id)}`;
    yield* readAttachment(context, { itemId, listed, position: index + 1, path, request });
  }
}

interface ListedAttachments {
  readonly attachments: readonly JsonObject[];
  /** Why the list breaks off for good, if it does. */
  readonly refusal: string | undefined;
}

/** Lists the attachments of a message. A page that fails is asked for in smaller pieces, from the beginning. */
async function listAttachments(
  context: MailboxContext,
  itemId: string,
  request: ServiceRequest,
): Promise<ListedAttachments> {
  let attachments: JsonObject[] = [];
  for (const [index, size] of LIST_SIZES.entries()) {
    const isLast = index === LIST_SIZES.length - 1;
    const query = { $select: isLast ? 'id' : 'id,name,contentType,size,isInline', $top: String(size) };
    const failedAnswers = isLast ? undefined : FAILED_ANSWERS_PER_PAGE;
    attachments = [];
    try {
      const pages = listPages(context, { ...request, query, failedAnswers }, aboutItem(context, itemId));
      for await (const page of pages) attachments.push(...page);
      break;
    } catch (error) {
      const refusal = permanentReason(error);
      if (isLast && refusal !== undefined) return { attachments: withoutRepeats(attachments), refusal };
      if (isLast || !SourceError.is(error, 'ERR_ITEM_UNREADABLE')) throw error;
    }
  }
  return { attachments: withoutRepeats(attachments), refusal: undefined };
}

/** Pages of this list may overlap. What has no id is kept, so that it is told. */
function withoutRepeats(attachments: readonly JsonObject[]): readonly JsonObject[] {
  const known = new Set<string>();
  return attachments.filter((attachment) => {
    const id = idOf(attachment);
    if (id === undefined) return true;
    const isNew = !known.has(id);
    known.add(id);
    return isNew;
  });
}

interface AttachmentReading {
  readonly itemId: string;
  /** The attachment as the list told it. */
  readonly listed: JsonObject;
  readonly position: number;
  readonly path: string;
  readonly request: Pick<ServiceRequest, 'headers' | 'signal'> & {
    readonly kind: 'attachment';
    readonly method: 'GET';
  };
}

async function* readAttachment(
  context: MailboxContext,
  { itemId, listed, position, path, request }: AttachmentReading,
): AsyncGenerator<ItemPart | OmittedPart, void, void> {
  const { client } = context;
  const type = asString(listed['@odata.type']) ?? '';
  const isItem = type.endsWith('.itemAttachment');

  const query = isItem ? { $expand: 'microsoft.graph.itemattachment/item' } : {};
  const whole = await client.send({ ...request, target: path, query });
  const refusal = refusalOf(context, itemId, whole);
  if (refusal !== undefined) {
    yield toJsonPart(position, listed);
    yield { part: attachmentBytesName(position), reason: refusal, lost: true };
    return;
  }
  const { contentBytes, ...description } = asObject(whole.json) ?? {};
  yield toJsonPart(position, { ...listed, ...description });
  if (type.endsWith('.referenceAttachment')) return;

  if (typeof contentBytes === 'string') {
    yield { name: attachmentBytesName(position), bytes: new Uint8Array(Buffer.from(contentBytes, 'base64')) };
    return;
  }
  const raw = await client.send({ ...request, target: `${path}/$value`, answer: 'bytes' });
  const rawRefusal = refusalOf(context, itemId, raw);
  yield rawRefusal === undefined
    ? { name: attachmentBytesName(position), bytes: raw.bytes }
    : { part: attachmentBytesName(position), reason: rawRefusal, lost: true };
}

/**
 * Why an attachment cannot be read, if that stays so; any other refusal is thrown. 405 is what the service answers for
 * a kind of attachment whose bytes it does not give (Microsoft Graph documentation, attachment-get).
 */
function refusalOf(context: MailboxContext, itemId: string, response: ServiceResponse): string | undefined {
  if (response.ok) return undefined;
  if (isPermanent(response) || response.status === 405) return failureReason(response);
  if (isNotFound(response)) {
    // Taken out since it was listed. The message itself need not be gone, so the next run has to look again.
    throw new SourceError('ERR_ITEM_UNREADABLE', { item: itemId, reason: failureReason(response) });
  }
  throw toSourceError(response, aboutItem(context, itemId));
}

function toJsonPart(position: number, description: JsonObject): ItemPart {
  const kept: Record<string, JsonValue> = {};
  for (const name of Object.keys(description).toSorted()) {
    const value = description[name];
    const isAnnotation = name.includes('@odata.') && name !== '@odata.type';
    if (value !== undefined && !isAnnotation) kept[name] = value;
  }
  return { name: attachmentJsonName(position), bytes: encodeJson(kept) };
}
