import type { JsonValue } from '@holdfast/contracts';

import { NetworkFailure } from './call.ts';
import type { ServiceResponse } from './call.ts';

/** An answer, whichever attempt it is the answer to. */
type Answer = Omit<ServiceResponse, 'attempt'>;
import { errorCodeOf } from './service-error.ts';

/** A request in the form that goes out. */
export interface OutgoingRequest {
  /** The HTTP method. */
  readonly method: string;
  /** All headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body?: Uint8Array | undefined;
  /** What the body of a good answer is; bytes are not looked into. @defaultValue `'json'` */
  readonly answer?: 'json' | 'bytes' | 'none' | undefined;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request and reads its answer to the end; one that breaks off is told as `cut`. Redirects are not followed, so
 * that nothing is ever sent where it was not meant to go. An abort rejects with `signal.reason`.
 *
 * No answer at all is a {@link NetworkFailure}. Of what `send` threw it keeps the code and the name alone, because an
 * error of a proxy or of a wrapper may quote the request, with the secret, the token or the address in it.
 */
export async function exchangeBytes(
  send: typeof globalThis.fetch,
  url: string,
  request: OutgoingRequest,
): Promise<Answer> {
  const { method, headers, body, signal } = request;
  let response: Response | undefined;
  try {
    response = await send(url, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    signal?.throwIfAborted();
    return toServiceResponse(response, bytes, request);
  } catch (error) {
    signal?.throwIfAborted();
    if (response !== undefined) return cutResponse(response);
    throw toNetworkFailure(error);
  }
}

function toServiceResponse(response: Response, bytes: Uint8Array, { answer }: OutgoingRequest): Answer {
  const { status, ok, headers } = response;
  const announced = headers.get('content-length');
  // With a content encoding the length is that of the encoded form, which fetch has checked already.
  if (announced !== null && headers.get('content-encoding') === null && bytes.length < Number(announced)) {
    return cutResponse(response);
  }
  const opaque = ok && answer === 'bytes';
  const json = isJson(headers) && !opaque ? parseJson(bytes) : undefined;
  if (ok && json === 'cut') return cutResponse(response);
  const value = json === 'cut' ? undefined : json?.value;
  return { status, ok, cut: false, headers, bytes, json: value, errorCode: ok ? undefined : errorCodeOf(value) };
}

function cutResponse({ status, headers }: Response): Answer {
  return { status, ok: false, cut: true, headers, bytes: new Uint8Array(), json: undefined, errorCode: undefined };
}

function isJson(headers: Headers): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(headers.get('content-type') ?? '');
}

/** The value, `undefined` if there is none, or `'cut'` if the text ends too early. */
function parseJson(bytes: Uint8Array): { readonly value: JsonValue } | 'cut' | undefined {
  if (bytes.length === 0) return undefined;
  try {
    return { value: JSON.parse(new TextDecoder().decode(bytes)) as JsonValue };
  } catch {
    // The parser's message would quote the text, so it is not kept as a cause.
    return 'cut';
  }
}

/** Codes of system calls, of name resolution, of undici and of certificates: nothing that could be a credential. */
const NETWORK_CODE =
  /^(?:E[A-Z]{2,20}|EAI_[A-Z]{2,20}|UND_ERR_[A-Z_]{2,40}|ERR_(?:TLS|SSL|HTTP2|SOCKET|INVALID)_[A-Z_]{2,40}|(?:CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME)_[A-Z_]{2,40})$/;
const ERROR_NAME = /^[A-Z][A-Za-z]{0,30}Error$/;

function toNetworkFailure(error: unknown): NetworkFailure {
  let code: string | undefined;
  for (let cause = error; code === undefined && cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string' && NETWORK_CODE.test(cause.code)) code = cause.code;
  }
  const reason = code ?? 'the connection failed';
  const kept = Object.assign(new Error(reason), code === undefined ? {} : { code });
  if (error instanceof Error && ERROR_NAME.test(error.name)) kept.name = error.name;
  return new NetworkFailure(reason, { code, cause: kept });
}
