import { channel } from 'node:diagnostics_channel';

import { createControl, ensureFolder } from './control/create-control.ts';
import type { ExchangeControl } from './control/exchange-control.ts';
import { demoMailbox } from './demo/demo-mailbox.ts';
import { exchangeFetch } from './exchange-fetch.ts';
import { resolveExchangeOptions } from './exchange-options.ts';
import type { MailboxSetup, StartExchangeOptions } from './exchange-options.ts';
import { loginEndpoint } from './login/login-endpoint.ts';
import { createTokenStore } from './login/token-store.ts';
import { deliverMime } from './mime/deliver-mime.ts';
import { LOGIN_HOST } from './protocol/real-hosts.ts';
import { createExchangeService } from './server/exchange-service.ts';
import { createFaults } from './server/faults.ts';
import { graphEndpoint, LARGEST_BODY } from './server/graph-endpoint.ts';
import { startHttpServer } from './server/http-server.ts';
import { createRequestLog } from './server/request-log.ts';
import { createRequestNotices } from './server/request-notices.ts';
import type { RequestLog } from './server/request-log.ts';
import { createViolationLog, DescriptionViolatedError } from './server/violation-log.ts';
import type { ViolationLog } from './server/violation-log.ts';
import { createWeather } from './server/weather.ts';
import type { Weather, WeatherReport } from './server/weather.ts';
import { seededIdentifiers } from './store/identifiers.ts';
import { createMailbox } from './store/mailbox.ts';
import type { Mailbox } from './store/mailbox.ts';

/** Tells that a simulator was started: one that is never closed shows by it. */
const STARTED = channel('holdfast:simulator-started');
/**
 * Tells that a simulator was closed: how many requests to Microsoft Graph and how many of its answers were checked
 * against the description, and how many violations nobody had taken, and somebody had.
 */
const CLOSED = channel('holdfast:simulator-closed');

/** What the token endpoint accepts. */
export interface ExchangeCredentials {
  /** Id of the application. */
  readonly clientId: string;
  /** Its secret. */
  readonly clientSecret: string;
}

/** A running simulator of Exchange Online. */
export interface Exchange extends AsyncDisposable {
  /** Address of the server, for {@link exchangeFetch} in another process. */
  readonly url: string;
  /** Id of the tenant (GUID). */
  readonly tenant: string;
  /** What the token endpoint accepts. */
  readonly credentials: ExchangeCredentials;
  /** A `fetch` that reaches this simulator under the names of the real hosts, and nothing else. */
  readonly fetch: typeof globalThis.fetch;
  /** Acts on the mailboxes from behind. */
  readonly control: ExchangeControl;
  /** What was asked. */
  readonly requests: RequestLog;
  /** What was outside of the description of Microsoft Graph. */
  readonly violations: ViolationLog;
  /**
   * Stops the server, with all connections. Leaving an `await using` block does the same. Publishes
   * `{ requests, answers, violations, taken }` on the channel `holdfast:simulator-closed` of `node:diagnostics_channel`: how
   * many requests to Microsoft Graph and answers of it were checked against the description, how many violations nobody
   * took, and how many were taken. The start is told, once, on `holdfast:simulator-started`.
   *
   * @throws a {@link DescriptionViolatedError} if a request or an answer was outside of the description and nobody
   * took it from `violations`.
   */
  close(): Promise<void>;
}

/**
 * Starts an Exchange Online on loopback: the token endpoint, and the part of Microsoft Graph v1.0 that a backup of mail
 * uses, with its limits, its errors and its surprises. Nothing leaves the machine, and the same seed gives the same
 * mailboxes, ids and answers.
 *
 * What is simulated was compiled from Microsoft's documentation and public reports; it was not compared with a live
 * tenant.
 *
 * @throws a `TypeError` or `RangeError` if an option makes no sense.
 *
 * @example A mailbox with 250 messages, and the first of its folders
 * ```ts
 * import { startExchange } from '@holdfast/simulators/exchange';
 *
 * const exchange = await startExchange({ mailboxes: { 'ada@example.org': { messages: 250 } } });
 * const login = await exchange.fetch(`https://login.microsoftonline.com/${exchange.tenant}/oauth2/v2.0/token`, {
 *   method: 'POST',
 *   body: new URLSearchParams({
 *     grant_type: 'client_credentials',
 *     client_id: exchange.credentials.clientId,
 *     client_secret: exchange.credentials.clientSecret,
 *     scope: 'https://graph.microsoft.com/.default',
 *   }),
 * });
 * const { access_token } = (await login.json()) as { access_token: string };
 * const folders = await exchange.fetch('https://graph.microsoft.com/v1.0/users/ada@example.org/mailFolders', {
 *   headers: { authorization: `Bearer ${access_token}` },
 * });
 * await exchange.close();
 * ```
 */
