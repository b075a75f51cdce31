import type { Clock } from '@holdfast/contracts';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';

import type { RequestMeter } from '../request-counters.ts';
import { callOf, urlOf } from './call.ts';
import type { Call, ServiceResponse } from './call.ts';
import { exchangeBytes } from './exchange-bytes.ts';

/** What the end of the chain needs. */
export interface FetchMiddlewareOptions {
  /** Makes the request. */
  readonly fetch: typeof globalThis.fetch;
  /** Where time comes from. */
  readonly clock: Clock;
  /** Counts what is sent and received. */
  readonly meter: RequestMeter;
}

/** Makes the end of the chain: sends the exact bytes to the exact address and puts the whole answer into the call. */
export function fetchMiddleware(options: FetchMiddlewareOptions): Middleware {
  const { clock, meter } = options;
  return {
    execute: async (context: Context): Promise<void> => {
      const call = callOf(context);
      const { kind, method, answer, signal, weight = 1 } = call.request;
      const startTime = clock.now();
      let response: ServiceResponse | undefined;
      try {
        const request = { method, headers: headersOf(call), body: call.body, answer, signal };
        response = { ...(await exchangeBytes(options.fetch, urlOf(call), request)), attempt: call.attempt };
        call.response = response;
      } finally {
        meter.add({
          kind,
          method,
          status: response === undefined || response.cut ? 0 : response.status,
          attempt: call.attempt,
          counted: weight,
          milliseconds: clock.now() - startTime,
          bytesReceived: response?.bytes.length ?? 0,
          bytesSent: call.body?.length ?? 0,
        });
      }
    },
  };
}

function headersOf({ request, token }: Call): Record<string, string> {
  const isJsonBody = request.body !== undefined && !(request.body instanceof Uint8Array);
  return {
    ...(request.answer === 'bytes' ? {} : { Accept: 'application/json' }),
    ...(isJsonBody ? { 'Content-Type': 'application/json' } : {}),
    ...request.headers,
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
}
