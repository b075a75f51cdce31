import type { JsonObject } from '@holdfast/contracts';

import type { FailureSubject } from '../client/service-error.ts';
import { asString, objectsOf } from '../json-access.ts';
import { IMMUTABLE_IDS, folderPath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';

/** Clocks of the service's machines differ a little among themselves. */
const CLOCK_TOLERANCE_MS = 5_000;

/** The creating request whose outcome is not known. */
export interface UncertainCreation {
  /** Its body. */
  readonly body: JsonObject;
  /** The item that is created. */
  readonly subject: FailureSubject;
  /** When it was first sent, by our clock. */
  readonly startTime: number;
  /** Messages that other requests created. */
  readonly others: ReadonlySet<string>;
  /** Ends the search early. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Looks for the message of a creating request whose answer got lost: one with the same Message-ID, subject and dates
 * that came into the folder since. Older copies are somebody else's. Gives its id, or `undefined` if there is none.
 */
export async function findCreated(
  context: MailboxContext,
  folderId: string,
  { body, subject, startTime, others, signal }: UncertainCreation,
): Promise<string | undefined> {
  const messageId = asString(body['internetMessageId']);
  if (messageId === undefined) return undefined;
  const { client } = context;
  const response = await client.expect(
    {
      kind: 'create',
      method: 'GET',
      target: `${folderPath(context, folderId)}/messages`,
      query: {
        $filter: `internetMessageId eq '${messageId.replaceAll("'", "''")}'`,
        $select: 'id,createdDateTime,subject,hasAttachments',
        $top: '50',
      },
      headers: IMMUTABLE_IDS,
      signal,
    },
    { ...subject, collection: folderId },
  );
  // The service's own clock stamps messages, so the time that passed by ours is counted back from it.
  const serviceNow = Date.parse(response.headers.get('date') ?? '');
  const elapsed = client.clock.now() - startTime;
  const since = (Number.isNaN(serviceNow) ? client.clock.now() : serviceNow) - elapsed - CLOCK_TOLERANCE_MS;
  const candidates = objectsOf((response.json as JsonObject)['value']).filter(
    (message) =>
      !others.has(asString(message['id']) ?? '') &&
      message['hasAttachments'] !== true &&
      (message['subject'] ?? '') === (body['subject'] ?? '') &&
      Date.parse(asString(message['createdDateTime']) ?? '') >= since,
  );
  return asString(candidates.at(-1)?.['id']);
}