export async function startExchange(options: StartExchangeOptions): Promise<Exchange> {
  const resolved = resolveExchangeOptions(options);
  const { clock } = resolved;
  const now = (): number => clock.now();
  const identifiers = seededIdentifiers(resolved.seed);
  const tenant = identifiers.guid('tenant');
  const credentials = { clientId: identifiers.guid('client'), clientSecret: identifiers.text(40, 'secret') };
  const tokens = createTokenStore(identifiers, { now, lifetimeMs: resolved.tokenLifetimeMs });
  const requests = createRequestLog();
  const violations = createViolationLog();
  const mailboxes = new Map<string, Mailbox>();
  let secretState: 'expired' | 'valid' = 'valid';

  for (const [address, setup] of Object.entries(resolved.mailboxes)) {
    const { displayName = address.split('@')[0] ?? address, state = 'active' } = setup;
    const mailbox = createMailbox({ address, displayName, state, identifiers, now });
    mailboxes.set(address.toLowerCase(), mailbox);
    await fill(mailbox, setup, { seed: resolved.seed, now });
  }

  const service = createExchangeService({
    behaviour: resolved,
    clock,
    faults: createFaults(),
    identifiers,
    mailboxes,
    notices: createRequestNotices(),
    requests,
    tenant,
    tokens,
    violations,
  });
  const weatherOf = (weather: Weather | undefined): WeatherReport | undefined =>
    weather === undefined ? undefined : createWeather(weather, { defaultSeed: resolved.seed, now });
  service.faults.weather = weatherOf(resolved.weather);
  const graph = graphEndpoint(service);
  const login = loginEndpoint(service, {
    ...credentials,
    tenant,
    domains: new Set([...mailboxes.keys()].map((address) => address.split('@')[1] ?? '')),
    secretExpired: () => secretState === 'expired',
    tokens,
    identifiers,
    now,
  });

  const server = await startHttpServer({
    port: resolved.port,
    largestBody: LARGEST_BODY,
    now,
    onSent: (bytes) => requests.recordSent(bytes),
    answer: (request) => (request.url.host === LOGIN_HOST ? login(request) : graph(request)),
  });
  let isClosed = false;
  STARTED.publish({});

  async function close(): Promise<void> {
    await server.close();
    const { taken, checked } = violations;
    const left = violations.take();
    if (!isClosed) {
      CLOSED.publish({ requests: checked.request, answers: checked.answer, violations: left.length, taken });
    }
    isClosed = true;
    if (left.length > 0) throw new DescriptionViolatedError(left);
  }

  return {
    url: server.url,
    tenant,
    credentials,
    fetch: exchangeFetch(server.url),
    control: createControl(service, {
      setSecret: (state) => {
        secretState = state;
      },
      weatherOf,
    }),
    requests,
    violations,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function fill(
  mailbox: Mailbox,
  { messages = 0, eml = [] }: MailboxSetup,
  { seed, now }: { readonly seed: number; readonly now: () => number },
): Promise<void> {
  if (messages > 0) {
    const owner = { name: mailbox.displayName, address: mailbox.address };
    for await (const { folder, content } of demoMailbox({ seed, messages, owner, now: now() })) {
      mailbox.addMessage(ensureFolder(mailbox, folder), content);
    }
  }
  for (const file of eml) {
    const { path, bytes } = file instanceof Uint8Array ? { path: '', bytes: file } : file;
    const folders = path.split('/').slice(0, -1);
    const content = await deliverMime(bytes, { receivedTime: now() });
    mailbox.addMessage(ensureFolder(mailbox, folders.length === 0 ? 'inbox' : folders), content);
  }
}
