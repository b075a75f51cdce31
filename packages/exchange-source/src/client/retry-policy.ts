import { SourceError, randomFraction } from '@holdfast/contracts';
import type { Clock, Randomness } from '@holdfast/contracts';

import type { RetryCause } from '../request-counters.ts';
import type { ServiceResponse } from './call.ts';
import { QUOTA_EXCEEDED, failureReason, isPermanent, isPushback } from './service-error.ts';
import { retryAfterMs } from './retry-after.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_BACKOFF_MS = 60_000;
/** However long the service asks for, it is asked again after a day: timers cannot be set for a month. */
const LONGEST_WAIT_MS = 86_400_000;
/** From this push of the service on, one after the other, the wait grows even if the service asks for less each time. */
const PATIENT_PUSHES = 10;

/** How long one request may be held back by throttling before the caller is told: a day. */
export const THROTTLE_PATIENCE_MS = 86_400_000;

/** What to do after an attempt: wait so long, then try again. */
export interface RetryWait {
  /** Milliseconds to wait. */
  readonly waitMs: number;
  /** Why the attempt is to be repeated; `throttled` if the service asked to wait. */
  readonly cause: RetryCause;
}

/** How often a request is tried. */
export interface RetryLimits {
  /** All attempts; waits that the service asks for are not counted. */
  readonly attempts: number;
  /** How many failed answers end the trying earlier. @defaultValue as many as `attempts` */
  readonly failedAnswers?: number | undefined;
  /** How long throttling may hold the request back in all, in milliseconds. @defaultValue a day */
  readonly throttlePatienceMs?: number | undefined;
}

/** Decides for one request, attempt by attempt. */
export interface RetryPolicy {
  /**
   * What to do about an answer; `undefined` means that it is the final one.
   *
   * @throws `ERR_SOURCE_THROTTLED`, a {@link SourceError}, if the service holds the request back for longer than
   * `throttlePatienceMs` in all.
   */
  afterResponse(response: ServiceResponse): RetryWait | undefined;
  /** What to do about a connection that gave no answer; `undefined` means to give up. */
  afterFailure(): RetryWait | undefined;
}

/**
 * Makes the policy of one request. Where the service pushes back (429, or 503 with `Retry-After`), the wait that it asks
 * for is kept to the millisecond and does not count as a failure; one who is pushed back again and again waits for
 * longer, because requests that are refused count against the limit too. 500, 502, 503, 504, answers that were cut short
 * and broken connections are tried again with exponential back-off and jitter, unless the code says that they stay.
 */
export function retryPolicy(clock: Clock, randomness: Randomness, limits: RetryLimits): RetryPolicy {
  const { attempts, failedAnswers = attempts, throttlePatienceMs = THROTTLE_PATIENCE_MS } = limits;
  let badAnswers = 0;
  let failures = 0;
  let pushes = 0;
  let unansweredPushes = 0;
  let throttledMs = 0;

  function backOff(exponent: number): number {
    const ceiling = Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** exponent);
    return Math.ceil(ceiling * (0.5 + randomFraction(randomness) / 2));
  }

  function fail(cause: RetryCause): RetryWait | undefined {
    failures++;
    pushes = 0;
    return failures >= attempts ? undefined : { waitMs: backOff(failures - 1), cause };
  }

  /** Some answers ask for no wait at all, for one that is over, or always for the same: that would go on for ever. */
  function pushedBack(asked: number | undefined): number {
    pushes++;
    if (asked === undefined || asked <= 0) return backOff(unansweredPushes++);
    return pushes <= PATIENT_PUSHES ? asked : Math.max(asked, backOff(pushes - PATIENT_PUSHES));
  }

  return {
    afterFailure: () => fail('network'),

    afterResponse(response) {
      if (isPushback(response)) {
        const wanted = pushedBack(retryAfterMs(response.headers, clock.now()));
        if (throttledMs + wanted > throttlePatienceMs) {
          throw new SourceError('ERR_SOURCE_THROTTLED', { reason: failureReason(response) }, { retryAfterMs: wanted });
        }
        const waitMs = Math.min(wanted, LONGEST_WAIT_MS);
        throttledMs += waitMs;
        return { waitMs, cause: 'throttled' };
      }
      if (!isPassing(response)) return undefined;
      const wait = fail(response.cut ? 'cut' : 'unavailable');
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
