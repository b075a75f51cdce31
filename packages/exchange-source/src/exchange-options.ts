import { silentLogger, systemClock, systemRandomness } from '@holdfast/contracts';
import type { Clock, Logger, Randomness } from '@holdfast/contracts';

import { cloudHosts } from './cloud.ts';
import type { Cloud, CloudHosts } from './cloud.ts';
import { THROTTLE_PATIENCE_MS } from './client/retry-policy.ts';
import type { RequestEvent, RetryEvent } from './request-counters.ts';

/** An application that signs in with a client secret. */
export interface SecretCredentials {
  /** Application (client) id of the registration. */
  readonly clientId: string;
  /** The secret's value, not its id. */
  readonly clientSecret: string;
}

/** An application that signs in with a certificate, as Microsoft advises for unattended work. */
export interface CertificateCredentials {
  /** Application (client) id of the registration. */
  readonly clientId: string;
  /** The certificate that was uploaded to the registration. */
  readonly clientCertificate: {
    /** SHA-256 thumbprint of the certificate, in hex. */
    readonly thumbprintSha256: string;
    /** Private key in PEM, `-----BEGIN PRIVATE KEY-----`. */
    readonly privateKey: string;
  };
}

/** How the application proves who it is. */
export type ExchangeCredentials = SecretCredentials | CertificateCredentials;

/** Options of {@link exchangeOnline}. */
export interface ExchangeOnlineOptions {
  /** Directory (tenant) id, or one of the tenant's domains. It is part of the ids of sources, so keep to one form. */
  readonly tenant: string;
  /** How the application proves who it is. */
  readonly credentials: ExchangeCredentials;
  /** Which cloud the tenant is in. @defaultValue `'global'` */
  readonly cloud?: Cloud | undefined;
  /** Makes every request, those for tokens too; the place for a proxy. @defaultValue the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Where time comes from. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;
  /** Where the jitter of repeated requests comes from. @defaultValue the generator of the platform */
  readonly randomness?: Randomness | undefined;
  /** Receives what the library would say. @defaultValue silence */
  readonly logger?: Logger | undefined;
  /** Called after each attempt of each request, synchronously; must not throw. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Called before each wait for a repetition, of requests inside a batch too, synchronously; must not throw. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  /**
   * How long the service may hold one request back by throttling, in milliseconds, all its waits added up, before
   * `ERR_SOURCE_THROTTLED` tells the caller. `Infinity` waits for ever. Every wait is told by `onRetry`.
   *
   * @defaultValue `86_400_000`, a day
   */
  readonly throttlePatienceMs?: number | undefined;
}

/** {@link ExchangeOnlineOptions} with defaults filled in: the only form the code behind sees. */
export interface ResolvedExchangeOptions {
  /** The tenant, in lower case. */
  readonly tenant: string;
  /** How the application proves who it is. */
  readonly credentials: ExchangeCredentials;
  /** Where the services live. */
  readonly hosts: CloudHosts;
  /** Makes every request. */
  readonly fetch: typeof globalThis.fetch;
  /** Where time comes from. */
  readonly clock: Clock;
  /** Where jitter comes from. */
  readonly randomness: Randomness;
  /** Receives what the library would say. */
  readonly logger: Logger;
  /** Called after each attempt of each request. */
  readonly onRequest: (event: RequestEvent) => void;
  /** Called before each wait for a repetition. */
  readonly onRetry: (event: RetryEvent) => void;
  /** How long throttling may hold a request back in all, in milliseconds. */
  readonly throttlePatienceMs: number;
}

/** Fills in defaults and rejects nonsense, so that nothing behind this line checks options. */
export function resolveExchangeOptions(options: ExchangeOnlineOptions): ResolvedExchangeOptions {
  const { tenant, credentials, cloud = 'global', clock = systemClock, randomness = systemRandomness } = options;
  if (!/^[\w.-]+$/.test(tenant)) throw new TypeError('tenant must be a directory id or a domain name');
  if (!/^[\w.-]+$/.test(credentials.clientId)) throw new TypeError('credentials.clientId must be an application id');
  if ('clientSecret' in credentials && credentials.clientSecret === '') {
    throw new TypeError('credentials.clientSecret must not be empty');
  }
  if (!Object.hasOwn(cloudHosts, cloud)) {
    throw new TypeError(`cloud must be one of ${Object.keys(cloudHosts).join(', ')}`);
  }
  const { throttlePatienceMs = THROTTLE_PATIENCE_MS } = options;
  if (!(throttlePatienceMs >= 0)) throw new TypeError('throttlePatienceMs must be a number of milliseconds');
  return {
    tenant: tenant.toLowerCase(),
    credentials,
    hosts: cloudHosts[cloud],
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    randomness,
    logger: options.logger ?? silentLogger,
    onRequest: options.onRequest ?? (() => {}),
    onRetry: options.onRetry ?? (() => {}),
    throttlePatienceMs,
  };
}
