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
  /** How long it took, in milliseconds of the clock. */
  readonly milliseconds: number;
  /** Size of the body of the answer. */
  readonly bytesReceived: number;
  /** Size of the body of the request. */
  readonly bytesSent: number;
}

/** How much was asked of the service, for the report of a run. */
export interface RequestCounters {
  /** Attempts by kind, repeated ones included. */
  readonly byKind: Readonly<Record<RequestKind, number>>;
  /** All attempts. */
  readonly total: number;
  /** Attempts that were repetitions. */
  readonly repeated: number;
  /** Bytes of all answers. */
  readonly bytesReceived: number;
  /** Bytes of all bodies sent. */
  readonly bytesSent: number;
  /** Milliseconds that requests waited because the service asked for it. */
  readonly throttledMs: number;
}

/** Adds up {@link RequestCounters}. */
export interface RequestMeter {
  /** Notes one attempt. */
  add(event: RequestEvent): void;
  /** Notes a wait that the service asked for. */
  addThrottled(milliseconds: number): void;
  /** The sums so far. */
  read(): RequestCounters;
}

/** Makes a meter that stands at zero. */
export function requestMeter(onRequest: (event: RequestEvent) => void): RequestMeter {
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
  const sums = { total: 0, repeated: 0, bytesReceived: 0, bytesSent: 0, throttledMs: 0 };

  return {
    add(event) {
      byKind[event.kind]++;
      sums.total++;
      if (event.attempt > 1) sums.repeated++;
      sums.bytesReceived += event.bytesReceived;
      sums.bytesSent += event.bytesSent;
      onRequest(event);
    },
    addThrottled(milliseconds) {
      sums.throttledMs += milliseconds;
    },
    read: () => ({ ...sums, byKind: { ...byKind } }),
  };
}
