import { SourceError } from '@holdfast/contracts';
import type { JsonObject } from '@holdfast/contracts';

import type { ServiceRequest } from './client/call.ts';
import type { GraphClient } from './client/graph-client.ts';
import type { FailureSubject } from './client/service-error.ts';
import { asString, entriesOf } from './json-access.ts';
import type { MailboxContext } from './mailbox-context.ts';

/**
 * Yields the entries of a list, page by page, following the links that the service gives.
 *
 * @throws `ERR_SOURCE_PROTOCOL`, a {@link SourceError}, if a page has no list.
 */
export async function* listPages(
  { client }: MailboxContext,
  request: ServiceRequest,
  subject: FailureSubject,
): AsyncGenerator<readonly JsonObject[], void, void> {
  const { query, ...rest } = request;
  let next: ServiceRequest | undefined = { ...rest, query };
  while (next !== undefined) {
    const page: JsonObject = await client.json(next, subject);
    yield entriesOf(page['value']);
    const link = asString(page['@odata.nextLink']);
    next = link === undefined ? undefined : { ...rest, target: trustedLink(client, link) };
  }
}

/**
 * A link that the service gave, to be followed as it is.
 *
 * @throws `ERR_SOURCE_PROTOCOL`, a {@link SourceError}, if it leads away from the service.
 */
export function trustedLink(client: GraphClient, link: string): string {
  if (client.isGraphUrl(link)) return link;
  throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a link that leads to another host' });
}
