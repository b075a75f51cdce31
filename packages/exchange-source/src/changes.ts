import { SourceError } from '@holdfast/contracts';
import type { ChangeEvent, ChangesOptions, Collection, JsonObject } from '@holdfast/contracts';

import type { ServiceRequest } from './client/call.ts';
import type { GraphClient } from './client/graph-client.ts';
import { isNotFound, isTokenLoss, toSourceError } from './client/service-error.ts';
import { asObject, asString, objectsOf } from './json-access.ts';
import { fetchMessages } from './locate.ts';
import { IMMUTABLE_IDS, aboutFolder, aboutMailbox, folderPath } from './mailbox-context.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { MESSAGE_QUERY, isWhole, toSourceItem } from './message-item.ts';
import { listPages, trustedLink } from './pages.ts';

const PAGE_SIZE = 50;
/** A page that fails is asked for in smaller pieces, so it is not worth the patience of a single request. */
const ATTEMPTS_PER_PAGE = 3;
/** A token that is lost again and again would make the feed endless. */
const RESETS = 3;
/** Stands where no change tracking was to be had; no address, so the next round begins anew. */
const NO_TRACKING = 'untracked';

interface DeltaPage {
  readonly entries: readonly JsonObject[];
  readonly nextUrl: string | undefined;
  readonly deltaUrl: string | undefined;
}

/**
 * Yields what changed in a folder since the cursor, each page followed by a checkpoint. Cursors are whole URLs that the
 * service gave. When the service does not know one any more, links within an enumeration included, the folder is told
 * anew after a `collection-reset`. A mailbox over its quota is told from plain lists.
 */
export async function* folderChanges(
  context: MailboxContext,
  collection: Collection,
  { cursor, signal }: ChangesOptions = {},
): AsyncGenerator<ChangeEvent, void, void> {
  const { client } = context;
  let url = cursor;
  let resets = 0;
  if (url !== undefined && !client.isGraphUrl(url)) {
    // Made without change tracking, of another cloud, or damaged: at any rate not a place to send our token to.
    yield { type: 'collection-reset' };
    url = undefined;
  }
  for (;;) {
    signal?.throwIfAborted();
    const page: DeltaPage | 'over-quota' | 'token-lost' = await readPage(context, collection, url, signal);
    if (page === 'over-quota') {
      if (url !== undefined) yield { type: 'collection-reset' };
      yield* listWhole(context, collection, signal);
      return;
    }
    if (page === 'token-lost') {
      if (url === undefined || resets++ >= RESETS) {
        throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'the service keeps losing the state of a folder' });
      }
      yield { type: 'collection-reset' };
      url = undefined;
      continue;
    }
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

/** Reads a page; one that breaks is asked for in ever smaller pieces, so that a single item cannot hide the others. */
async function readPage(
  context: MailboxContext,
  collection: Collection,
  url: string | undefined,
  signal: AbortSignal | undefined,
): Promise<DeltaPage | 'over-quota' | 'token-lost'> {
  const { client } = context;
  const start = { target: `${folderPath(context, collection.id)}/messages/delta`, query: MESSAGE_QUERY };
  for (let size = PAGE_SIZE; ; size = Math.floor(size / 2)) {
    const isSmallest = size === 1;
    const request: ServiceRequest = {
      kind: 'delta',
      method: 'GET',
      ...(url === undefined ? start : { target: url }),
      headers: { Prefer: `IdType="ImmutableId", odata.maxpagesize=${size}` },
      attempts: isSmallest ? undefined : ATTEMPTS_PER_PAGE,
      signal,
    };
    try {
      const response = await client.send(request);
      if (response.ok) return toPage(client, response.json as JsonObject);
      if (isTokenLoss(response)) return 'token-lost';
      if (response.errorCode === 'ErrorQuotaExceeded') return 'over-quota';
      if (response.status < 500 || isSmallest) {
        throw toSourceError(
          response,
          isNotFound(response) ? aboutFolder(context, collection.id) : aboutMailbox(context),
        );
      }
    } catch (error) {
      // A service that does not answer at all would not answer smaller questions either.
      if (isSmallest || !isBrokenAnswer(error)) throw error;
    }
  }
}

/**
 * Tells a folder from its plain list. A mailbox over its quota has no room for the state that change tracking keeps in
 * it, but its messages can still be read.
 */
async function* listWhole(
  context: MailboxContext,
  collection: Collection,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChangeEvent, void, void> {
  const request: ServiceRequest = {
    kind: 'delta',
    method: 'GET',
    target: `${folderPath(context, collection.id)}/messages`,
    query: { ...MESSAGE_QUERY, $top: String(PAGE_SIZE) },
    headers: IMMUTABLE_IDS,
    signal,
  };
  for await (const page of listPages(context, request, aboutFolder(context, collection.id))) {
    yield* toEvents(context, page, signal);
    yield { type: 'checkpoint', cursor: NO_TRACKING, last: false };
  }
  yield { type: 'checkpoint', cursor: NO_TRACKING, last: true };
}

function isBrokenAnswer(error: unknown): boolean {
  return SourceError.is(error, 'ERR_SOURCE_UNREACHABLE') && error.details['reason'] === 'an answer was cut short';
}

function toPage(client: GraphClient, body: JsonObject): DeltaPage {
  const nextLink = asString(body['@odata.nextLink']);
  const deltaLink = asString(body['@odata.deltaLink']);
  return {
    entries: objectsOf(body['value']),
    nextUrl: nextLink === undefined ? undefined : trustedLink(client, nextLink),
    deltaUrl: deltaLink === undefined ? undefined : trustedLink(client, deltaLink),
  };
}

async function* toEvents(
  context: MailboxContext,
  entries: readonly JsonObject[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ChangeEvent, void, void> {
  const partial: string[] = [];
  for (const entry of entries) {
    const id = asString(entry['id']);
    if (id === undefined) continue;
    if (asObject(entry['@removed']) !== undefined) yield { type: 'item-removed', itemId: id };
    else if (isWhole(entry)) yield { type: 'item-changed', item: toSourceItem(entry) };
    else partial.push(id);
  }
  for await (const { id, message } of fetchMessages(context, [...new Set(partial)], signal)) {
    yield message === undefined
      ? { type: 'item-removed', itemId: id }
      : { type: 'item-changed', item: toSourceItem(message) };
  }
}
