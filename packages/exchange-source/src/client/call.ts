import type { JsonObject, JsonValue } from '@holdfast/contracts';
import type { Context } from '@microsoft/microsoft-graph-client';

import type { RequestKind } from '../request-counters.ts';

/** Write requests with a JSON body must stay below this (Microsoft Graph documentation: about 4 MB in all). */
export const LARGEST_REQUEST: number = 4 * 1024 * 1024;

/** A request as the rest of the package words it. */
export interface ServiceRequest {
  /** What it is for. */
  readonly kind: RequestKind;
  /** The HTTP method. */
  readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT';
  /** Path below the version, every segment encoded, or a whole URL that the service gave us, sent as it is. */
  readonly target: string;
  /** Query by name, not encoded; only with a path. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Headers beside those of the chain. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body: an object is sent as JSON, bytes as they are. */
  readonly body?: JsonObject | Uint8Array | undefined;
  /** What the body of a good answer is. @defaultValue `'json'` */
  readonly answer?: 'json' | 'bytes' | 'none' | undefined;
  /** Whether the access token goes with it: never to the addresses of upload sessions. @defaultValue `true` */
  readonly authorize?: boolean | undefined;
  /** How many requests it stands for where the service counts: those in a batch. @defaultValue `1` */
  readonly weight?: number | undefined;
  /**
   * Whether it may be sent again when nobody knows whether the service acted on it. If not, such a failure is thrown
   * as an {@link UncertainOutcome}.
   *
   * @defaultValue `true`
   */
  readonly repeatable?: boolean | undefined;
  /** How often it was tried before, as a part of other requests. @defaultValue `0` */
  readonly earlierAttempts?: number | undefined;
  /** How often it is tried when it fails; waits that the service asks for are not counted. @defaultValue `8` */
  readonly attempts?: number | undefined;
  /**
   * How many failed answers, 5xx or cut short, end the trying earlier; a connection that fails is no answer.
   *
   * @defaultValue as many as `attempts`
   */
  readonly failedAnswers?: number | undefined;
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer, read as far as it goes. */
export interface ServiceResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Whether the status is 2xx and the body complete. */
  readonly ok: boolean;
  /** Whether the body broke off. Nothing of it is given then. */
  readonly cut: boolean;
  /** The headers. */
  readonly headers: Headers;
  /** The body. */
  readonly bytes: Uint8Array;
  /** The body as JSON, if it says that it is. */
  readonly json: JsonValue | undefined;
  /** The service's own code for what went wrong, in a form that is safe to show. */
  readonly errorCode: string | undefined;
  /** Which attempt it answers, from 1. */
  readonly attempt: number;
}

/** One request on its way through the chain; the chain's own state travels beside what the Graph client sees. */
export interface Call {
  /** What was asked for. */
  readonly request: ServiceRequest;
  /** The exact address; until the chain begins, only where it was given whole. */
  url: string | undefined;
  /** The exact bytes to send. */
  readonly body: Uint8Array | undefined;
  /** Which attempt is under way, from 1. */
  attempt: number;
  /** When the gate let the present attempt in. */
  era?: number | undefined;
  /** The access token that the present attempt carries. */
  token?: string | undefined;
  /** The answer to the present attempt. */
  response?: ServiceResponse | undefined;
  /** Why there is no answer. */
  failure?: { readonly error: unknown } | undefined;
}

/** Name of the option under which a {@link Call} travels. */
export const CALL_OPTION = 'holdfastCall';

/** The call that a context of the Graph client carries. */
export function callOf(context: Context): Call {
  const options = context.options as { readonly [CALL_OPTION]?: Call } | undefined;
  const call = options?.[CALL_OPTION];
  if (call === undefined) throw new TypeError('a request did not come through the client of this package');
  return call;
}

/** The address of a call that is on its way. */
export function urlOf({ url }: Call): string {
  if (url === undefined) throw new TypeError('a request has no address');
  return url;
}

/** There was no answer at all. Never leaves this package, except as a cause. */
export class NetworkFailure extends Error {
  /** Always `'NetworkFailure'`. */
  override readonly name = 'NetworkFailure' as const;
  /** The code of the network, if there is one. */
  readonly code: string | undefined;

  constructor(message: string, { code, cause }: { readonly code?: string | undefined; readonly cause?: Error } = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** What is known of an {@link UncertainOutcome}. */
export interface UncertainOutcomeDetails {
  /** Which attempt it came of, from 1. */
  readonly attempt: number;
  /** The failed answer, if there was one. */
  readonly response?: ServiceResponse;
  /** Why there was none. */
  readonly cause?: Error;
}

/** Nobody knows whether the service acted on a request that must not be sent twice. Never leaves this package. */
export class UncertainOutcome extends Error {
  /** Always `'UncertainOutcome'`. */
  override readonly name = 'UncertainOutcome' as const;
  /** The failed answer, if there was one. */
  readonly response: ServiceResponse | undefined;
  /** Which attempt it came of, from 1. */
  readonly attempt: number;

  constructor(message: string, { attempt, response, cause }: UncertainOutcomeDetails) {
    super(message, cause === undefined ? {} : { cause });
    this.attempt = attempt;
    this.response = response;
  }
}
