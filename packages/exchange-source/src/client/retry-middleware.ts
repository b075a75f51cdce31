import { SourceError } from '@holdfast/contracts';
import type { Clock, Logger, Randomness } from '@holdfast/contracts';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';

import { NetworkFailure, UncertainOutcome, callOf } from './call.ts';
import type { Call } from './call.ts';
import { isPassing, retryPolicy } from './retry-policy.ts';
import type { RetryPolicy, RetryWait } from './retry-policy.ts';
import { failureReason } from './service-error.ts';
import type { TokenSource } from './token-source.ts';

/** What the part of the chain that tries again needs. */
export interface RetryMiddlewareOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** Where jitter comes from. */
  readonly randomness: Randomness;
  /** Receives a line for each repetition. */
  readonly logger: Logger;
  /** Told when the service asks for a pause, so that the other requests of the mailbox keep it too. */
  readonly pause: (milliseconds: number) => void;
  /** Told when a token is refused. */
  readonly tokens: TokenSource;
}

const DEFAULT_ATTEMPTS = 8;

/**
 * Makes the part of the chain that tries again (see {@link retryPolicy}), and renews the token once if it is refused.
 *
 * Throws a `SourceError` when there is no use in trying on, an {@link UncertainOutcome} if the request must not be sent
 * twice and may have been acted on, and `signal.reason` at once on an abort.
 */
export function retryMiddleware(options: RetryMiddlewareOptions): Middleware {
  const { clock, randomness, logger, pause, tokens } = options;
  let next: Middleware | undefined;

  /** Makes one attempt; returns how long to wait before the next, or nothing if its answer is the final one. */
  async function attempt(context: Context, call: Call, policy: RetryPolicy): Promise<RetryWait | undefined> {
    const { repeatable = true } = call.request;
    try {
      await next?.execute(context);
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      if (!repeatable) throw new UncertainOutcome(error.message, { cause: error });
      const wait = policy.afterFailure();
      if (wait === undefined) {
        throw new SourceError('ERR_SOURCE_UNREACHABLE', { reason: error.message }, { cause: error });
      }
      return wait;
    }
    const { response } = call;
    const wait = response === undefined ? undefined : policy.afterResponse(response);
    if (response !== undefined && !repeatable && wait?.throttled !== true && isPassing(response)) {
      throw new UncertainOutcome(failureReason(response), { response });
    }
    return wait;
  }

  return {
    setNext: (middleware) => {
      next = middleware;
    },
    execute: async (context: Context): Promise<void> => {
      const call = callOf(context);
      const { kind, signal, attempts = DEFAULT_ATTEMPTS, failedAnswers } = call.request;
      const policy = retryPolicy(clock, randomness, { attempts, failedAnswers });
      let renewed = false;
      for (;;) {
        signal?.throwIfAborted();
        call.attempt++;
        call.response = undefined;
        const wait = await attempt(context, call, policy);
        if (wait === undefined) {
          if (!isTokenRefused(call) || renewed) return;
          renewed = true;
          tokens.reject(call.token ?? '');
          continue;
        }
        if (wait.throttled) pause(wait.waitMs);
        logger.debug('waiting before a request is repeated', { kind, attempt: call.attempt, ...wait });
        await clock.sleep(wait.waitMs, { signal });
      }
    },
  };
}

function isTokenRefused({ response, token }: Call): boolean {
  return response?.status === 401 && token !== undefined;
}
