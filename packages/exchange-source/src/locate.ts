import type { ItemLocation, JsonObject, OperationOptions } from '@holdfast/contracts';

import { BATCH_SIZE, relativeUrl, sendBatch } from './client/batch.ts';
import { isNotFound, toSourceError } from './client/service-error.ts';
import { asObject, asString } from './json-access.ts';
import { IMMUTABLE_IDS, aboutItem, aboutMailbox, messagePath } from './mailbox-context.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { MESSAGE_QUERY, toSourceItem } from './message-item.ts';

/** What became of a message that was asked for by id. */
export interface FetchedMessage {
  /** The id asked for. */
  readonly id: string;
  /** The message as it is now; absent if there is none. */
  readonly message: JsonObject | undefined;
}

/** Tells for each id whether the message still exists, and where; twenty ids are one request. */
export async function* locateMessages(
  context: MailboxContext,
  itemIds: readonly string[],
  { signal }: OperationOptions = {},
): AsyncGenerator<ItemLocation, void, void> {
  for await (const { id, message } of fetchMessages(context, itemIds, signal)) {
    const collectionId = asString(message?.['parentFolderId']);
    yield message === undefined || collectionId === undefined
      ? { itemId: id }
      : { itemId: id, found: { collectionId, item: toSourceItem(message) } };
  }
}

/** Reads messages by id as a change feed would tell them. */
export async function* fetchMessages(
  context: MailboxContext,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<FetchedMessage, void, void> {
  for (let start = 0; start < ids.length; start += BATCH_SIZE) {
    signal?.throwIfAborted();
    const group = ids.slice(start, start + BATCH_SIZE);
    const urls = group.map((id) => relativeUrl(messagePath(context, id), MESSAGE_QUERY));
    const batch = { kind: 'locate', urls, headers: IMMUTABLE_IDS, signal } as const;
    const answers = await sendBatch(context.client, batch, aboutMailbox(context));
    for (const [index, id] of group.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (!answer.ok && !isNotFound(answer)) throw toSourceError(answer, aboutItem(context, id));
      // The id asked for counts: an answer in another form of id would make it a stranger.
      yield { id, message: answer.ok ? { ...asObject(answer.json), id } : undefined };
    }
  }
}
