import { createHash } from 'node:crypto';

import type { GraphFailure } from '../protocol/graph-failure.ts';
import type { TokenLoss } from '../protocol/token-loss.ts';
import { seededIdentifiers } from '../store/identifiers.ts';
import { faultFailure, retryAfterDate } from './fault-failure.ts';
import { fitsKinds } from './request-kinds.ts';
import type { FaultName, RequestKind } from './request-log.ts';

/**
 * Faults that come by themselves: rates from 0 to 1 of the requests that a fault can hit, in all at most 1. Each request
 * draws once, from a generator that serves nothing else: the same seed gives the same faults to the same order of
 * requests.
 */
export interface Weather {
  /** What the draws follow from. @defaultValue the seed of the simulator */
  readonly seed?: number | undefined;
  /** Answers 429 whose `Retry-After` is decimal, always 1, absent, or a date. @defaultValue `0` */
  readonly throttled?: number | undefined;
  /** Answers 503 without a body. @defaultValue `0` */
  readonly unavailable?: number | undefined;
  /** Answers 502 without a body. @defaultValue `0` */
  readonly badGateway?: number | undefined;
  /** Answers 504 without a body. @defaultValue `0` */
  readonly gatewayTimeout?: number | undefined;
  /** Answers 500 with a code that says nothing. @defaultValue `0` */
  readonly internalError?: number | undefined;
  /** Closes the connection before the request acts. @defaultValue `0` */
  readonly resetBefore?: number | undefined;
  /** Closes the connection in the middle of the answer, after the request acted. @defaultValue `0` */
  readonly resetDuring?: number | undefined;
  /** Closes the connection after the request acted, before any of the answer. @defaultValue `0` */
  readonly resetAfter?: number | undefined;
  /** Cuts pages of lists and of change tracking in the middle of their JSON. @defaultValue `0` */
  readonly cutPage?: number | undefined;
  /** Loses tokens of change tracking, in all forms in which the service says so. @defaultValue `0` */
  readonly tokenLoss?: number | undefined;
  /**
   * How many faults in a row one and the same request gets at most (method, address, range and body), so that patience
   * always helps; for losses of tokens, how many one folder gets until it hands out a `deltaLink`.
   *
   * @defaultValue `3`
   */
  readonly longestStreak?: number | undefined;
  /** Only requests of these kinds; `token` is the token endpoint. @defaultValue all of Microsoft Graph */
  readonly kinds?: readonly RequestKind[] | undefined;
}

/** What the weather wants to know of a request. */
export interface RequestTraits {
  /** Its kind. */
  readonly kind: RequestKind;
  /** Its kind, and for a batch also the kinds of the requests in it: what happens to a connection happens to all. */
  wayKinds(): Iterable<RequestKind>;
  /** The method. */
  readonly method: string;
  /** Address. */
  readonly url: URL;
  /** Value of `Content-Range`. */
  readonly range: string | undefined;
  /** The body. */
  readonly body: Uint8Array;
  /** Whether it came in a batch, which has the connection. */
  readonly inBatch: boolean;
  /** Whether its answer is a page. */
  readonly isPage: boolean;
  /** What is tracked, if it asks for changes. */
  readonly tracked: string | undefined;
  /** Whether it carries a token of change tracking. */
  readonly hasToken: boolean;
}

/** A fault that the weather gives a request. */
export interface WeatherFault {
  /** Which. */
  readonly name: FaultName;
  /** What the service answers, for faults that are answers. */
  readonly failure?: GraphFailure | undefined;
  /** How a token is lost. */
  readonly loss?: TokenLoss | undefined;
}

/** Decides about requests. */
export interface WeatherReport {
  /** Draws for the next request. */
  next(traits: RequestTraits): WeatherFault | undefined;
  /** Notes that change tracking of a place came to its `deltaLink`. */
  finished(tracked: string): void;
}

const NAMES = [
  'throttled',
  'unavailable',
  'badGateway',
  'gatewayTimeout',
  'internalError',
  'resetBefore',
  'resetDuring',
  'resetAfter',
  'cutPage',
  'tokenLoss',
] as const;

type WeatherName = (typeof NAMES)[number];

