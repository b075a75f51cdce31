import type { RetryCause } from '../request-counters.ts';
import { NetworkFailure, UncertainOutcome } from './call.ts';
import type { ServiceResponse } from './call.ts';
import { isNotReady } from './service-error.ts';

/** What a failure is told as where its request is repeated. */
export function failureOf(failure: ServiceResponse | UncertainOutcome): {
  readonly cause: RetryCause;
  readonly status: number;
  readonly code: string | undefined;
} {
  const response = failure instanceof UncertainOutcome ? failure.response : failure;
  if (response === undefined) {
    const { cause } = failure as UncertainOutcome;
    return { cause: 'network', status: 0, code: cause instanceof NetworkFailure ? cause.code : undefined };
  }
  const { status, cut, errorCode } = response;
  if (cut) return { cause: 'cut', status: 0, code: errorCode };
  return { cause: isNotReady(response) ? 'not-ready' : 'unavailable', status, code: errorCode };
}
