import type { GraphFailure } from '../protocol/graph-failure.ts';
import { faultFailure, retryAfterDate } from './fault-failure.ts';
import { fitsKinds } from './request-kinds.ts';
import type { FaultName, RequestKind } from './request-log.ts';
import type { WeatherReport } from './weather.ts';

/** Requests about an item that {@link ItemFault} can refuse. */
export type ItemFaultPart = 'attachments' | 'body' | 'mime' | 'page' | 'properties';

/** An error that a message answers with. */
export interface ItemFault {
  /** HTTP status. @defaultValue `500` */
  readonly status?: number | undefined;
  /** The `code` of the error, for instance `ErrorCorruptData`. */
  readonly code: string;
  /** How often; then the message is well again. @defaultValue for ever */
  readonly times?: number | undefined;
  /**
   * Which requests fail: for its MIME, its properties (`GET /messages/{id}`), its attachments, every answer that shows
   * its body (alone or on a page, as if it could not be converted), or every page it is on.
   *
   * @defaultValue MIME, properties and attachments
   */
  readonly parts?: readonly ItemFaultPart[] | undefined;
}

/** How the service pushes back on the next requests, or fails at them, without acting. */
export interface ThrottleFault {
  /** How many requests are refused. */
  readonly count: number;
  /** `Retry-After` in seconds, may be decimal; `undefined` leaves the header out. */
  readonly retryAfter?: number | undefined;
  /**
   * Whether `Retry-After` is a number of seconds, or an HTTP date on the clock of the simulator, which has whole seconds
   * and is rounded up.
   *
   * @defaultValue `'seconds'`
   */
  readonly retryAfterForm?: 'date' | 'seconds' | undefined;
  /**
   * 429 and 500 have an error body (a 500 with the code `UnknownError`, which says nothing about the item), 502, 503 and
   * 504 have none.
   *
   * @defaultValue `429`
   */
  readonly status?: 429 | 500 | 502 | 503 | 504 | undefined;
  /** The code of a 429. @defaultValue `'ApplicationThrottled'` */
  readonly code?: 'ApplicationThrottled' | 'TooManyRequests' | undefined;
  /** Only requests of these kinds. @defaultValue all of Microsoft Graph */
  readonly kinds?: readonly RequestKind[] | undefined;
}

/**
 * How names are written in the answers to upload ranges: as documented (`ExpirationDateTime`, `nextExpectedRanges`), all
 * in `camel` or `pascal` case, or now this way and now that (`varied`).
 */
export type UploadCasing = 'camel' | 'documented' | 'pascal' | 'varied';

/** What happens to a connection, or a stranger on the way that answers. */
export interface WayFault {
  /** What happens. */
  readonly name: Extract<FaultName, 'html' | 'resetAfter' | 'resetBefore' | 'resetDuring'>;
  /** HTTP status of the stranger's page. */
  readonly status?: number | undefined;
}

/** An order with the number of times that are left of it. */
export interface FaultOrder<Order> {
  /** What was ordered. */
  readonly order: Order;
  /** How often it is still to happen. */
  left: number;
}

interface ForKinds {
  readonly kinds: readonly RequestKind[] | undefined;
}

/** What goes wrong, as tests ordered it. */
export interface Faults {
  /** Orders in the order given; the first that fits a request is used. */
  readonly throttles: FaultOrder<ThrottleFault>[];
  /** Connections that break, and pages of strangers. */
  readonly onTheWay: FaultOrder<WayFault & ForKinds>[];
  /** Pages that are cut in the middle. */
  readonly cuts: FaultOrder<ForKinds>[];
  /** Creations whose messages answer 404 to so many writes of attachments. */
  readonly unsettled: FaultOrder<{ readonly times: number }>[];
  /** Writes that answer 412. */
  conflicts: number;
  /** Entries of change tracking that are shown twice. */
  replays: number;
  /** How the names in the answers to upload ranges are written, if that was ordered. */
  uploadCasing: UploadCasing | undefined;
  /** Faults of messages, by immutable id. */
  readonly items: Map<string, FaultOrder<ItemFault>>;
  /** Messages whose entries in lists have no id, by immutable id. */
  readonly withoutId: Set<string>;
  /** What goes wrong by itself. */
  weather: WeatherReport | undefined;
}

/** Makes faults of which there are none yet. */
export function createFaults(): Faults {
  return {
    throttles: [],
    onTheWay: [],
    cuts: [],
    unsettled: [],
    conflicts: 0,
    replays: 0,
    uploadCasing: undefined,
    items: new Map(),
    withoutId: new Set(),
    weather: undefined,
  };
}

const STATUS_NAMES = {
  429: 'throttled',
  500: 'internalError',
  502: 'badGateway',
  503: 'unavailable',
  504: 'gatewayTimeout',
} as const;

/** Takes the first order to push back that fits a kind of request, as the failure it answers. */
export function takeThrottle(
  { throttles }: Faults,
  kind: RequestKind,
  now: number,
): { readonly name: FaultName; readonly failure: GraphFailure } | undefined {
  const order = take(throttles, ({ kinds }) => fitsKinds(kinds, kind));
  if (order === undefined) return undefined;
  const { status = 429, code, retryAfter, retryAfterForm } = order;
  const wait = retryAfter === undefined || retryAfterForm !== 'date' ? retryAfter : retryAfterDate(now, retryAfter);
  return {
    name: STATUS_NAMES[status],
    failure: faultFailure({ status, code, retryAfter: wait === undefined ? undefined : String(wait) }),
  };
}

/** Takes the first order about the connection that fits one of the kinds of a request. */
export function takeWayFault({ onTheWay }: Faults, kinds: () => Iterable<RequestKind>): WayFault | undefined {
  return take(onTheWay, (order) => [...kinds()].some((kind) => fitsKinds(order.kinds, kind)));
}

/** Takes an order to cut a page of a kind of request; tells whether there was one. */
export function takeCut({ cuts }: Faults, kind: RequestKind): boolean {
  return take(cuts, ({ kinds }) => fitsKinds(kinds, kind)) !== undefined;
}

/** Takes the first order that fits, once. Orders that are used up are forgotten. */
export function take<Order>(orders: FaultOrder<Order>[], fits: (order: Order) => boolean): Order | undefined {
  const index = orders.findIndex(({ order, left }) => left > 0 && fits(order));
  const entry = orders[index];
  if (entry === undefined) return undefined;
  entry.left--;
  if (entry.left <= 0) orders.splice(index, 1);
  return entry.order;
}
