import { SourceError } from '@holdfast/contracts';
import type { ChangeEvent, ChangesOptions, Collection, JsonObject } from '@holdfast/contracts';

import type { ServiceRequest } from './client/call.ts';
import type { GraphClient } from './client/graph-client.ts';
import { failureOf } from './client/failure-of.ts';
import { QUOTA_EXCEEDED, breaksOnContent, isNotFound, isTokenLoss, toSourceError } from './client/service-error.ts';
import { asObject, asString, entriesOf, idOf } from './json-access.ts';
import { fetchMessages } from './locate.ts';
import { IMMUTABLE_IDS, aboutFolder, aboutMailbox, folderPath } from './mailbox-context.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { BARE_QUERY, MESSAGE_QUERY, isWhole, toSourceItem } from './message-item.ts';
import { listPages, trustedLink } from './pages.ts';

const PAGE_SIZE = 50;
/** A page that fails is asked for in smaller pieces, so it is not worth the patience of a single request. */
const FAILED_ANSWERS_PER_PAGE = 3;
/** A token that is lost again and again would make the feed endless. */
const RESETS = 3;
/** Stands where no change tracking was to be had; no address, so the next round begins anew. */
const NO_TRACKING = 'untracked';

/** How much of each message is asked for. It is part of every link that the service gives. */
type MessageQuery = Readonly<Record<string, string>>;

interface DeltaPage {
  readonly entries: readonly JsonObject[];
  readonly nextUrl: string | undefined;
  readonly deltaUrl: string | undefined;
}

/**
 * Yields what changed in a folder since the cursor, each page followed by a checkpoint. Cursors are whole URLs that the
 * service gave. When the service does not know one any more, links within an enumeration included, the folder is told
 * anew after a `collection-reset`. A mailbox over its quota is told from plain lists.
 *
 * A message that the service cannot show breaks every page it is on, and no link leads past it. Then the folder is told
 * anew from a feed of bare ids, whose messages are asked for one by one; the sick one is told with what the feed says
 * of it, so that its reading shows what is wrong with it. Cursors stay with that feed until the service forgets them.
 *
 * @throws `ERR_SOURCE_PROTOCOL`, a {@link SourceError}, if not even ids can be listed.
 */
export async function* folderChanges(
  context: MailboxContext,
  collection: Collection,
  { cursor, signal }: ChangesOptions = {},
): AsyncGenerator<ChangeEvent, void, void> {
  let query = MESSAGE_QUERY;
  let url = cursor;
  let resets = 0;
  let isResetDue = false;
  if (url !== undefined && !context.client.isGraphUrl(url)) {
    // Made without change tracking, of another cloud, or damaged: at any rate not a place to send our token to.
    isResetDue = true;
    url = undefined;
  }
  for (;;) {
    signal?.throwIfAborted();
    const page: DeltaPage | PageFailure = await readPage(context, collection, { url, query, signal });
    if (page === 'over-quota' || (page === 'broken' && query === BARE_QUERY)) {
      yield* listWhole(context, collection, { query, signal, isResetDue: isResetDue || url !== undefined });
      return;
    }
    if (page === 'token-lost' || page === 'broken') {
      if (page === 'broken') query = BARE_QUERY;
      else if (url === undefined || resets++ >= RESETS) {
        throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'the service keeps losing the state of a folder' });
      }
      isResetDue ||= url !== undefined;
      url = undefined;
      continue;
    }
    // Not before there is something to tell: a reset costs the cursor.
    if (isResetDue) yield { type: 'collection-reset' };
    isResetDue = false;
    yield* toEvents(context, page.entries, signal);
    const following = page.nextUrl ?? page.deltaUrl;
    if (following === undefined) {
      throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a page of changes without a link' });
    }
    yield { type: 'checkpoint', cursor: following, last: page.nextUrl === undefined };
    if (page.nextUrl === undefined) return;
    url = following;
  }
}

/** Why there is no page: the mailbox is full, the link is not known any more, or a message breaks it. */
type PageFailure = 'broken' | 'over-quota' | 'token-lost';

interface PageRequest {
  /** A link of the service; absent for the beginning. */
  readonly url: string | undefined;
  /** What the beginning asks for. */
  readonly query: MessageQuery;
  readonly signal: AbortSignal | undefined;
}

