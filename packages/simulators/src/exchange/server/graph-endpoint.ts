import { setImmediate } from 'node:timers/promises';

import { descriptionValidator } from '../openapi/description-validator.ts';
import { matchOperation } from '../openapi/match-operation.ts';
import type { OperationSearch } from '../openapi/match-operation.ts';
import type { Answer, ExchangeCall, RawRequest } from '../protocol/exchange-call.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import { parsePreferences } from '../protocol/preferences.ts';
import { GRAPH_HOST } from '../protocol/real-hosts.ts';
import type { TokenLoss } from '../protocol/token-loss.ts';
import { answerBatch } from '../routes/answer-batch.ts';
import { attachmentRoutes } from '../routes/attachment-routes.ts';
import { folderRoutes } from '../routes/folder-routes.ts';
import type { MailboxHandler } from '../routes/mailbox-handler.ts';
import { messageRoutes } from '../routes/message-routes.ts';
import { messageWriteRoutes, mediaTypeOf } from '../routes/message-write-routes.ts';
import { uploadRoutes } from '../routes/upload-routes.ts';
import { userRoutes } from '../routes/user-routes.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { ExchangeService } from './exchange-service.ts';
import { planFault, requestTraits } from './fault-plan.ts';
import { requestKind } from './request-log.ts';
import type { RequestKind } from './request-log.ts';

/** Largest body of a request; the service says "about 4 MB". */
export const LARGEST_BODY: number = 4 * 1024 * 1024 + 64 * 1024;

/** Answers requests to Microsoft Graph and to the upload host that come over the network. */
export type GraphEndpoint = (request: RawRequest) => Promise<Answer>;

