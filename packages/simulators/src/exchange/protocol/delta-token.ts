import { GraphFailure } from './graph-failure.ts';
import type { IdFormat } from './preferences.ts';
import type { Identifiers } from '../store/identifiers.ts';

/** Where a client stands in change tracking: what a `$skiptoken` or a `$deltatoken` says. */
export interface DeltaState {
  /** What is tracked: the id of a folder, or `folders`. */
  readonly place: string;
  /** Number of the sync state, which a first request begins. */
  readonly syncState: number;
  /** Which of the links of this sync state it is. */
  readonly generation: number;
  /** Whether all is shown, or what changed. */
  readonly phase: 'initial' | 'round';
  /** Sequence that the client knew before this round. */
  readonly from: number;
  /** Sequence up to which this round has been shown. */
  readonly at: number;
  /** Sequence at which this round ends; `undefined` in a `$deltatoken`, whose round has not begun. */
  readonly bound: number | undefined;
  /** Kind of ids. */
  readonly idFormat: IdFormat;
  /** `$select` of the first request. */
  readonly select: string | undefined;
  /** `$expand` of the first request. */
  readonly expand: string | undefined;
  /** `$filter` of the first request. */
  readonly filter: string | undefined;
  /** `changeType` of the first request. */
  readonly changeType: string | undefined;
  /** How many items may still be shown (`$top` of the first request). */
  readonly remaining: number | undefined;
}

/** Writes a token. It is opaque to clients, and a changed one is noticed. */
export function encodeDeltaToken(identifiers: Identifiers, state: DeltaState): string {
  const payload = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `${identifiers.text(12, 'delta', payload)}${payload}`;
}

/** Reads a token. Throws `SyncStateInvalid` for one that this simulator did not write. */
export function decodeDeltaToken(identifiers: Identifiers, token: string): DeltaState {
  const payload = token.slice(12);
  if (identifiers.text(12, 'delta', payload) !== token.slice(0, 12)) throw syncStateInvalid();
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as DeltaState;
}

/** What the service says of a token that does not fit the request. */
export function syncStateInvalid(): GraphFailure {
  return new GraphFailure(400, 'SyncStateInvalid', 'The sync state is invalid.');
}
