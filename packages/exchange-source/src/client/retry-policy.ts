import { SourceError, randomFraction } from '@holdfast/contracts';
import type { Clock, Randomness } from '@holdfast/contracts';

import type { ServiceResponse } from './call.ts';
import { QUOTA_EXCEEDED, isPermanent } from './service-error.ts';
import { retryAfterMs } from './retry-after.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;
/** How long one request may be held back by throttling before the caller is told. */
const THROTTLED_FOR_GOOD_MS = 3_600_000;

/** What to do after an attempt: wait so long, then try again. */
export interface RetryWait {
  /** Milliseconds to wait. */
  readonly waitMs: number;
  /** Whether the service asked for it. */
  readonly throttled: boolean;
}

/** How often a request is tried. */
export interface RetryLimits {
  /** All attempts; waits that the service asks for are not counted. */
  readonly attempts: number;
  /** How many failed answers end the trying earlier. @defaultValue as many as `attempts` */
  readonly failedAnswers?: number | undefined;
}

/** Decides for one request, attempt by attempt. */
export interface RetryPolicy {
  /**
   * What to do about an answer; `undefined` means that it is the final one.
   *
   * @throws `ERR_SOURCE_THROTTLED`, a {@link SourceError}, if the service holds the request back for more than an hour
   * in all.
   */
  afterResponse(response: ServiceResponse): RetryWait | undefined;
  /** What to do about a connection that gave no answer; `undefined` means to give up. */
  afterFailure(): RetryWait | undefined;
}

/**
 * Makes the policy of one request. 429, and 503 with `Retry-After`, are waited out and do not count; 500, 502, 503, 504,
 * answers that were cut short and broken connections are tried again with exponential back-off and jitter, unless the code says that they stay.
 */
export function retryPolicy(clock: Clock, randomness: Randomness, limits: RetryLimits): RetryPolicy {
  const { attempts, failedAnswers = attempts } = limits;
  let badAnswers = 0;
  let failures = 0;
  let unansweredThrottles = 0;
  let throttledMs = 0;

  function backOff(exponent: number): number {
    const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** exponent);
    return Math.ceil(ceiling * (0.5 + randomFraction(randomness) / 2));
  }

  function afterFailure(): RetryWait | undefined {
    failures++;
    return failures >= attempts ? undefined : { waitMs: backOff(failures - 1), throttled: false };
  }

  return {
    afterFailure,

    afterResponse(response) {
      const { status, headers } = response;
      const asked = retryAfterMs(headers, clock.now());
      if (status === 429 || (status === 503 && asked !== undefined)) {
        // Some answers ask for no wait at all, or for one that is over: asking at once would go on for ever.
        const waitMs = asked !== undefined && asked > 0 ? asked : backOff(unansweredThrottles++);
        throttledMs += waitMs;
        if (throttledMs > THROTTLED_FOR_GOOD_MS) {
          const reason = response.errorCode ?? `status ${status}`;
          throw new SourceError('ERR_SOURCE_THROTTLED', { reason }, { retryAfterMs: waitMs });
        }
        return { waitMs, throttled: true };
      }
      if (!isPassing(response)) return undefined;
      const wait = afterFailure();
      return ++badAnswers >= failedAnswers ? undefined : wait;
    },
  };
}

/** Whether an answer is a failure that may pass. */
export function isPassing(response: ServiceResponse): boolean {
  const { status, cut, errorCode } = response;
  const transient = cut || status === 408 || status === 500 || (status >= 502 && status <= 504);
  return transient && !isPermanent(response) && errorCode !== QUOTA_EXCEEDED;
}
