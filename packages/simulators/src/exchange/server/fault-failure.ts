import { GraphFailure } from '../protocol/graph-failure.ts';

/** What {@link faultFailure} writes. */
export interface FaultFailureOptions {
  /** HTTP status. */
  readonly status: 429 | 500 | 502 | 503 | 504;
  /** The code of a 429. */
  readonly code?: 'ApplicationThrottled' | 'TooManyRequests' | undefined;
  /** The value of `Retry-After`; the header is left out without it. */
  readonly retryAfter?: string | undefined;
}

const MESSAGES = {
  ApplicationThrottled: 'Application is over its MailboxConcurrency limit.',
  TooManyRequests: 'Please retry again later.',
} as const;

/** An answer of a service that is busy or ill: 429 and 500 have an error body, what a gateway answers has none. */
export function faultFailure({ status, code = 'ApplicationThrottled', retryAfter }: FaultFailureOptions): GraphFailure {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  if (status === 429) return new GraphFailure(status, code, MESSAGES[code], { headers });
  // A code that says nothing, as the service has for what it did not expect.
  return new GraphFailure(status, 'UnknownError', '', { headers, empty: status !== 500 });
}

/** `Retry-After` as a date: whole seconds, never before the time that was meant. */
export function retryAfterDate(now: number, seconds: number): string {
  return new Date(Math.ceil((now + seconds * 1000) / 1000) * 1000).toUTCString();
}
