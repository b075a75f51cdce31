/** What the service has too much of: requests at a time, or requests, or it does not say. */
export type PushbackCause = 'concurrency' | 'load';

/** What is allowed now, at most what is documented. */
export interface AdaptiveLimits {
  /** How many requests may be in flight. */
  readonly inFlight: number;
  /** Share of the documented rate at which requests may start; 1 does not hold them back at all. */
  readonly rate: number;
  /** Changes with each step down, so that requests that were under way then are not taken for a new push. */
  readonly era: number;
  /**
   * The service pushed back on a request that began in the given era. One about concurrency takes a place away; any
   * other one, from the second on, halves the rate. Pushes on requests of an earlier era were met already.
   */
  pushBack(cause: PushbackCause, era: number): void;
  /** So many requests were served. Enough of them in a row give a place and a step of the rate back. */
  succeed(count: number): void;
}

/** So many requests must be served in a row before a step up. */
const SUCCESSES_FOR_A_STEP = 100;
/** For a mailbox about one request a second. */
const LOWEST_RATE = 1 / 16;

/**
 * Makes limits that stand at what is documented. Others may use the same allowance (another program of the same
 * application), and a service under load may allow less.
 */
export function adaptiveLimits(documented: { readonly inFlight: number }): AdaptiveLimits {
  let inFlight = documented.inFlight;
  let rate = 1;
  let era = 0;
  let successes = 0;
  let warned = false;

  return {
    get inFlight() {
      return inFlight;
    },
    get rate() {
      return rate;
    },
    get era() {
      return era;
    },

    pushBack(cause, pushedEra) {
      successes = 0;
      if (pushedEra < era) return;
      era++;
      if (cause === 'concurrency') inFlight = Math.max(1, inFlight - 1);
      else if (warned) rate = Math.max(LOWEST_RATE, rate / 2);
      else warned = true;
    },

    succeed(count) {
      successes += count;
      if (successes < SUCCESSES_FOR_A_STEP) return;
      successes = 0;
      inFlight = Math.min(documented.inFlight, inFlight + 1);
      if (rate === 1) warned = false;
      rate = Math.min(1, rate * 2);
    },
  };
}
