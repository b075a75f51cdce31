import type { NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { SourceError } from '@holdfast/contracts';
import type { JsonObject } from '@holdfast/contracts';

import type { ResolvedExchangeOptions } from '../exchange-options.ts';
import { asArray, asObject, asString } from '../json-access.ts';
import type { RequestMeter } from '../request-counters.ts';
import { NetworkFailure } from './call.ts';
import type { ServiceResponse } from './call.ts';
import type { ClosedTime } from './closed-time.ts';
import { exchangeBytes } from './exchange-bytes.ts';
import { retryPolicy } from './retry-policy.ts';
import type { RetryWait } from './retry-policy.ts';
import { failureReason } from './service-error.ts';

const ATTEMPTS = 8;

/** What a request for a token goes through. */
export interface TokenRequestContext {
  /** The options of the service. */
  readonly options: ResolvedExchangeOptions;
  /** Counts what is sent and received. */
  readonly meter: RequestMeter;
  /** Notes when sign-in asks to wait. */
  readonly throttled: ClosedTime;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/**
 * Sends one request for a token, with the same patience as every other request.
 *
 * @throws `ERR_CREDENTIALS_REJECTED`, a {@link SourceError}, if sign-in refuses it; the reason is the AADSTS code alone,
 * because the text of such an answer may repeat what was sent.
 * @throws `ERR_SOURCE_UNREACHABLE` or `ERR_SOURCE_THROTTLED`, a {@link SourceError}, if there is no answer.
 */
export async function requestToken<T>(
  context: TokenRequestContext,
  url: string,
  request: NetworkRequestOptions,
): Promise<NetworkResponse<T>> {
  const response = await sendPatiently(context, url, request);
  const body = asObject(response.json);
  if (!response.ok) throw new SourceError('ERR_CREDENTIALS_REJECTED', { reason: rejectionOf(response, body) });
  if (body === undefined) {
    throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'sign-in answered with something that is not JSON' });
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), body: body as T };
}

async function sendPatiently(
  context: TokenRequestContext,
  url: string,
  request: NetworkRequestOptions,
): Promise<ServiceResponse> {
  const { options, meter, signal } = context;
  const { clock, randomness, throttlePatienceMs, onRetry } = options;
  const policy = retryPolicy(clock, randomness, { attempts: ATTEMPTS, throttlePatienceMs });
  const body = new TextEncoder().encode(request.body ?? '');
  const init = { method: 'POST', headers: { Accept: 'application/json', ...request.headers }, body, signal };
  for (let attempt = 1; ; attempt++) {
    let response: ServiceResponse | undefined;
    let wait: RetryWait | undefined;
    let networkCode: string | undefined;
    const startTime = clock.now();
    try {
      response = { ...(await exchangeBytes(options.fetch, url, init)), attempt };
      wait = policy.afterResponse(response);
    } catch (error) {
      if (!(error instanceof NetworkFailure)) throw error;
      wait = policy.afterFailure();
      networkCode = error.code;
      if (wait === undefined) {
        throw new SourceError('ERR_SOURCE_UNREACHABLE', { reason: error.message }, { cause: error });
      }
    } finally {
      meter.add({
        kind: 'token',
        method: 'POST',
        status: response === undefined || response.cut ? 0 : response.status,
        attempt,
        counted: 1,
        milliseconds: clock.now() - startTime,
        bytesReceived: response?.bytes.length ?? 0,
        bytesSent: body.length,
      });
    }
    if (wait === undefined && response !== undefined) {
      if (response.status < 500 && !response.cut) return response;
      throw new SourceError('ERR_SOURCE_UNREACHABLE', { reason: `sign-in: ${failureReason(response)}` });
    }
    if (wait === undefined) continue;
    const { waitMs, cause } = wait;
    const status = response === undefined || response.cut ? 0 : response.status;
    onRetry({ kind: 'token', attempt, waitMs, cause, status, code: response?.errorCode ?? networkCode });
    if (cause === 'throttled') context.throttled.close(clock.now(), waitMs);
    await clock.sleep(waitMs, { signal });
  }
}

function rejectionOf(response: ServiceResponse, body: JsonObject | undefined): string {
  const [number] = asArray(body?.['error_codes']);
  if (typeof number === 'number') return `AADSTS${number}`;
  const inText = /^AADSTS\d+/.exec(asString(body?.['error_description']) ?? '');
  if (inText !== null) return inText[0];
  const word = asString(body?.['error']);
  return word !== undefined && /^\w{1,60}$/.test(word) ? word : `status ${response.status}`;
}
