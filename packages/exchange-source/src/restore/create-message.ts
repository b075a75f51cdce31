import { SourceError } from '@holdfast/contracts';
import type { CreatedItem, JsonObject, OmittedPart, OperationOptions, RestorableItem } from '@holdfast/contracts';

import { LARGEST_REQUEST, UncertainOutcome } from '../client/call.ts';
import type { ServiceResponse } from '../client/call.ts';
import { retryPolicy } from '../client/retry-policy.ts';
import { outcomeError, toSourceError } from '../client/service-error.ts';
import type { FailureSubject } from '../client/service-error.ts';
import { asObject, asString } from '../json-access.ts';
import { IMMUTABLE_IDS, aboutItem, folderPath, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { MIME_PART, PROPERTIES_PART } from '../read-message.ts';
import { writeAttachments } from './attachment-writer.ts';
import { findCreated } from './find-created.ts';
import { messageBody, withoutInvalidRecipients } from './message-body.ts';
import { attachmentsOfMime } from './mime-attachments.ts';
import { messageOfMime, parseMime } from './mime-message.ts';
import { attachmentsOfParts } from './part-attachments.ts';
import type { AttachmentToRestore } from './restorable-attachment.ts';

const ATTEMPTS = 8;
/** How many of the messages it created a target remembers, to tell them from one whose answer got lost. */
const REMEMBERED = 1000;

/** A mailbox that messages are restored into. */
export interface RestoreContext extends MailboxContext {
  /** Ids of the messages created last. */
  readonly recent: Set<string>;
}

/**
 * Creates a message in a folder with one creating request, which carries draft state and dates because nothing can set
 * them afterwards, and then adds its attachments. Nothing is sent to anybody. If the attachments cannot be written for
 * a reason that concerns the whole mailbox, the unfinished message is deleted again.
 */
export async function createMessage(
  context: RestoreContext,
  folderId: string,
  item: RestorableItem,
  { signal }: OperationOptions = {},
): Promise<CreatedItem> {
  signal?.throwIfAborted();
  const message = await readMessageProperties(item, signal);
  const attachments = await readAttachmentsToRestore(item, message, signal);
  signal?.throwIfAborted();
  const { itemId, omitted } = await create(context, folderId, { item, message, signal });
  remember(context.recent, itemId);
  try {
    const lost = await writeAttachments(context, itemId, attachments, { signal });
    return { itemId, omitted: [...omitted, ...missingBody(message), ...lost] };
  } catch (error) {
    if (signal?.aborted !== true) await deleteUnfinished(context, itemId, signal);
    throw error;
  }
}

/** A message of which neither properties nor MIME could be backed up. */
function missingBody(message: JsonObject): readonly OmittedPart[] {
  return message['body'] === undefined ? [{ part: 'body', reason: 'missing', lost: true }] : [];
}

function remember(recent: Set<string>, id: string): void {
  recent.add(id);
  const [oldest] = recent;
  if (recent.size > REMEMBERED && oldest !== undefined) recent.delete(oldest);
}

async function readMessageProperties(item: RestorableItem, signal: AbortSignal | undefined): Promise<JsonObject> {
  if (!item.parts.includes(PROPERTIES_PART)) {
    throw new SourceError('ERR_ITEM_REFUSED', { item: item.id, reason: `it has no ${PROPERTIES_PART}` });
  }
  const listed = asObject(JSON.parse(new TextDecoder().decode(await item.readPart(PROPERTIES_PART, { signal }))));
  const told = { ...listed, ...item.volatile };
  if (told['body'] !== undefined || !item.parts.includes(MIME_PART)) return told;
  // It was backed up while the service could not show its properties; the MIME holds most of them.
  const mime = await parseMime(await item.readPart(MIME_PART, { signal }));
  return { ...messageOfMime(mime, asString(told['receivedDateTime'])), ...told };
}

async function readAttachmentsToRestore(
  item: RestorableItem,
  message: JsonObject,
  signal: AbortSignal | undefined,
): Promise<readonly AttachmentToRestore[]> {
  const received = asString(message['receivedDateTime']);
  if (!item.parts.includes(MIME_PART)) return attachmentsOfParts(item, received, { signal });
  return attachmentsOfMime(await item.readPart(MIME_PART, { signal }), received);
}

interface Creation {
  readonly item: RestorableItem;
  readonly message: JsonObject;
  readonly signal: AbortSignal | undefined;
}

async function create(
  context: RestoreContext,
  folderId: string,
  { item, message, signal }: Creation,
): Promise<CreatedItem> {
  const subject = { ...aboutItem(context, item.id), writing: true };
  let worded = messageBody(message);
  const size = new TextEncoder().encode(JSON.stringify(worded.body)).length;
  if (size >= LARGEST_REQUEST) {
    throw new SourceError('ERR_ITEM_REFUSED', { item: item.id, reason: `${size} bytes of properties, 4 MB are taken` });
  }
  let response = await post(context, folderId, { body: worded.body, subject, signal });
  if (typeof response === 'object' && response.errorCode === 'ErrorInvalidRecipients') {
    worded = withoutInvalidRecipients(worded);
    response = await post(context, folderId, { body: worded.body, subject, signal });
  }
  if (typeof response === 'string') return { itemId: response, omitted: worded.omitted };
  if (response.status === 404) {
    throw new SourceError('ERR_COLLECTION_NOT_FOUND', { collection: folderId, reason: response.errorCode });
  }
  if (!response.ok) throw toSourceError(response, subject);
  const itemId = asString(asObject(response.json)?.['id']);
  if (itemId === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a new message without an id' });
  const omitted: readonly OmittedPart[] = worded.omitted;
  return { itemId, omitted };
}

interface CreatingRequest {
  readonly body: JsonObject;
  readonly subject: FailureSubject;
  readonly signal: AbortSignal | undefined;
}

/** Sends the creating request; if nobody knows whether it was acted on, looks before it is sent again. */
async function post(
  context: RestoreContext,
  folderId: string,
  { body, subject, signal }: CreatingRequest,
): Promise<ServiceResponse | string> {
  const { client } = context;
  const policy = retryPolicy(client.clock, client.randomness, { attempts: ATTEMPTS });
  const request = { kind: 'create', method: 'POST', target: `${folderPath(context, folderId)}/messages` } as const;
  const startTime = client.clock.now();
  for (;;) {
    try {
      return await client.send({ ...request, body, headers: IMMUTABLE_IDS, repeatable: false, signal });
    } catch (error) {
      if (!(error instanceof UncertainOutcome)) throw error;
      const created = await findCreated(context, folderId, {
        body,
        subject,
        startTime,
        others: context.recent,
        signal,
      });
      if (created !== undefined) return created;
      const wait = policy.afterFailure();
      if (wait === undefined) throw outcomeError(error, subject);
      await client.clock.sleep(wait.waitMs, { signal });
    }
  }
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
