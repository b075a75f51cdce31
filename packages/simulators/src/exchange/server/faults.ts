import { GraphFailure } from '../protocol/graph-failure.ts';
import type { RequestKind } from './request-log.ts';

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

/** How the service pushes back on the next requests. */
export interface ThrottleFault {
  /** How many requests are refused. */
  readonly count: number;
  /** `Retry-After` in seconds, may be decimal; `undefined` leaves the header out. */
  readonly retryAfter?: number | undefined;
  /** 429 has an error body, 503 and 504 have none. @defaultValue `429` */
  readonly status?: 429 | 503 | 504 | undefined;
  /** Only requests of these kinds. @defaultValue all of Microsoft Graph */
  readonly kinds?: readonly RequestKind[] | undefined;
}

/** What goes wrong, as tests ordered it. */
export interface Faults {
  /** Orders in the order given; the first that fits a request is used. */
  readonly throttles: { order: ThrottleFault; left: number }[];
  /** Connections that are closed before the answer. */
  resets: number;
  /** Delta pages that are cut in the middle. */
  cuts: number;
  /** Faults of messages, by immutable id. */
  readonly items: Map<string, { fault: ItemFault; left: number }>;
}

/** Makes faults of which there are none yet. */
export function createFaults(): Faults {
  return { throttles: [], resets: 0, cuts: 0, items: new Map() };
}

/** Takes the first order to push back that fits a kind of request, as the failure it answers. */
export function takeThrottle(faults: Faults, kind: RequestKind): GraphFailure | undefined {
  const entry = faults.throttles.find(
    ({ order, left }) => left > 0 && (order.kinds === undefined || order.kinds.includes(kind)),
  );
  if (entry === undefined) return undefined;
  entry.left--;
  const { status = 429, retryAfter } = entry.order;
  return new GraphFailure(status, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', {
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    empty: status !== 429,
  });
}
