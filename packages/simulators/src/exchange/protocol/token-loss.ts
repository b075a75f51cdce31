import { GraphFailure } from './graph-failure.ts';

/** The codes that say that a token of change tracking is worth nothing any more. */
export type TokenLossCode = 'ResyncRequired' | 'SyncStateInvalid' | 'SyncStateNotFound';

/** How the letters of a code are written. Clients compare without case. */
export type LetterCase = 'asIs' | 'lower' | 'upper';

/** How the service answers a token that it has lost. */
export interface TokenLoss {
  /** HTTP status; 410 has a `Location`. */
  readonly status: 400 | 404 | 410;
  /** The code. */
  readonly code: TokenLossCode;
  /** How it is written. */
  readonly letterCase: LetterCase;
}

/** What is known of the token that was lost. */
export interface LostToken {
  /** Its generation. */
  readonly generation: number;
  /** The newest generation of its sync state. */
  readonly highest: number;
  /** The address of change tracking, without a query. */
  readonly url: string;
}

/** The answer to a token that is lost: 410 with the address to begin again at, or 40X with a code alone. */
export function tokenLossFailure(
  { status, code, letterCase }: TokenLoss,
  { generation, highest, url }: LostToken,
): GraphFailure {
  const messages: Readonly<Record<TokenLossCode, string>> = {
    SyncStateNotFound: `The sync state generation is not found; generation=${generation};[highest=${highest}][${highest}].`,
    SyncStateInvalid: 'The sync state is invalid.',
    ResyncRequired: "Resync required. Replace any local items with the server's version.",
  };
  const written = letterCase === 'asIs' ? code : letterCase === 'lower' ? code.toLowerCase() : code.toUpperCase();
  const headers = status === 410 ? { location: `${url}?$deltatoken=` } : undefined;
  return new GraphFailure(status, written, messages[code], headers && { headers });
}
