import { SourceError } from '@holdfast/contracts';
import type { Clock, JsonObject, OperationOptions, Randomness } from '@holdfast/contracts';
import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import type { GraphRequest, Middleware } from '@microsoft/microsoft-graph-client';

import type { ResolvedExchangeOptions } from '../exchange-options.ts';
import { asObject } from '../json-access.ts';
import type { RequestMeter, RetryEvent } from '../request-counters.ts';
import { CALL_OPTION, callOf } from './call.ts';
import type { Call, ServiceRequest, ServiceResponse } from './call.ts';
import { fetchMiddleware } from './fetch-middleware.ts';
import { gateMiddleware } from './gate-middleware.ts';
import type { LimitGate, Pushback } from './limit-gate.ts';
import { retryMiddleware } from './retry-middleware.ts';
import { BATCH_SIZE, MAILBOX_LIMITS } from './service-limits.ts';
import { toSourceError } from './service-error.ts';
import type { FailureSubject } from './service-error.ts';
import { tokenMiddleware } from './token-middleware.ts';
import type { TokenSource } from './token-source.ts';

/** Sends requests of one mailbox to Microsoft Graph. */
export interface GraphClient {
  /** Where time comes from. */
  readonly clock: Clock;
  /** Where jitter comes from. */
  readonly randomness: Randomness;
  /** How long throttling may hold a request back in all, in milliseconds. */
  readonly throttlePatienceMs: number;
  /** How many requests a batch may hold now: fewer while the service does not take all that Graph would send at once. */
  readonly batchSize: number;
  /** Holds every request of the mailbox back, because the service pushed back on one inside a batch. */
  pushBack(pushback: Pushback): void;
  /** Tells that a request inside a batch is going to be sent again. */
  noteRetry(event: RetryEvent): void;
  /** Gives the present access token up, because it was refused inside a batch. */
  renewToken(options?: OperationOptions): Promise<void>;
  /**
   * Sends a request and gives the final answer, also if that is a refusal or was cut short each time.
   *
   * @throws `ERR_SOURCE_UNREACHABLE`, `ERR_SOURCE_THROTTLED`, `ERR_CREDENTIALS_REJECTED` or `ERR_SOURCE_PROTOCOL`, a
   * {@link SourceError}, if there is no answer of the service.
   */
  send(request: ServiceRequest): Promise<ServiceResponse>;
  /** Like `send`, but a refusal is an error about the subject. */
  expect(request: ServiceRequest, subject: FailureSubject): Promise<ServiceResponse>;
  /** Like `expect`, and gives the JSON object of the answer. */
  json(request: ServiceRequest, subject: FailureSubject): Promise<JsonObject>;
  /** Whether that address is one of Microsoft Graph. */
  isGraphUrl(url: string): boolean;
}

/** What a client is made of. */
export interface GraphClientOptions {
  /** The options of the service. */
  readonly options: ResolvedExchangeOptions;
  /** Where tokens come from. */
  readonly tokens: TokenSource;
  /** What keeps the limits of the mailbox. */
  readonly gate: LimitGate;
  /** Counts what is sent and received. */
  readonly meter: RequestMeter;
  /** Id of the mailbox, for the events; absent if it is for the directory. */
  readonly mailbox?: string | undefined;
}

/**
 * Makes a client. The Microsoft Graph client builds requests and hosts the chain: retry, gate, token for each attempt,
 * fetch. It never sees a body or an answer: it copies the whole buffer behind a `Uint8Array`, takes URLs apart and puts
 * them together differently, and wraps errors, so all three travel beside it in a {@link Call}.
 */
