import { ConfidentialClientApplication } from '@azure/msal-node';
import type { Configuration, INetworkModule, NetworkResponse } from '@azure/msal-node';
import { SourceError } from '@holdfast/contracts';
import type { JsonObject, JsonValue, OperationOptions } from '@holdfast/contracts';

import type { ResolvedExchangeOptions } from '../exchange-options.ts';
import { asObject, asString } from '../json-access.ts';
import type { RequestMeter } from '../request-counters.ts';
import { closedTime } from './closed-time.ts';
import { requestToken } from './token-request.ts';

/** Where access tokens come from. */
export interface TokenSource {
  /**
   * A token that is good now, from memory if there is one.
   *
   * @throws `ERR_CREDENTIALS_REJECTED` or `ERR_SOURCE_UNREACHABLE`, a {@link SourceError}, if there is none to be had.
   */
  get(options?: OperationOptions): Promise<string>;
  /** Milliseconds during which sign-in asked to wait, up to now. */
  readonly throttledMs: number;
  /** Forgets that token because the service refused it; the next `get` asks for a new one. */
  reject(token: string): void;
}

/** The acquisition under way. There is one at a time; it ends early when all who wait for it have given up. */
interface Acquisition {
  readonly controller: AbortController;
  /** What really went wrong: the sign-in library wraps errors, and quotes answers in them. */
  failure?: { readonly error: unknown };
  token?: Promise<string>;
  waiting: number;
}

/** A token and when it expires, on the clock that was passed in. */
interface TimedToken {
  readonly token: string;
  readonly expires: number;
}

/** As early as the sign-in library itself renews a token. */
const RENEW_BEFORE_MS = 300_000;

/** Makes a source of tokens by client credentials. One token serves all mailboxes. */
export function tokenSource(options: ResolvedExchangeOptions, meter: RequestMeter): TokenSource {
  const scopes = [`${options.hosts.graph}/.default`];
  const refused = new Set<string>();
  const throttled = closedTime();
  let current: Acquisition | undefined;
  let newest: TimedToken | undefined;
  let application: ConfidentialClientApplication | undefined;

  const networkClient: INetworkModule = {
    sendGetRequestAsync: () => Promise.reject(new TypeError('sign-in must not need anything but a token')),
    sendPostRequestAsync: async (url, request = {}) => {
      const acquisition = current;
      const signal = acquisition?.controller.signal ?? AbortSignal.abort();
      try {
        const answer = await requestToken({ options, meter, throttled, signal }, url, request);
        newest = tokenIn(asObject(answer.body as JsonValue), options.clock.now());
        return answer as NetworkResponse<never>;
      } catch (error) {
        if (acquisition !== undefined) acquisition.failure = { error };
        throw error;
      }
    },
  };

  async function ask(acquisition: Acquisition, { skipCache }: { readonly skipCache: boolean }): Promise<string> {
    application ??= new ConfidentialClientApplication(configuration(options, networkClient));
    try {
      const result = await application.acquireTokenByClientCredential({ scopes, skipCache });
      if (result?.accessToken) return result.accessToken;
    } catch (error) {
      if (acquisition.failure !== undefined) throw acquisition.failure.error;
      // What is left are keys and certificates that cannot be used at all; the text may quote them.
      throw new SourceError('ERR_CREDENTIALS_REJECTED', { reason: error instanceof Error ? error.name : 'unusable' });
    }
    throw new SourceError('ERR_CREDENTIALS_REJECTED', { reason: 'no token' });
  }

  async function acquire(acquisition: Acquisition): Promise<string> {
    const known = await ask(acquisition, { skipCache: false });
    // The sign-in library looks at the clock of the machine, which need not be the one that was passed in.
    const expires = known === newest?.token ? newest.expires : Number.POSITIVE_INFINITY;
    if (!refused.has(known) && options.clock.now() < expires - RENEW_BEFORE_MS) return known;
    const fresh = await ask(acquisition, { skipCache: true });
    refused.delete(known);
    return fresh;
  }

  return {
    get throttledMs() {
      return throttled.elapsed(options.clock.now());
    },

    async get({ signal } = {}) {
      signal?.throwIfAborted();
      const acquisition = (current ??= { controller: new AbortController(), waiting: 0 });
      acquisition.waiting++;
      acquisition.token ??= acquire(acquisition);
      try {
        return await untilAborted(acquisition.token, signal);
      } finally {
        acquisition.waiting--;
        if (acquisition.waiting === 0) {
          if (current === acquisition) current = undefined;
          acquisition.controller.abort();
        }
      }
    },

    reject(token) {
      refused.add(token);
    },
  };
}

function tokenIn(answer: JsonObject | undefined, now: number): TimedToken | undefined {
  const token = asString(answer?.['access_token']);
  const seconds = Number(answer?.['expires_in']);
  // One that lives for a moment only would be renewed again and again.
  if (token === undefined || !(seconds * 1000 > 2 * RENEW_BEFORE_MS)) return undefined;
  return { token, expires: now + seconds * 1000 };
}

/** Everything that sign-in would otherwise look up, so that a token costs one request and goes to one host. */
function configuration(options: ResolvedExchangeOptions, networkClient: INetworkModule): Configuration {
  const { tenant, credentials, hosts } = options;
  const authority = `https://${hosts.login}/${tenant}`;
  return {
    auth: {
      ...credentials,
      authority,
      knownAuthorities: [hosts.login],
      cloudDiscoveryMetadata: JSON.stringify({
        tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: hosts.login, preferred_cache: hosts.login, aliases: [hosts.login] }],
      }),
      authorityMetadata: JSON.stringify({
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
        issuer: `${authority}/v2.0`,
        jwks_uri: `${authority}/discovery/v2.0/keys`,
      }),
    },
    system: { networkClient, disableInternalRetries: true },
  };
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
