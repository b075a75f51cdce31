import type { ServiceUsage } from '@holdfast/contracts';

/** What a request is for. A batch counts as one request of the kind of what is in it. */
export type RequestKind =
  | 'attachment'
  | 'create'
  | 'delta'
  | 'folder'
  | 'locate'
  | 'message'
  | 'token'
  | 'upload'
  | 'user';

/** One attempt of one request, told when it is over. It holds no address, no token and nothing of an item. */
export interface RequestEvent {
  /** What it was for. */
  readonly kind: RequestKind;
  /** The HTTP method. */
  readonly method: string;
  /** The HTTP status; 0 if there was no complete answer. */
  readonly status: number;
  /** Which attempt this was, from 1. */
  readonly attempt: number;
  /** How many requests it is where the service counts: a batch is as many as are in it. */
  readonly counted: number;
  /** How long it took, in milliseconds of the clock. */
  readonly milliseconds: number;
  /** Size of the body of the answer. */
  readonly bytesReceived: number;
  /** Size of the body of the request. */
  readonly bytesSent: number;
}

/**
 * Why a request is sent again: the service asks to slow down (`throttled`), it failed (`unavailable`), there was no
 * answer (`network`) or a part of one (`cut`), the access token was refused (`token-refused`), or the message that it
 * writes to was not ready (`not-ready`), being just created or busy with another write.
 */
export type RetryCause = 'cut' | 'network' | 'not-ready' | 'throttled' | 'token-refused' | 'unavailable';

/**
 * A request is going to be sent again, told before the wait. Requests inside a batch are told one by one. A request that
 * creates something, and of which nobody knows whether it did, is sent again only if that is not found after the wait.
 * It holds no address of a request, no token and nothing of an item.
 */
export interface RetryEvent {
  /** What it is for. */
  readonly kind: RequestKind;
  /** Id of the mailbox, as {@link ExchangeMailbox.id}; absent for tokens and for looking up users. */
  readonly mailbox?: string | undefined;
  /** Which attempt has failed, from 1. */
  readonly attempt: number;
  /** Milliseconds until the next attempt, at least; then it may still have to wait for the limits. */
  readonly waitMs: number;
  /** Why. */
  readonly cause: RetryCause;
  /** The HTTP status; 0 if there was no complete answer. */
  readonly status: number;
  /** The code of the service, or of the network, if there is one. */
  readonly code: string | undefined;
}

/** How much was asked of the service, for the report of a run. */
export interface RequestCounters extends ServiceUsage {
  /** Attempts by kind, repeated ones included. */
  readonly byKind: Readonly<Record<RequestKind, number>>;
}

/** Adds up {@link RequestCounters}. */
export interface RequestMeter {
  /** Notes one attempt. */
  add(event: RequestEvent): void;
  /** The sums so far. */
  read(): RequestCounters;
}

/** What a {@link RequestMeter} is made with. */
export interface RequestMeterOptions {
  /** Told of each attempt after it is counted: the place of whoever adds up more than this meter. */
  readonly onRequest: (event: RequestEvent) => void;
  /** For how long the service held requests back so far. */
  readonly throttledMs: () => number;
}

/** Makes a meter that stands at zero. */
export function requestMeter({ onRequest, throttledMs }: RequestMeterOptions): RequestMeter {
  const byKind: Record<RequestKind, number> = {
    attachment: 0,
    create: 0,
    delta: 0,
    folder: 0,
    locate: 0,
    message: 0,
    token: 0,
    upload: 0,
    user: 0,
  };
  const sums = { total: 0, counted: 0, repeated: 0, bytesReceived: 0, bytesSent: 0 };

  return {
    add(event) {
      byKind[event.kind]++;
      sums.total++;
      sums.counted += event.counted;
      if (event.attempt > 1) sums.repeated++;
      sums.bytesReceived += event.bytesReceived;
      sums.bytesSent += event.bytesSent;
      onRequest(event);
    },
    read: () => ({ ...sums, byKind: { ...byKind }, throttledMs: throttledMs() }),
  };
}
