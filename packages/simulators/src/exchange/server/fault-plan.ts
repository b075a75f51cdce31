import type { OperationMatch, OperationSearch } from '../openapi/match-operation.ts';
import type { Answer, RawRequest } from '../protocol/exchange-call.ts';
import { GRAPH_ROOT } from '../protocol/real-hosts.ts';
import type { TokenLoss } from '../protocol/token-loss.ts';
import type { ExchangeService } from './exchange-service.ts';
import { takeCut, takeThrottle, takeWayFault } from './faults.ts';
import { requestKind } from './request-log.ts';
import type { FaultName, RequestKind } from './request-log.ts';
import type { RequestTraits } from './weather.ts';

/** What goes wrong with one request, in the order in which it can. */
export interface FaultPlan {
  /** What happens instead of the request: the connection breaks, or somebody else answers. */
  readonly stranger: Answer | undefined;
  /** Throws the failure that the service is to answer before it acts, if there is one. */
  fail(): void;
  /** How the token of change tracking is to get lost, if it is. */
  readonly tokenLoss: TokenLoss | undefined;
  /** What happens to the answer. */
  afterwards(answer: Answer): Answer['fault'];
}

/** A page that a proxy or a sign-in page on the way gives for an answer. */
const PAGE =
  '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Sign in to use this network.</body></html>\n';

/** Takes the orders that fit a request, and asks the weather. Orders go before the weather. */
export function planFault(
  { faults, clock, requests }: Pick<ExchangeService, 'clock' | 'faults' | 'requests'>,
  traits: RequestTraits,
): FaultPlan {
  const weather = faults.weather?.next(traits);
  const isOnTheWay = weather?.name.startsWith('reset') === true;
  const ordered = traits.inBatch ? undefined : takeWayFault(faults, () => traits.wayKinds());
  const way = ordered ?? (isOnTheWay ? weather : undefined);

  function happened(name: FaultName): void {
    requests.recordFault(name);
  }

  function stranger(): Answer | undefined {
    if (way?.name !== 'html' && way?.name !== 'resetBefore') return undefined;
    happened(way.name);
    if (way.name === 'resetBefore') return { status: 503, fault: 'reset' };
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return { status: ordered?.status ?? 200, headers, bytes: new TextEncoder().encode(PAGE) };
  }

  return {
    stranger: stranger(),
    fail() {
      const order = takeThrottle(faults, traits.kind, clock.now()) ?? weather;
      if (order?.failure === undefined) return;
      happened(order.name);
      throw order.failure;
    },
    tokenLoss: weather?.loss,
    afterwards({ status, json }) {
      if (traits.tracked !== undefined && hasDeltaLink(json)) faults.weather?.finished(traits.tracked);
      if (way?.name === 'resetAfter' || way?.name === 'resetDuring') {
        happened(way.name);
        return way.name === 'resetAfter' ? 'reset' : 'break';
      }
      if (traits.inBatch || !traits.isPage || status !== 200) return undefined;
      if (!takeCut(faults, traits.kind) && weather?.name !== 'cutPage') return undefined;
      happened('cutPage');
      return 'cut';
    },
  };
}

/** What a request to Microsoft Graph is like. */
export function requestTraits(
  service: Pick<ExchangeService, 'findUser'>,
  { method, url, headers, body }: RawRequest,
  match: OperationSearch,
  options: {
    readonly inBatch: boolean;
    readonly kindOf: (request: Pick<RawRequest, 'method' | 'url'>) => RequestKind;
  },
): RequestTraits {
  const operation = typeof match === 'object' ? match.operation : undefined;
  const kind = requestKind(operation?.id);
  const hasToken = Boolean(url.searchParams.get('$deltatoken') || url.searchParams.get('$skiptoken'));
  return {
    kind,
    wayKinds: () => (operation?.id === 'batch' ? [kind, ...stepsOf(body).map(options.kindOf)] : [kind]),
    method,
    url,
    range: headers['content-range'],
    body,
    inBatch: options.inBatch,
    isPage: /(Collection|Delta)$/.test(operation?.answers[200] ?? '') && method === 'GET',
    tracked: typeof match === 'object' ? trackedPlace(service, match) : undefined,
    hasToken,
  };
}

/** The folder or the tree of folders whose changes a request asks for, whatever its address calls them. */
function trackedPlace(
  { findUser }: Pick<ExchangeService, 'findUser'>,
  { operation, parameters }: OperationMatch,
): string | undefined {
  if (operation.query?.includes('$deltatoken') !== true) return undefined;
  const user = parameters['user-id'] ?? '';
  const mailbox = findUser(user);
  const folder = parameters['mailFolder-id'] ?? '';
  return `${operation.id} ${mailbox?.id ?? user} ${mailbox?.tree.find(folder)?.id ?? folder}`;
}

/** The requests in a batch, as far as they can be read. */
function stepsOf(body: Uint8Array): readonly Pick<RawRequest, 'method' | 'url'>[] {
  try {
    const { requests } = JSON.parse(new TextDecoder().decode(body)) as {
      readonly requests: readonly { readonly method: string; readonly url: string }[];
    };
    return requests.map(({ method, url }) => ({
      method: method.toUpperCase(),
      url: new URL(`${GRAPH_ROOT}/${url.replace(/^\//, '')}`),
    }));
  } catch {
    // The batch will be refused for what it is.
    return [];
  }
}

function hasDeltaLink(json: unknown): boolean {
  return typeof json === 'object' && json !== null && '@odata.deltaLink' in json;
}