export function graphClient({ options, tokens, gate, meter, mailbox }: GraphClientOptions): GraphClient {
  const { clock, randomness, logger, fetch, hosts, throttlePatienceMs } = options;
  const noteRetry = (event: RetryEvent): void => options.onRetry(mailbox === undefined ? event : { ...event, mailbox });
  const pushBack = (pushback: Pushback): void => gate.pushBack(pushback);
  const chain: Middleware[] = [
    outcomeMiddleware(),
    retryMiddleware({ clock, randomness, logger, throttlePatienceMs, tokens, pushBack, onRetry: noteRetry }),
    gateMiddleware(gate),
    tokenMiddleware(tokens, hosts.graph),
    fetchMiddleware({ fetch, clock, meter }),
  ];
  const builder = Client.initWithMiddleware({ baseUrl: hosts.graph, defaultVersion: 'v1.0', middleware: chain });

  const client: GraphClient = {
    clock,
    randomness,
    throttlePatienceMs,
    pushBack,
    noteRetry,

    get batchSize() {
      return gate.inFlight < MAILBOX_LIMITS.inFlight ? gate.inFlight : BATCH_SIZE;
    },

    async renewToken({ signal } = {}) {
      tokens.reject(await tokens.get({ signal }));
    },

    async send(request) {
      request.signal?.throwIfAborted();
      const isWhole = request.target.startsWith('https://');
      const built = builder.api(isWhole ? '/' : request.target).query(encodeQuery(request.query ?? {}));
      const call: Call = {
        request,
        url: isWhole ? request.target : undefined,
        body: encodeBody(request.body),
        attempt: request.earlierAttempts ?? 0,
      };
      await dispatch(built.option(CALL_OPTION, call).responseType(ResponseType.RAW), request.method);
      if (call.failure !== undefined) throw call.failure.error;
      return checkedAnswer(call);
    },

    async expect(request, subject) {
      const response = await client.send(request);
      if (!response.ok) throw toSourceError(response, subject);
      return response;
    },

    async json(request, subject) {
      const { json } = await client.expect(request, subject);
      const object = asObject(json);
      if (object === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'an answer without an object' });
      return object;
    },

    isGraphUrl: (url) => URL.canParse(url) && new URL(url).origin === hosts.graph,
  };
  return client;
}

/**
 * Makes the start of the chain. It takes over the address that the Graph client has built, and catches what the chain
 * throws, because the Graph client would wrap it, an abort's reason too.
 */
function outcomeMiddleware(): Middleware {
  let next: Middleware | undefined;
  return {
    setNext: (middleware) => {
      next = middleware;
    },
    execute: async (context) => {
      const call = callOf(context);
      call.url ??= String(context.request);
      try {
        await next?.execute(context);
      } catch (error) {
        call.failure = { error };
      }
      context.response = new Response(null, { status: 200 });
    },
  };
}

function encodeQuery(query: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, encodeURIComponent(value)]));
}

function encodeBody(body: JsonObject | Uint8Array | undefined): Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  return new TextEncoder().encode(JSON.stringify(body));
}

async function dispatch(request: GraphRequest, method: ServiceRequest['method']): Promise<void> {
  switch (method) {
    case 'GET':
      return request.get() as Promise<void>;
    case 'POST':
      return request.post('') as Promise<void>;
    case 'PUT':
      return request.put('') as Promise<void>;
    case 'DELETE':
      return request.delete() as Promise<void>;
  }
}

function checkedAnswer({ request, response }: Call): ServiceResponse {
  if (response === undefined) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'no answer' });
  const { answer = 'json' } = request;
  const { ok, status, headers, json } = response;
  if (response.cut) return response;
  const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  // An attachment may be HTML, told by the number that the service gives each request; anything else that is comes from a
  // proxy or a sign-in page on the way.
  const mayBeHtml = ok && answer === 'bytes' && request.kind === 'attachment' && headers.has('request-id');
  if (mediaType === 'text/html' && status < 500 && !mayBeHtml) {
    throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: `an HTML page with status ${status}` });
  }
  if (ok && answer === 'json' && json === undefined) {
    throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: `an answer without JSON, status ${status}` });
  }
  return response;
}
