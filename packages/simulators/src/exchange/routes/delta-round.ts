import { decodeDeltaToken, encodeDeltaToken, syncStateInvalid } from '../protocol/delta-token.ts';
import type { DeltaState } from '../protocol/delta-token.ts';
import type { ExchangeCall } from '../protocol/exchange-call.ts';
import { tokenLossFailure } from '../protocol/token-loss.ts';
import type { TokenLoss } from '../protocol/token-loss.ts';
import type { ExchangeService } from '../server/exchange-service.ts';
import type { ChangeEntry, ChangeLog } from '../store/change-log.ts';
import type { Mailbox } from '../store/mailbox.ts';

/** A thing as change tracking shows it. */
export interface DeltaLine<Subject> {
  /** The thing. */
  readonly subject: Subject;
  /** Its mutable id here at the time of the change. */
  readonly id: string;
  /** Whether it is here now; otherwise it is shown as removed. */
  readonly isHere: boolean;
  /** Whether it came after the client last looked. */
  readonly isNew: boolean;
}

/** One page of change tracking. */
export interface DeltaPage<Subject> {
  /** What the page shows. */
  readonly lines: readonly DeltaLine<Subject>[];
  /** `@odata.nextLink` or `@odata.deltaLink`. */
  readonly link: Readonly<Record<string, string>>;
}

/** What change tracking needs to know of a place. */
export interface DeltaPlace<Subject extends { readonly enteredAt: number }> {
  /** The id of a folder, or `folders`. */
  readonly place: string;
  /** Its history. */
  readonly log: ChangeLog<Subject>;
  /** The address of its change tracking, without a query. */
  readonly url: string;
  /** Most things on a page. */
  readonly largestPage: number;
  /** Whether a thing is here now. */
  isHere(subject: Subject): boolean;
  /** The mutable id of a thing now. */
  idOf(subject: Subject): string;
  /** Leaves out what the query does not want. */
  wants?(line: DeltaLine<Subject>, state: DeltaState): boolean;
}

const DEFAULT_PAGE = 10;
const OLD: TokenLoss = { status: 410, code: 'SyncStateNotFound', letterCase: 'asIs' };

/** Works out where a request stands: the beginning, or what its token says. Throws what the service answers. */
export function deltaState(
  service: ExchangeService,
  mailbox: Mailbox,
  { query, preferences, tokenLoss }: ExchangeCall,
  { place, url }: { readonly place: string; readonly url: string },
): DeltaState {
  const token = query.get('$deltatoken') || query.get('$skiptoken');
  if (!token) {
    const syncState = mailbox.syncStates.size;
    mailbox.syncStates.set(syncState, { place, generation: 0, loss: undefined });
    const top = query.get('$top');
    return {
      place,
      syncState,
      generation: 0,
      phase: 'initial',
      from: 0,
      at: 0,
      bound: mailbox.sequence(),
      idFormat: preferences.idFormat,
      select: query.get('$select') ?? undefined,
      expand: query.get('$expand') ?? undefined,
      filter: query.get('$filter') ?? undefined,
      changeType: query.get('changeType') ?? undefined,
      remaining: top === null ? undefined : Number(top),
    };
  }
  const state = decodeDeltaToken(service.identifiers, token);
  if (state.place !== place || state.idFormat !== preferences.idFormat) throw syncStateInvalid();
  const known = mailbox.syncStates.get(state.syncState);
  if (known === undefined) throw syncStateInvalid();
  // What is lost stays lost.
  if (known.loss === undefined && tokenLoss !== undefined) {
    known.loss = tokenLoss;
    service.requests.recordFault('tokenLoss');
  }
  const isOld = known.generation - state.generation >= service.behaviour.deltaGenerations;
  const loss = known.loss ?? (isOld ? OLD : undefined);
  if (loss !== undefined) {
    throw tokenLossFailure(loss, { generation: state.generation, highest: known.generation, url });
  }
  // A delta token begins a round, which ends with what has happened up to now.
  return { ...state, bound: state.bound ?? mailbox.sequence() };
}

/** Reads the next page of a place. */
export function readDelta<Subject extends { readonly enteredAt: number }>(
  service: ExchangeService,
  mailbox: Mailbox,
  state: DeltaState,
  place: DeltaPlace<Subject> & { readonly pageSize: number | undefined },
): DeltaPage<Subject> {
  const { identifiers, behaviour, faults } = service;
  const { bound = mailbox.sequence(), from } = state;
  const size = Math.min(place.pageSize ?? DEFAULT_PAGE, place.largestPage, state.remaining ?? Number.POSITIVE_INFINITY);
  const lines: DeltaLine<Subject>[] = [];
  const replays: DeltaLine<Subject>[] = [];
  const { entries } = place.log;
  let index = place.log.indexAfter(state.at);
  let { at } = state;

  for (; index < entries.length && lines.length < size; index++) {
    const entry = entries[index];
    if (entry === undefined || entry.sequence > bound) break;
    at = entry.sequence;
    const line = lineOf(entry, state, place, { bound, from, hole: behaviour.immutableIdHole });
    if (line === undefined || place.wants?.(line, state) === false) continue;
    lines.push(line);
    if (faults.replays > 0) {
      faults.replays--;
      replays.push(line);
    } else if (
      behaviour.replayRate > 0 &&
      identifiers.fraction('replay', place.place, entry.sequence, from) < behaviour.replayRate
    ) {
      replays.push(line);
    }
  }

  const remaining = state.remaining === undefined ? undefined : state.remaining - lines.length;
  const next = entries[index];
  const isDone = next === undefined || next.sequence > bound || remaining === 0;
  const generation = state.generation + 1;
  const known = mailbox.syncStates.get(state.syncState);
  if (known !== undefined) known.generation = Math.max(generation, known.generation);
  const token = encodeDeltaToken(
    identifiers,
    isDone
      ? { ...state, generation, phase: 'round', from: bound, at: bound, bound: undefined, remaining: undefined }
      : { ...state, generation, at, bound, remaining },
  );
  return {
    lines: [...lines, ...replays],
    link: isDone
      ? { '@odata.deltaLink': `${place.url}?$deltatoken=${token}` }
      : { '@odata.nextLink': `${place.url}?$skiptoken=${token}` },
  };
}

function lineOf<Subject extends { readonly enteredAt: number }>(
  entry: ChangeEntry<Subject>,
  { phase, idFormat }: DeltaState,
  place: DeltaPlace<Subject>,
  { bound, from, hole }: { readonly bound: number; readonly from: number; readonly hole: boolean },
): DeltaLine<Subject> | undefined {
  const { subject, id } = entry;
  const isHere = place.isHere(subject) && (idFormat === 'immutable' || place.idOf(subject) === id);
  if (phase === 'initial') {
    // Each thing once, at the line where it came; what happens to it meanwhile belongs to the next round.
    return isHere && subject.enteredAt === entry.sequence ? { subject, id, isHere, isNew: true } : undefined;
  }
  const next = idFormat === 'immutable' ? entry.nextOfSubject : entry.nextOfId;
  if (next !== undefined && next <= bound) return undefined;
  // The defect of the service with immutable ids: a removal in the round outweighs the return.
  const isLost = hole && idFormat === 'immutable' && entry.removedAt > from;
  return { subject, id, isHere: isHere && !isLost, isNew: subject.enteredAt > from };
}
