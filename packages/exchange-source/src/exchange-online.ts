import { SourceError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';

import type { ServiceResponse } from './client/call.ts';
import { graphClient } from './client/graph-client.ts';
import type { GraphClient } from './client/graph-client.ts';
import { limitGate } from './client/limit-gate.ts';
import { toSourceError } from './client/service-error.ts';
import { DIRECTORY_LIMITS, MAILBOX_LIMITS } from './client/service-limits.ts';
import { tokenSource } from './client/token-source.ts';
import { exchangeMailbox } from './exchange-mailbox.ts';
import type { ExchangeMailbox } from './exchange-mailbox.ts';
import { resolveExchangeOptions } from './exchange-options.ts';
import type { ExchangeOnlineOptions } from './exchange-options.ts';
import { asObject, asString, idOf } from './json-access.ts';
import { requestMeter } from './request-counters.ts';
import type { RequestCounters } from './request-counters.ts';

/** What all that is made for one mailbox shares. */
interface MailboxPlace {
  readonly client: GraphClient;
  readonly readUsage: () => RequestCounters;
  readonly throttledMs: number;
}

/** The mailboxes of one tenant, seen by one application. */
export interface ExchangeOnline {
  /**
   * What was asked of the service so far, all mailboxes, tokens and looking up users together; a snapshot, to be read
   * again for newer figures. `throttledMs` adds up what each of them was held back.
   */
  readonly requests: RequestCounters;

  /**
   * Finds a mailbox by address, user principal name or object id, with one request. It is where wrong credentials, a
   * wrong address and a service that cannot be reached show up. Mailboxes asked for twice share their limits.
   *
   * An application whose permissions cover mailboxes but not the directory gets by with the object id.
   *
   * @throws `ERR_MAILBOX_NOT_FOUND`, a {@link @holdfast/contracts!SourceError | SourceError}, if nobody has that address.
   * @throws `ERR_CREDENTIALS_REJECTED`, `ERR_SOURCE_ACCESS_DENIED` or `ERR_SOURCE_UNREACHABLE`, a
   * {@link @holdfast/contracts!SourceError | SourceError}, if there is no way in.
   */
  mailbox(address: string, options?: OperationOptions): Promise<ExchangeMailbox>;
}

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Connects to Exchange Online through Microsoft Graph. Makes no request by itself. Make one for each tenant and application: its
 * mailboxes share tokens, and each has one gate that keeps the limits of the service; two of these do not know of each other.
 *
 * The application needs the application permissions `User.Read.All` and `Mail.Read`, and to restore `Mail.ReadWrite`.
 * For each mailbox at most 4 requests are in flight, 10,000 are made within 10 minutes and 150 MB are sent within 5
 * minutes, and fewer while the service pushes back. Throttling is waited out.
 *
 * @throws `TypeError` if an option makes no sense.
 *
 * @example Listing the folders of a mailbox
 * ```ts no-run
 * import { exchangeOnline } from '@holdfast/exchange-source';
 *
 * const exchange = exchangeOnline({
 *   tenant: 'contoso.onmicrosoft.com',
 *   credentials: { clientId: process.env['CLIENT_ID'] ?? '', clientSecret: process.env['CLIENT_SECRET'] ?? '' },
 * });
 * const mailbox = await exchange.mailbox('ada@contoso.com');
 * for await (const { type, collection } of mailbox.collections()) console.log(type, collection.name);
 * ```
 */
export function exchangeOnline(options: ExchangeOnlineOptions): ExchangeOnline {
  const resolved = resolveExchangeOptions(options);
  const { clock, tenant } = resolved;
  const places = new Map<string, MailboxPlace>();
  const directoryGate = limitGate({ clock, limits: DIRECTORY_LIMITS });
  const meter = requestMeter({
    onRequest: resolved.onRequest,
    throttledMs: () =>
      [tokens, directoryGate, ...places.values()].reduce((sum, { throttledMs }) => sum + throttledMs, 0),
  });
  const tokens = tokenSource(resolved, meter);
  const directory = graphClient({ options: resolved, tokens, meter, gate: directoryGate });

  function placeOf(mailbox: string): MailboxPlace {
    const known = places.get(mailbox);
    if (known !== undefined) return known;
    const gate = limitGate({ clock, limits: MAILBOX_LIMITS });
    const own = requestMeter({ onRequest: (event) => meter.add(event), throttledMs: () => gate.throttledMs });
    const place = {
      client: graphClient({ options: resolved, tokens, meter: own, gate, mailbox }),
      readUsage: () => own.read(),
      get throttledMs() {
        return gate.throttledMs;
      },
    };
    places.set(mailbox, place);
    return place;
  }

  return {
    get requests() {
      return meter.read();
    },

    async mailbox(address, { signal } = {}) {
      const response = await directory.send({
        kind: 'user',
        method: 'GET',
        target: `/users/${encodeURIComponent(address)}`,
        query: { $select: 'id,displayName,mail' },
        signal,
      });
      const user = userOf(response, address);
      const path = `/users/${encodeURIComponent(user.id)}`;
      const id = `exchange:${tenant}:${user.id}`;
      const { client, readUsage } = placeOf(id);
      const context = { client, address: user.address, path };
      return exchangeMailbox(context, { id, displayName: user.displayName, readUsage });
    },
  };
}

interface FoundUser {
  readonly id: string;
  readonly address: string;
  readonly displayName: string;
}

function userOf(response: ServiceResponse, address: string): FoundUser {
  if (response.status === 403 && GUID.test(address)) {
    return { id: address.toLowerCase(), address, displayName: address };
  }
  if (!response.ok) throw toSourceError(response, { mailbox: address });
  const user = asObject(response.json);
  const id = user && idOf(user);
  if (id === undefined) {
    throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a user without an id' });
  }
  const mail = asString(user?.['mail']) ?? address;
  return { id: id.toLowerCase(), address: mail, displayName: asString(user?.['displayName']) ?? mail };
}
