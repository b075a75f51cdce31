import type { OperationDescription } from '../openapi/operations.ts';
import type { Preferences } from './preferences.ts';
import type { TokenLoss } from './token-loss.ts';

/** A request as it comes from the network or out of a batch. */
export interface RawRequest {
  /** The method. */
  readonly method: string;
  /** The address with the real host of the service. */
  readonly url: URL;
  /** Headers by name in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body; empty if there is none. */
  readonly body: Uint8Array;
}

/** An answer, before it goes to the network or into a batch. Has `json`, or `bytes`, or no body. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  /** Headers beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The JSON body. */
  readonly json?: unknown;
  /** A body that is not JSON. */
  readonly bytes?: Uint8Array | undefined;
  /**
   * What happens to the answer: its JSON ends in the middle (`cut`), its connection breaks in the middle of it (`break`)
   * or before it (`reset`).
   */
  readonly fault?: 'break' | 'cut' | 'reset' | undefined;
}

/** A request that fits the description, ready for the code of its operation. */
export interface ExchangeCall {
  /** The operation. */
  readonly operation: OperationDescription;
  /** The request. */
  readonly request: RawRequest;
  /** Parameters of the path by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters of the query. */
  readonly query: URLSearchParams;
  /** What `Prefer` asked for. */
  readonly preferences: Preferences;
  /** The value of a JSON body. */
  readonly json: unknown;
  /** How the token of change tracking in it gets lost, if it does. */
  readonly tokenLoss: TokenLoss | undefined;
}
