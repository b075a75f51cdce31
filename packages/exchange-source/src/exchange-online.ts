import { SourceError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';

import type { ServiceResponse } from './client/call.ts';
import { graphClient } from './client/graph-client.ts';
import type { GraphClient } from './client/graph-client.ts';
import { limitGate } from './client/limit-gate.ts';
import type { LimitGate } from './client/limit-gate.ts';
import { toSourceError } from './client/service-error.ts';
import { tokenSource } from './client/token-source.ts';
import { exchangeMailbox } from './exchange-mailbox.ts';
import type { ExchangeMailbox } from './exchange-mailbox.ts';
import { resolveExchangeOptions } from './exchange-options.ts';
import type { ExchangeOnlineOptions } from './exchange-options.ts';
import { asObject, asString } from './json-access.ts';
import { requestMeter } from './request-counters.ts';
import type { RequestCounters } from './request-counters.ts';

/** The mailboxes of one tenant, seen by one application. */
export interface ExchangeOnline {
  /** What was asked of the service so far; a snapshot, to be read again for newer figures. */
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
 * Connects to Exchange Online through Microsoft Graph. Makes no request by itself.
 *
 * The application needs the application permissions `User.Read.All` and `Mail.Read`, and to restore `Mail.ReadWrite`.
 * At most 4 requests are in flight and 10,000 are made within 10 minutes for each mailbox.
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
  const meter = requestMeter(resolved.onRequest);
  const tokens = tokenSource(resolved, meter);
  const directory = graphClient({ options: resolved, tokens, meter, gate: limitGate({ clock }) });
  const gates = new Map<string, LimitGate>();

  function clientOf(mailboxId: string): GraphClient {
    const gate = gates.get(mailboxId) ?? limitGate({ clock });
    gates.set(mailboxId, gate);
    return graphClient({ options: resolved, tokens, meter, gate });
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
      const context = { client: clientOf(user.id), address: user.address, path };
      return exchangeMailbox(context, { id: `exchange:${tenant}:${user.id}`, displayName: user.displayName });
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
  const id = asString(user?.['id']);
  if (id === undefined || id === '') {
    throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a user without an id' });
  }
  const mail = asString(user?.['mail']) ?? address;
  return { id: id.toLowerCase(), address: mail, displayName: asString(user?.['displayName']) ?? mail };
}
