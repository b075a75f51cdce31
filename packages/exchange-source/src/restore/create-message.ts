import { SourceError } from '@holdfast/contracts';
import type { CreatedItem, JsonObject, OmittedPart, OperationOptions, RestorableItem } from '@holdfast/contracts';

import { LARGEST_REQUEST, UncertainOutcome } from '../client/call.ts';
import type { ServiceResponse } from '../client/call.ts';
import { failureOf } from '../client/failure-of.ts';
import { retryPolicy } from '../client/retry-policy.ts';
import { outcomeError, toSourceError } from '../client/service-error.ts';
import type { FailureSubject } from '../client/service-error.ts';
import { asObject, asString, idOf } from '../json-access.ts';
import { IMMUTABLE_IDS, aboutItem, folderPath, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { addMissingAttachments, writeAttachments } from './attachment-writer.ts';
import { findCreated } from './find-created.ts';
import { omittedProperties, withoutBody } from './known-omissions.ts';
import { messageBody, withoutInvalidRecipients } from './message-body.ts';
import { readAttachmentsToRestore, readListed } from './restorable-message.ts';
import { contentDigest, originOf } from './restore-mark.ts';
import type { RestoreMark } from './restore-mark.ts';

const ATTEMPTS = 8;
/** How many of the messages it created a target remembers, to tell them from one whose answer got lost. */
const REMEMBERED = 1000;

/** A mailbox that messages are restored into. */
export interface RestoreContext extends MailboxContext {
  /** Ids of the messages created last. */
  readonly recent: Set<string>;
}

/**
 * Creates a message in a folder with one creating request, which carries draft state, dates and the mark it is
 * recognised by, because nothing can set them afterwards; and then adds its attachments. Nothing is sent to anybody. If
 * the attachments cannot be written for a reason that concerns the whole mailbox, the unfinished message is deleted
 * again; should even that fail, its mark tells that it is not whole.
 */
export async function createMessage(
  context: RestoreContext,
  folderId: string,
  item: RestorableItem,
  { signal }: OperationOptions = {},
): Promise<CreatedItem> {
  signal?.throwIfAborted();
  const listed = await readListed(item, { signal });
  const attachments = await readAttachmentsToRestore(item, listed, { signal });
  signal?.throwIfAborted();
  const message = { ...listed, ...item.volatile };
  const mark: RestoreMark = {
    origin: originOf(item),
    digest: contentDigest(listed),
    attachments: attachments.filter(({ kind }) => kind !== 'lost').length,
  };
  const { itemId, omitted } = await create(context, folderId, { item, message, mark, signal });
  remember(context.recent, itemId);
  try {
    const lost = await writeAttachments(context, itemId, attachments, { signal });
    return { itemId, omitted: [...withoutBody(message), ...omitted, ...lost] };
  } catch (error) {
    if (signal?.aborted !== true) await deleteUnfinished(context, itemId, signal);
    throw error;
  }
}

/** Adds the attachments that are missing of a message whose creation was interrupted. */
export async function completeMessage(
  context: MailboxContext,
  itemId: string,
  item: RestorableItem,
  { signal }: OperationOptions = {},
): Promise<CreatedItem> {
  signal?.throwIfAborted();
  const listed = await readListed(item, { signal });
  const attachments = await readAttachmentsToRestore(item, listed, { signal });
  const lost = await addMissingAttachments(context, itemId, attachments, { signal });
  return { itemId, omitted: [...omittedProperties(item, listed), ...lost] };
}

function remember(recent: Set<string>, id: string): void {
  recent.add(id);
  const [oldest] = recent;
  if (recent.size > REMEMBERED && oldest !== undefined) recent.delete(oldest);
}

interface Creation {
  readonly item: RestorableItem;
  readonly message: JsonObject;
  readonly mark: RestoreMark;
  readonly signal: AbortSignal | undefined;
}

async function create(
  context: RestoreContext,
  folderId: string,
  { item, message, mark, signal }: Creation,
): Promise<CreatedItem> {
  const subject = { ...aboutItem(context, item.id), writing: true };
  let worded = messageBody(message, mark);
  const size = new TextEncoder().encode(JSON.stringify(worded.body)).length;
  if (size >= LARGEST_REQUEST) {
    throw new SourceError('ERR_ITEM_REFUSED', { item: item.id, reason: `${size} bytes of properties, 4 MB are taken` });
  }
  let response = await post(context, folderId, { body: worded.body, mark, subject, signal });
  if (typeof response === 'object' && response.errorCode === 'ErrorInvalidRecipients') {
    worded = withoutInvalidRecipients(worded);
    response = await post(context, folderId, { body: worded.body, mark, subject, signal });
  }
  if (typeof response === 'string') return { itemId: response, omitted: worded.omitted };
  if (response.status === 404) {
    throw new SourceError('ERR_COLLECTION_NOT_FOUND', { collection: folderId, reason: response.errorCode });
  }
  if (!response.ok) throw toSourceError(response, subject);
  const itemId = createdId(response);
  if (itemId === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a new message without an id' });
  const omitted: readonly OmittedPart[] = worded.omitted;
  return { itemId, omitted };
}

interface CreatingRequest {
  readonly body: JsonObject;
  readonly mark: RestoreMark;
  readonly subject: FailureSubject;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends the creating request; if nobody knows whether it was acted on, looks for its mark before it is sent again, and
 * once more afterwards: the service may have acted on the first one late.
 */
async function post(
  context: RestoreContext,
  folderId: string,
  { body, mark, subject, signal }: CreatingRequest,
): Promise<ServiceResponse | string> {
  const { client, recent } = context;
  let earlierAttempts = 0;
  const policy = retryPolicy(client.clock, client.randomness, { attempts: ATTEMPTS });
  const request = { kind: 'create', method: 'POST', target: `${folderPath(context, folderId)}/messages` } as const;
  const messageId = asString(body['internetMessageId']);
  const look = (others: ReadonlySet<string>): Promise<string | undefined> =>
    findCreated(context, folderId, { mark, messageId, others, subject, signal });
  for (let isFirst = true; ; isFirst = false) {
    try {
      const sent = { body, headers: IMMUTABLE_IDS, repeatable: false, earlierAttempts, signal };
      const response = await client.send({ ...request, ...sent });
      const id = createdId(response);
      if (isFirst || !response.ok || id === undefined) return response;
      const earlier = await look(new Set([...recent, id]));
      if (earlier === undefined) return response;
      await deleteUnfinished(context, id, signal);
      return earlier;
    } catch (error) {
      if (!(error instanceof UncertainOutcome)) throw error;
      const { attempt } = error;
      earlierAttempts = attempt;
      const wait = policy.afterFailure();
      if (wait !== undefined) client.noteRetry({ kind: 'create', attempt, waitMs: wait.waitMs, ...failureOf(error) });
      // A message may take a moment to show up, so the look comes after the wait.
      await client.clock.sleep(wait?.waitMs ?? 0, { signal });
      const created = await look(recent);
      if (created !== undefined) return created;
      if (wait === undefined) throw outcomeError(error, subject);
    }
  }
}

function createdId({ json }: ServiceResponse): string | undefined {
  return idOf(asObject(json) ?? {});
}

/** Deletes a message of the mailbox, into the place where the service keeps what its owner deletes. */
export async function deleteMessage(
  context: MailboxContext,
  itemId: string,
  { signal }: OperationOptions = {},
): Promise<void> {
  const request = { kind: 'create', method: 'DELETE', target: messagePath(context, itemId), answer: 'none' } as const;
  const subject = { ...aboutItem(context, itemId), writing: true };
  await context.client.expect({ ...request, headers: IMMUTABLE_IDS, signal }, subject);
}

async function deleteUnfinished(
  context: MailboxContext,
  itemId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const request = { kind: 'create', method: 'DELETE', target: messagePath(context, itemId), answer: 'none' } as const;
  try {
    await context.client.send({ ...request, headers: IMMUTABLE_IDS, attempts: 2, signal });
  } catch (error) {
    // The failure that led here is the one to tell.
    if (!SourceError.is(error)) signal?.throwIfAborted();
  }
}