const STATUSES = { unavailable: 503, badGateway: 502, gatewayTimeout: 504, internalError: 500 } as const;

const LOSSES: readonly TokenLoss[] = [
  { status: 410, code: 'SyncStateNotFound', letterCase: 'asIs' },
  { status: 410, code: 'ResyncRequired', letterCase: 'lower' },
  { status: 400, code: 'SyncStateInvalid', letterCase: 'asIs' },
  { status: 404, code: 'SyncStateNotFound', letterCase: 'upper' },
  { status: 400, code: 'ResyncRequired', letterCase: 'asIs' },
];

/** Makes the report of a weather. Throws a `RangeError` if its rates make no sense. */
export function createWeather(
  weather: Weather,
  { defaultSeed, now }: { readonly defaultSeed: number; readonly now: () => number },
): WeatherReport {
  const { seed = defaultSeed, longestStreak = 3, kinds } = weather;
  const rates = NAMES.map((name) => ({ name, rate: weather[name] ?? 0 }));
  for (const { name, rate } of rates) {
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`weather.${name} must be from 0 to 1, got ${rate}`);
  }
  const sum = rates.reduce((total, { rate }) => total + rate, 0);
  if (sum > 1 + 1e-9) throw new RangeError(`the rates of the weather must be at most 1 in all, got ${sum}`);
  if (!Number.isInteger(longestStreak) || longestStreak < 0) {
    throw new RangeError(`weather.longestStreak must be a whole number, got ${longestStreak}`);
  }
  const random = seededIdentifiers(seed);
  const streaks = new Map<string, number>();
  let count = 0;

  function draw(): WeatherName | undefined {
    let left = random.fraction('weather', count);
    for (const { name, rate } of rates) {
      if (left < rate) return name;
      left -= rate;
    }
    return undefined;
  }

  function canHit(name: WeatherName, traits: RequestTraits): boolean {
    if (name === 'cutPage') return traits.isPage && !traits.inBatch && fitsKinds(kinds, traits.kind);
    if (name === 'tokenLoss') return traits.tracked !== undefined && traits.hasToken && fitsKinds(kinds, traits.kind);
    if (!name.startsWith('reset')) return fitsKinds(kinds, traits.kind);
    return !traits.inBatch && [...traits.wayKinds()].some((kind) => fitsKinds(kinds, kind));
  }

  function throttling(): GraphFailure {
    const amount = random.fraction('wait', count);
    const waits = [(0.05 + amount).toFixed(3), '1', undefined, retryAfterDate(now(), 1 + amount)];
    const retryAfter = waits[Math.floor(random.fraction('form', count) * waits.length)];
    const code = random.fraction('code', count) < 0.5 ? 'ApplicationThrottled' : 'TooManyRequests';
    return faultFailure({ status: 429, code, retryAfter });
  }

  return {
    next(traits) {
      count++;
      const name = draw();
      const own = identity(traits);
      const key = name === 'tokenLoss' ? (traits.tracked ?? '') : own;
      const streak = streaks.get(key) ?? 0;
      if (name === undefined || !canHit(name, traits) || streak >= longestStreak) {
        streaks.delete(own);
        return undefined;
      }
      streaks.set(key, streak + 1);
      if (name === 'throttled') return { name, failure: throttling() };
      if (name === 'tokenLoss') {
        return { name, loss: LOSSES[Math.floor(random.fraction('loss', count) * LOSSES.length)] };
      }
      if (name === 'cutPage' || name === 'resetAfter' || name === 'resetBefore' || name === 'resetDuring') {
        return { name };
      }
      const retryAfter = name === 'unavailable' && random.fraction('form', count) < 0.5 ? '1' : undefined;
      return { name, failure: faultFailure({ status: STATUSES[name], retryAfter }) };
    },
    finished(tracked) {
      streaks.delete(tracked);
    },
  };
}

function identity({ method, url, range, body }: RequestTraits): string {
  const hash = createHash('sha256').update(`${method} ${url.host}${url.pathname}${url.search} ${range ?? ''}\0`);
  // A range says which bytes it has.
  if (range === undefined) hash.update(body);
  return hash.digest('base64url');
}
