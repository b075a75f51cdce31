/** What was asked of a service: plain numbers, for reports. They only grow. */
export interface ServiceUsage {
  /** Requests by the word that the source has for them, repeated ones included. A batch is one request. */
  readonly byKind: Readonly<Record<string, number>>;
  /** All requests, repeated ones included. */
  readonly total: number;
  /** Requests as the service counts them towards its limits: those in a batch one by one. */
  readonly counted: number;
  /** Requests that were repetitions. */
  readonly repeated: number;
  /** Bytes of the bodies of all answers. */
  readonly bytesReceived: number;
  /** Bytes of the bodies of all requests. */
  readonly bytesSent: number;
  /** Milliseconds during which the service did not let anything start; waits that overlap count once. */
  readonly throttledMs: number;
}

/** The usage of what asks no service. */
export const noUsage: ServiceUsage = Object.freeze({
  byKind: Object.freeze({}),
  total: 0,
  counted: 0,
  repeated: 0,
  bytesReceived: 0,
  bytesSent: 0,
  throttledMs: 0,
});
