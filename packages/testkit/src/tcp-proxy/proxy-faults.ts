/** A request as it begins. */
export interface ProxiedRequest {
  /** Which request of all it is, counted from 1. */
  readonly number: number;
  /** On which connection, counted from 1. */
  readonly connection: number;
  /** What it begins with, up to the end of the first line: of HTTP, method and path. At most 1,000 characters. */
  readonly firstLine: string;
}

/** A request as it went. */
export interface ProxiedRequestRecord extends ProxiedRequest {
  /** Bytes that the server got of it. */
  readonly bytesUp: number;
  /** Bytes that the client got of the answer. */
  readonly bytesDown: number;
  /** Where the proxy broke the connection, if it did. */
  readonly cut: 'answer' | 'request' | undefined;
}

/** What goes wrong with one request. */
export interface ProxyFault {
  /**
   * Breaks the connection when so many bytes of the request have gone up; with 0 the server never learns of it. What is
   * shorter goes through unharmed.
   */
  readonly cutRequestAt?: number | undefined;
  /**
   * Breaks the connection when the server answers and so many bytes of the answer have come down. With 0 the
   * acknowledgement is lost: the server acted, and the client does not know. What is shorter goes through unharmed.
   */
  readonly cutAnswerAt?: number | undefined;
  /** How long the request waits before it goes up, in milliseconds. @defaultValue `0` */
  readonly requestDelayMs?: number | undefined;
  /** How long the answer waits before it comes down, in milliseconds. @defaultValue `0` */
  readonly answerDelayMs?: number | undefined;
}

/** Chooses what goes wrong with a request: nothing, or a fault. Asked once for each request, when it begins. */
export type ProxyFaultChoice = (request: ProxiedRequest) => ProxyFault | undefined | void;

/** What goes wrong in a {@link TcpProxy}. May be changed at any time. */
export interface ProxyFaults {
  /** Chooses for each request. */
  request?: ProxyFaultChoice | undefined;
  /** How long every piece of data waits, up and down, in milliseconds. @defaultValue `0` */
  latencyMs?: number | undefined;
  /** Whether new connections are broken at once, as if the network were down. @defaultValue `false` */
  refuses?: boolean | undefined;
}
