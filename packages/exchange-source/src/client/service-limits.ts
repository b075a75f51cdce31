import type { WindowLimit } from './sliding-window.ts';

/** What the service allows one application in one place. */
export interface ServiceLimits {
  /** Requests in flight. */
  readonly inFlight: number;
  /** Requests, or resource units, within a window. */
  readonly requests: WindowLimit;
  /** Bytes of the bodies of requests that write, within a window. */
  readonly upload?: WindowLimit | undefined;
}

/** How many requests one `$batch` takes (Microsoft Graph documentation, concepts/json-batching). */
export const BATCH_SIZE = 20;

/**
 * Windows are kept a second longer than documented: the clock of the service may run a little slower than this one. It
 * costs 0.2 % of the requests, 0.3 % of the bytes and 9 % of the directory calls that are allowed.
 */
const MARGIN_MS = 1000;

/**
 * One application and one mailbox: 4 requests in flight, 10,000 within 10 minutes, 150 MB of uploads within 5 minutes
 * (Microsoft Graph documentation, throttling limits, Outlook service limits). Whether a megabyte is 1,000,000 or
 * 1,048,576 bytes is not said, so it is the smaller one.
 */
export const MAILBOX_LIMITS: ServiceLimits = {
  inFlight: 4,
  requests: { amount: 10_000, windowMs: 600_000 + MARGIN_MS },
  upload: { amount: 150_000_000, windowMs: 300_000 + MARGIN_MS },
};

/**
 * One application and one tenant, for calls about users: 3,500 resource units within 10 seconds, what the smallest
 * tenants have; looking one user up costs one (Microsoft Graph documentation, throttling limits, identity and access).
 * A limit of requests in flight is not documented; this one only keeps a crowd away.
 */
export const DIRECTORY_LIMITS: ServiceLimits = {
  inFlight: 8,
  requests: { amount: 3500, windowMs: 10_000 + MARGIN_MS },
};