/** Reads a page; one that breaks is asked for in ever smaller pieces, so that a single item cannot hide the others. */
async function readPage(
  context: MailboxContext,
  collection: Collection,
  { url, query, signal }: PageRequest,
): Promise<DeltaPage | PageFailure> {
  const { client } = context;
  const start = { target: `${folderPath(context, collection.id)}/messages/delta`, query };
  let earlierAttempts = 0;
  for (let size = PAGE_SIZE; size >= 1; size = Math.floor(size / 2)) {
    const request: ServiceRequest = {
      kind: 'delta',
      method: 'GET',
      ...(url === undefined ? start : { target: url }),
      headers: { Prefer: `IdType="ImmutableId", odata.maxpagesize=${size}` },
      failedAnswers: size === 1 ? undefined : FAILED_ANSWERS_PER_PAGE,
      earlierAttempts,
      signal,
    };
    const response = await client.send(request);
    if (response.ok) return toPage(client, response.json as JsonObject);
    if (isTokenLoss(response)) return 'token-lost';
    if (response.errorCode === QUOTA_EXCEEDED) return 'over-quota';
    // Any failure that stays may be that of one message: some are 502 and 503. Bare ids show whether the service is away.
    if (!breaksOnContent(response) && response.status < 500) {
      throw toSourceError(response, isNotFound(response) ? aboutFolder(context, collection.id) : aboutMailbox(context));
    }
    earlierAttempts = response.attempt;
    if (size > 1) client.noteRetry({ kind: 'delta', attempt: response.attempt, waitMs: 0, ...failureOf(response) });
  }
  return 'broken';
}

interface ListRequest {
  readonly query: MessageQuery;
  readonly signal: AbortSignal | undefined;
  readonly isResetDue: boolean;
}

/**
 * Tells a folder from its plain list. A mailbox over its quota has no room for the state that change tracking keeps in
 * it, but its messages can still be read. A list that breaks is begun again with bare ids.
 */
async function* listWhole(
  context: MailboxContext,
  collection: Collection,
  { query, signal, isResetDue }: ListRequest,
): AsyncGenerator<ChangeEvent, void, void> {
  const request: ServiceRequest = {
    kind: 'delta',
    method: 'GET',
    target: `${folderPath(context, collection.id)}/messages`,
    query: { ...query, $top: String(PAGE_SIZE) },
    headers: IMMUTABLE_IDS,
    signal,
  };
  let isReset = !isResetDue;
  try {
    for await (const page of listPages(context, request, aboutFolder(context, collection.id))) {
      if (!isReset) yield { type: 'collection-reset' };
      isReset = true;
      yield* toEvents(context, page, signal);
      yield { type: 'checkpoint', cursor: NO_TRACKING, last: false };
    }
  } catch (error) {
    const mayBreakOnContent =
      SourceError.is(error, 'ERR_SOURCE_PROTOCOL') || SourceError.is(error, 'ERR_SOURCE_UNREACHABLE');
    if (!mayBreakOnContent || query === BARE_QUERY) throw error;
    yield* listWhole(context, collection, { query: BARE_QUERY, signal, isResetDue: !isReset });
    return;
  }
  yield { type: 'checkpoint', cursor: NO_TRACKING, last: true };
}

function toPage(client: GraphClient, body: JsonObject): DeltaPage {
  const nextLink = asString(body['@odata.nextLink']);
  const deltaLink = asString(body['@odata.deltaLink']);
  return {
    entries: entriesOf(body['value']),
    nextUrl: nextLink === undefined ? undefined : trustedLink(client, nextLink),
    deltaUrl: deltaLink === undefined ? undefined : trustedLink(client, deltaLink),
  };
}

async function* toEvents(
  context: MailboxContext,
  entries: readonly JsonObject[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ChangeEvent, void, void> {
  const partial = new Map<string, JsonObject>();
  for (const entry of entries) {
    const id = idOf(entry);
    if (id === undefined) {
      const error = new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'an entry without an id' });
      yield { type: 'item-failed', itemId: undefined, error };
    } else if (asObject(entry['@removed']) !== undefined) yield { type: 'item-removed', itemId: id };
    else if (isWhole(entry)) yield { type: 'item-changed', item: toSourceItem(entry) };
    else partial.set(id, entry);
  }
  for await (const { id, message, failure } of fetchMessages(context, [...partial.keys()], signal)) {
    // One that cannot be shown is told with what the feed says of it: that it is there.
    const told = failure === undefined ? message : partial.get(id);
    yield told === undefined
      ? { type: 'item-removed', itemId: id }
      : { type: 'item-changed', item: toSourceItem(told) };
  }
}
