import { SourceError } from '@holdfast/contracts';
import type { ItemLocation, JsonObject, OperationOptions } from '@holdfast/contracts';

import { relativeUrl, sendBatch } from './client/batch.ts';
import type { ServiceResponse } from './client/call.ts';
import { isNotFound, toSourceError } from './client/service-error.ts';
import { BATCH_SIZE } from './client/service-limits.ts';
import { asObject, asString } from './json-access.ts';
import { IMMUTABLE_IDS, aboutItem, aboutMailbox, messagePath } from './mailbox-context.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { BARE_QUERY, MESSAGE_QUERY, toSourceItem } from './message-item.ts';

/** What became of a message that was asked for by id. */
export interface FetchedMessage {
  /** The id asked for. */
  readonly id: string;
  /** The message as it is now, told with less than all its properties if no more can be had; absent if there is none. */
  readonly message: JsonObject | undefined;
  /** Why nothing is known of it: it may or may not be there. */
  readonly failure?: SourceError | undefined;
}

/**
 * Tells for each id whether the message still exists, and where; twenty ids are one request. Of one that the service
 * fails to show nothing is told, and the failure is thrown after all the others have been told.
 */
export async function* locateMessages(
  context: MailboxContext,
  itemIds: readonly string[],
  { signal }: OperationOptions = {},
): AsyncGenerator<ItemLocation, void, void> {
  let firstFailure: SourceError | undefined;
  for await (const { id, message, failure } of fetchMessages(context, itemIds, signal)) {
    firstFailure ??= failure;
    if (failure !== undefined) continue;
    if (message === undefined) {
      yield { itemId: id };
      continue;
    }
    const collectionId = asString(message['parentFolderId']);
    if (collectionId !== undefined) yield { itemId: id, found: { collectionId, item: toSourceItem(message) } };
    // It is there, so it must not be taken for gone.
    else firstFailure ??= new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a message without its folder' });
  }
  if (firstFailure !== undefined) throw firstFailure;
}

/** Reads messages by id as a change feed would tell them. One that fails does not hide the others. */
export async function* fetchMessages(
  context: MailboxContext,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<FetchedMessage, void, void> {
  for (let start = 0; start < ids.length; start += BATCH_SIZE) {
    signal?.throwIfAborted();
    const group = ids.slice(start, start + BATCH_SIZE);
    const whole = await ask(context, group, { query: MESSAGE_QUERY, signal });
    const sick = group.filter((id) => whole.get(id)?.ok === false && !isGone(whole.get(id)));
    const bare = sick.length === 0 ? undefined : await ask(context, sick, { query: BARE_QUERY, signal });
    for (const id of group) {
      const answer = bare?.get(id) ?? whole.get(id);
      if (answer === undefined) continue;
      if (!answer.ok && !isGone(answer)) yield { id, message: undefined, failure: itemFailure(context, id, answer) };
      // The id asked for counts: an answer in another form of id would make it a stranger.
      else yield { id, message: answer.ok ? { ...asObject(answer.json), id } : undefined };
    }
  }
}

async function ask(
  context: MailboxContext,
  ids: readonly string[],
  { query, signal }: { readonly query: Readonly<Record<string, string>>; readonly signal: AbortSignal | undefined },
): Promise<ReadonlyMap<string, ServiceResponse>> {
  const urls = ids.map((id) => relativeUrl(messagePath(context, id), query));
  const batch = { kind: 'locate', urls, headers: IMMUTABLE_IDS, signal } as const;
  const answers = await sendBatch(context.client, batch, aboutMailbox(context));
  return new Map(ids.flatMap((id, index) => (answers[index] === undefined ? [] : [[id, answers[index]]])));
}

function isGone(answer: ServiceResponse | undefined): boolean {
  return answer !== undefined && isNotFound(answer);
}

/**
 * What kept a message from being shown.
 *
 * @throws that error itself if it is not the message's own.
 */
function itemFailure(context: MailboxContext, id: string, answer: ServiceResponse): SourceError {
  const error = toSourceError(answer, aboutItem(context, id));
  if (error.code !== 'ERR_ITEM_UNREADABLE') throw error;
  return error;
}
