import { SourceError } from '@holdfast/contracts';
import type { Clock, Logger, Randomness } from '@holdfast/contracts';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';

import type { RetryEvent } from '../request-counters.ts';
import { NetworkFailure, UncertainOutcome, callOf } from './call.ts';
import type { Call, ServiceResponse } from './call.ts';
import type { Pushback } from './limit-gate.ts';
import { isPassing, retryPolicy } from './retry-policy.ts';
import type { RetryPolicy, RetryWait } from './retry-policy.ts';
import { failureReason, pushbackCause } from './service-error.ts';
import type { TokenSource } from './token-source.ts';

/** What the part of the chain that tries again needs. */
export interface RetryMiddlewareOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** Where jitter comes from. */
  readonly randomness: Randomness;
  /** Receives a line for each repetition. */
  readonly logger: Logger;
  /** How long throttling may hold a request back in all, in milliseconds. */
  readonly throttlePatienceMs: number;
  /** Told when the service pushes back, so that the other requests of the mailbox wait too. */
  readonly pushBack: (pushback: Pushback) => void;
  /** Told of each repetition before the wait. */
  readonly onRetry: (event: RetryEvent) => void;
  /** Told when a token is refused. */
  readonly tokens: TokenSource;
}

const DEFAULT_ATTEMPTS = 8;
/** A token that was fetched by another request may be refused as well; more in a row are not the token's fault. */
const RENEWALS_IN_A_ROW = 2;

/** A wait, and what was the matter. */
interface Repetition extends RetryWait {
  readonly status: number;
  readonly code: string | undefined;
}

/**
 * Makes the part of the chain that tries again (see {@link retryPolicy}), and renews a token that is refused. It waits
 * outside the gate.
 *
 * Throws a `SourceError` when there is no use in trying on, an {@link UncertainOutcome} if the request must not be sent
 * twice and may have been acted on, and `signal.reason` at once on an abort.
 */
export function retryMiddleware(options: RetryMiddlewareOptions): Middleware {
  const { clock, randomness, logger, throttlePatienceMs, pushBack, onRetry, tokens } = options;
  let next: Middleware | undefined;

  /**
   * Makes one attempt; returns how long to wait before the next, or nothing if its answer is the final one. A service
   * that answered before, if only to say that it failed, is there: where the connection fails at last, that answer counts.
   */
  async function attempt(
    context: Context,
    call: Call,
    policy: RetryPolicy,
    earlier: ServiceResponse | undefined,
  ): Promise<Repetition | undefined> {
    const { repeatable = true } = call.request;
    try {
      await next?.execute(context);
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      if (!repeatable) throw new UncertainOutcome(error.message, { attempt: call.attempt, cause: error });
      const wait = policy.afterFailure();
      if (wait === undefined && earlier !== undefined) {
        call.response = { ...earlier, attempt: call.attempt };
        return undefined;
      }
      if (wait === undefined) {
        throw new SourceError('ERR_SOURCE_UNREACHABLE', { reason: error.message }, { cause: error });
      }
      return { ...wait, status: 0, code: error.code };
    }
    const { response } = call;
    if (response === undefined) return undefined;
    const wait = policy.afterResponse(response);
    if (!repeatable && wait?.cause !== 'throttled' && isPassing(response)) {
      throw new UncertainOutcome(failureReason(response), { attempt: call.attempt, response });
    }
    if (wait?.cause === 'throttled') {
      pushBack({ waitMs: wait.waitMs, cause: pushbackCause(response), era: call.era });
    }
    return wait && { ...wait, status: response.cut ? 0 : response.status, code: response.errorCode };
  }

  return {
    setNext: (middleware) => {
      next = middleware;
    },
    execute: async (context: Context): Promise<void> => {
      const call = callOf(context);
      const { kind, signal, attempts = DEFAULT_ATTEMPTS, failedAnswers } = call.request;
      const policy = retryPolicy(clock, randomness, { attempts, failedAnswers, throttlePatienceMs });
      let renewals = 0;
      let failed: ServiceResponse | undefined;
      for (;;) {
        signal?.throwIfAborted();
        call.attempt++;
        call.response = undefined;
        let repetition = await attempt(context, call, policy, failed);
        if (repetition === undefined) {
          const refusal = tokenRefusal(call);
          if (refusal === undefined || renewals === RENEWALS_IN_A_ROW) return;
          renewals++;
          tokens.reject(call.token ?? '');
          repetition = { waitMs: 0, cause: 'token-refused', status: 401, code: refusal.errorCode };
        } else renewals = 0;
        if (repetition.cause === 'unavailable' || repetition.cause === 'cut') failed = call.response;
        onRetry({ kind, attempt: call.attempt, ...repetition });
        logger.debug('a request is to be repeated', { kind, attempt: call.attempt, ...repetition });
        if (repetition.waitMs > 0) await clock.sleep(repetition.waitMs, { signal });
      }
    },
  };
}

function tokenRefusal({ response, token }: Call): ServiceResponse | undefined {
  return response?.status === 401 && token !== undefined ? response : undefined;
}
