import type { JsonValue } from '@holdfast/contracts';

import { NetworkFailure } from './call.ts';
import type { ServiceResponse } from './call.ts';
import { errorCodeOf } from './service-error.ts';

/** A request in the form that goes out. */
export interface OutgoingRequest {
  /** The HTTP method. */
  readonly method: string;
  /** All headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body?: Uint8Array | undefined;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request and reads its answer to the end. An answer that is not complete is a {@link NetworkFailure}, like a
 * connection that breaks; an abort rejects with `signal.reason`. Redirects are not followed, so that nothing is ever
 * sent where it was not meant to go.
 */
export async function exchangeBytes(
  send: typeof globalThis.fetch,
  url: string,
  request: OutgoingRequest,
): Promise<ServiceResponse> {
  const { method, headers, body, signal } = request;
  try {
    const response = await send(url, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    signal?.throwIfAborted();
    return toServiceResponse(response, bytes);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NetworkFailure) throw error;
    throw new NetworkFailure(reasonOf(error), { cause: error });
  }
}

function toServiceResponse(response: Response, bytes: Uint8Array): ServiceResponse {
  const { status, ok, headers } = response;
  const announced = headers.get('content-length');
  // With a content encoding the length is that of the encoded form, which fetch has checked already.
  if (announced !== null && headers.get('content-encoding') === null && bytes.length < Number(announced)) {
    throw new NetworkFailure('an answer was cut short');
  }
  const json = isJson(headers) ? parseJson(bytes, ok) : undefined;
  return { status, ok, headers, bytes, json, errorCode: ok ? undefined : errorCodeOf(json) };
}

function isJson(headers: Headers): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '');
}

function parseJson(bytes: Uint8Array, required: boolean): JsonValue | undefined {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as JsonValue;
  } catch {
    // The parser's message would quote the text, so it is not kept as a cause.
    if (required) throw new NetworkFailure('an answer was cut short');
    return undefined;
  }
}

/** The code that the network stack gives, such as `ECONNREFUSED`. Its messages may name addresses; codes do not. */
function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && /^\w+$/.test(cause.code)) return cause.code;
  }
  return 'the connection failed';
}