/** Makes the endpoint: authentication, description, limits, faults, then the code of the operation. */
export function graphEndpoint(service: ExchangeService): GraphEndpoint {
  const validator = descriptionValidator();
  const users = userRoutes(service);
  const uploads = uploadRoutes(service);
  const mailboxHandlers: Readonly<Record<string, MailboxHandler>> = {
    ...folderRoutes(service),
    ...messageRoutes(service),
    ...messageWriteRoutes(service),
    ...attachmentRoutes(service),
    createUploadSession: uploads.createUploadSession,
    translateExchangeIds: users.translateExchangeIds,
  };
  let requestCount = 0;

  async function answer(request: RawRequest, { inBatch = false } = {}): Promise<Answer> {
    const label = `${request.method} ${request.url.pathname}`;
    const complain = (side: 'answer' | 'request', message: string): void =>
      service.violations.record({ side, request: label, message });
    const match = operationOf(request);
    const kind = kindOf(match);
    const requestId = service.identifiers.guid('request', ++requestCount);
    const clientRequestId = request.headers['client-request-id'] ?? requestId;
    await service.notices.tell({ kind, method: request.method, url: request.url });
    const traits = requestTraits(service, request, match, { inBatch, kindOf: (step) => kindOf(operationOf(step)) });
    const plan = planFault(service, traits);
    const record = (status: number): void => {
      const path = request.url.pathname + request.url.search;
      service.requests.record({ kind, method: request.method, path, status }, request.body.length);
    };

    // What never reaches the service is no answer of the service, and not checked.
    if (plan.stranger !== undefined) {
      record(plan.stranger.fault === 'reset' ? 0 : plan.stranger.status);
      return plan.stranger;
    }

    let result: Answer;
    try {
      if (request.url.host === GRAPH_HOST) authenticate(request);
      plan.fail();
      result = await perform(match, request, plan.tokenLoss, (message) => complain('request', message));
    } catch (error) {
      if (!(error instanceof GraphFailure)) throw error;
      result = failureAnswer(error, {
        date: new Date(service.clock.now()).toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestId,
      });
    }

    service.violations.recordChecked('request');
    if (typeof match === 'object') {
      service.violations.recordChecked('answer');
      const complaint = validator.checkAnswer(match.operation, result.status, result.json);
      if (complaint !== undefined) complain('answer', complaint);
    }
    const { applied } = parsePreferences(request.headers['prefer']);
    const fault = plan.afterwards(result);
    record(fault === 'reset' || fault === 'break' ? 0 : result.status);
    return {
      ...result,
      fault,
      headers: {
        ...(result.json !== undefined && { 'content-type': 'application/json;odata.metadata=minimal' }),
        ...result.headers,
        ...(applied !== undefined && result.status < 400 && { 'preference-applied': applied }),
        'request-id': requestId,
        'client-request-id': clientRequestId,
        'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Simulator","Slice":"E","Ring":"1","ScaleUnit":"000"}}',
      },
    };
  }

  function authenticate({ headers }: RawRequest): void {
    const [, token] = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '') ?? [];
    const fail = (message: string): never => {
      throw new GraphFailure(401, 'InvalidAuthenticationToken', message, {
        headers: {
          'www-authenticate': 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"',
        },
      });
    };
    if (token === undefined || token.trim() === '') return fail('Access token is empty.');
    const state = service.tokens.check(token);
    if (state === 'expired') fail('Lifetime validation failed, the token is expired.');
    if (state === 'unknown') fail('IDX14100: JWT is not well formed, there are no dots (.).');
  }

  async function perform(
    match: OperationSearch,
    request: RawRequest,
    tokenLoss: TokenLoss | undefined,
    complain: (message: string) => void,
  ): Promise<Answer> {
    if (typeof match === 'string') {
      complain('the description has no such operation');
      if (match === 'method-not-allowed') {
        throw new GraphFailure(
          405,
          'Request_BadRequest',
          'Specified HTTP method is not allowed for the request target.',
        );
      }
      const segment = request.url.pathname.split('/').at(-1) ?? '';
      throw new GraphFailure(400, 'BadRequest', `Resource not found for the segment '${segment}'.`);
    }
    const { operation, parameters } = match;
    const call: ExchangeCall = {
      operation,
      request,
      parameters,
      query: request.url.searchParams,
      preferences: parsePreferences(request.headers['prefer']),
      json: undefined,
      tokenLoss,
    };

    switch (operation.id) {
      case 'batch': {
        const json = readBody(call, complain);
        const authorization = request.headers['authorization'] ?? '';
        return answerBatch(json, authorization, (step) => answer(step, { inBatch: true }));
      }
      case 'listUsers':
      case 'getUser':
        readBody(call, complain);
        return users[operation.id](call);
      case 'putUploadRange':
        return limited(uploads.mailboxOf(call), call, complain, () => uploads.putUploadRange(call));
      case 'cancelUploadSession':
        return limited(uploads.mailboxOf(call), call, complain, () => uploads.cancelUploadSession(call));
      default: {
        const handler = mailboxHandlers[operation.id];
        if (handler === undefined) throw new TypeError(`operation ${operation.id} is described but not served`);
        const mailbox = service.mailbox(parameters['user-id'] ?? '');
        return limited(mailbox, call, complain, (json) => handler({ ...call, json }, mailbox));
      }
    }
  }

  async function limited(
    mailbox: Mailbox | undefined,
    call: ExchangeCall,
    complain: (message: string) => void,
    run: (json: unknown) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    if (mailbox === undefined) return run(readBody(call, complain));
    const limits = service.limits(mailbox);
    const leave = withinLimits(mailbox, () => limits.enter());
    try {
      service.requests.recordInFlight(mailbox.address, limits.inFlight);
      if (call.request.method !== 'GET') {
        withinLimits(mailbox, () => limits.upload(call.request.body.length));
      }
      // Requests that arrive together are in progress together.
      if (service.behaviour.latencyMs > 0) await service.clock.sleep(service.behaviour.latencyMs);
      else await setImmediate();
      return await run(readBody(call, complain));
    } finally {
      leave();
    }
  }

  /** Counts what a limit refuses. */
  function withinLimits<Result>(mailbox: Mailbox, count: () => Result): Result {
    try {
      return count();
    } catch (error) {
      service.requests.recordOverLimit(mailbox.address);
      throw error;
    }
  }

  /** Checks query and body against the description; returns the value of a JSON body. */
  function readBody(call: ExchangeCall, complain: (message: string) => void): unknown {
    const { operation, request, query } = call;
    const queryComplaint = validator.checkQuery(operation, query);
    if (queryComplaint !== undefined) {
      complain(queryComplaint);
      throw new GraphFailure(400, 'BadRequest', `The query is invalid: ${queryComplaint}.`);
    }
    if (request.body.length > LARGEST_BODY) {
      throw new GraphFailure(413, 'BadRequest', 'Maximum request length exceeded.');
    }
    const mediaType = request.body.length === 0 && operation.body === undefined ? undefined : mediaTypeOf(call);
    const typeComplaint = validator.checkMediaType(operation, mediaType);
    if (typeComplaint !== undefined) {
      complain(typeComplaint);
      throw unreadable();
    }
    if (mediaType !== 'application/json') return undefined;
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body));
    } catch {
      complain('the body is not JSON');
      throw unreadable();
    }
    const bodyComplaint = validator.checkBody(operation, mediaType, json);
    if (bodyComplaint !== undefined) {
      complain(bodyComplaint);
      throw new GraphFailure(400, 'RequestBodyRead', `The body does not fit the type: ${bodyComplaint}.`);
    }
    return json;
  }

  return (request) => answer(request);
}

function kindOf(match: OperationSearch): RequestKind {
  return requestKind(typeof match === 'object' ? match.operation.id : undefined);
}

function operationOf({ method, url }: Pick<RawRequest, 'method' | 'url'>): OperationSearch {
  const { host, pathname } = url;
  if (host !== GRAPH_HOST) return matchOperation(method, pathname);
  // beta is not served: what it shows is no contract.
  return pathname.startsWith('/v1.0/') ? matchOperation(method, pathname.slice('/v1.0'.length)) : 'not-found';
}

function unreadable(): GraphFailure {
  return new GraphFailure(
    400,
    'BadRequest',
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

function failureAnswer(
  { status, code, message, headers, empty }: GraphFailure,
  innerError: Readonly<Record<string, string>>,
): Answer {
  if (empty) return { status, headers };
  return { status, headers, json: { error: { code, message, innerError } } };
}
