import type { Clock, OperationOptions } from '@holdfast/contracts';

import { adaptiveLimits } from './adaptive-limits.ts';
import type { PushbackCause } from './adaptive-limits.ts';
import { closedTime } from './closed-time.ts';
import type { ServiceLimits } from './service-limits.ts';
import { slidingWindow } from './sliding-window.ts';

/** Options of {@link limitGate}. */
export interface LimitGateOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** What the service allows. */
  readonly limits: ServiceLimits;
}

/** What a request asks of the service. */
export interface RequestSize {
  /** How many requests it counts as: a batch as those in it. @defaultValue `1` */
  readonly weight?: number | undefined;
  /** Bytes of its body if it writes. @defaultValue `0` */
  readonly uploadBytes?: number | undefined;
}

/** A request that was let in. */
export interface Turn {
  /** When it was let in, as {@link Pushback} needs it. */
  readonly era: number;
  /** Ends it; call it once. */
  leave(outcome: 'served' | 'not-served'): void;
}

/** The service asks for less. */
export interface Pushback {
  /** For how long it wants nothing more, in milliseconds. */
  readonly waitMs: number;
  /** What it has too much of. */
  readonly cause: PushbackCause;
  /** The era of the request that it pushed back. @defaultValue the present one */
  readonly era?: number | undefined;
}

/** Lets requests through only as fast as the service allows. */
export interface LimitGate {
  /** How many requests may be in flight now. */
  readonly inFlight: number;
  /** Milliseconds during which the service had the gate closed, up to now. */
  readonly throttledMs: number;
  /**
   * Resolves, first come first served, once a request may start. A batch takes as many places as it has requests, up to
   * all, because Graph sends them on at the same time. A batch that waits for places keeps them free for a second, then
   * lets others pass for two, and so on for twice as long each time: the places stand idle for about half of the time at
   * most, and its turn comes. A request that waits for the upload limit is passed by those that write nothing.
   */
  enter(size: RequestSize, options?: OperationOptions): Promise<Turn>;
  /** Closes the gate because the service asked for it, and asks for less from then on. */
  pushBack(pushback: Pushback): void;
  /**
   * The service tells which share of the limit is used up, from 0.8 on, as directory services do: slows down for the
   * length of one window.
   */
  slowDown(usedShare: number): void;
}

interface Waiter {
  readonly order: number;
  readonly weight: number;
  readonly places: number;
  readonly uploadBytes: number;
  blockedSince?: number;
  readonly admit: (turn: Turn) => void;
}

/** How long a batch keeps places free before it lets others pass. */
const FIRST_HOLD_MS = 1000;
const SLOW_DOWN_FROM = 0.8;
const SLOWEST = 0.1;
const NEVER = Number.POSITIVE_INFINITY;

/** Makes a gate that keeps the limits whatever the callers do, and less while the service pushes back. */
export function limitGate({ clock, limits }: LimitGateOptions): LimitGate {
  const adaptive = adaptiveLimits(limits);
  const closed = closedTime();
  const requests = slidingWindow(limits.requests);
  const uploads = limits.upload && slidingWindow(limits.upload);
  const spacingMs = limits.requests.windowMs / limits.requests.amount;
  // Sets, because they forget whoever gives up at no cost. One each for what must not hold the others up.
  const reads = new Set<Waiter>();
  const writes = new Set<Waiter>();
  const batches = new Set<Waiter>();
  let arrivals = 0;
  let used = 0;
  let pacedUntil = 0;
  let slowed = { rate: 1, until: 0 };
  let alarm: AbortController | undefined;

  const laneOf = ({ places, uploadBytes }: Waiter): Set<Waiter> =>
    places > 1 ? batches : uploadBytes > 0 ? writes : reads;

  function rateNow(now: number): number {
    return now < slowed.until ? Math.min(slowed.rate, adaptive.rate) : adaptive.rate;
  }

  /** Whoever may start now, or else when to look again if nobody comes or goes. */
  function choose(now: number): Waiter | number {
    const heads = [reads, writes, batches].flatMap((lane) => first(lane) ?? []).toSorted((a, b) => a.order - b.order);
    let again = NEVER;
    for (const waiter of heads) {
      const { weight, places, uploadBytes } = waiter;
      const uploadAt = uploadBytes > 0 ? (uploads?.earliestStart(uploadBytes, now) ?? now) : now;
      if (uploadAt > now) {
        again = Math.min(again, uploadAt);
        continue;
      }
      const paced = rateNow(now) < 1 ? pacedUntil : now;
      const startAt = Math.max(closed.until, paced, requests.earliestStart(weight, now));
      if (startAt > now) return Math.min(again, startAt);
      // Alone, a batch may start with fewer places than it needs: less than one request at a time there is not.
      if (used === 0 || used + places <= adaptive.inFlight) return waiter;
      if (places === 1 || used >= adaptive.inFlight || heads.length === 1) return again;
      waiter.blockedSince ??= now;
      const phase = holdPhase(now - waiter.blockedSince);
      again = Math.min(again, waiter.blockedSince + phase.ends);
      if (phase.holds) return again;
    }
    return again;
  }

  function admitWaiting(): void {
    alarm?.abort();
    alarm = undefined;
    for (;;) {
      const now = clock.now();
      const chosen = choose(now);
      if (typeof chosen === 'number') {
        if (chosen < NEVER) wakeAfter(chosen - now);
        return;
      }
      laneOf(chosen).delete(chosen);
      const { weight, places, uploadBytes } = chosen;
      used += places;
      requests.begin(weight);
      uploads?.begin(uploadBytes);
      const rate = rateNow(now);
      pacedUntil = rate < 1 ? Math.max(pacedUntil, now) + (weight * spacingMs) / rate : now;
      chosen.admit({
        era: adaptive.era,
        leave(outcome) {
          const end = clock.now();
          used -= places;
          requests.end(weight, end);
          if (uploadBytes > 0) uploads?.end(uploadBytes, end);
          if (outcome === 'served') adaptive.succeed(weight);
          admitWaiting();
        },
      });
    }
  }

  function wakeAfter(milliseconds: number): void {
    alarm = new AbortController();
    // Only the abort above rejects it, and then somebody else looks after the queue.
    clock.sleep(milliseconds, { signal: alarm.signal }).then(admitWaiting, () => {});
  }

  return {
    get inFlight() {
      return adaptive.inFlight;
    },
    get throttledMs() {
      return closed.elapsed(clock.now());
    },

    enter: ({ weight = 1, uploadBytes = 0 }, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const onAbort = (): void => {
          laneOf(waiter).delete(waiter);
          reject(signal?.reason);
          admitWaiting();
        };
        const admit = (turn: Turn): void => {
          signal?.removeEventListener('abort', onAbort);
          resolve(turn);
        };
        const places = Math.min(weight, limits.inFlight);
        const waiter: Waiter = { order: arrivals++, weight, places, uploadBytes, admit };
        signal?.addEventListener('abort', onAbort, { once: true });
        laneOf(waiter).add(waiter);
        if (laneOf(waiter).size === 1) admitWaiting();
      }),

    pushBack({ waitMs, cause, era = adaptive.era }) {
      closed.close(clock.now(), waitMs);
      adaptive.pushBack(cause, era);
    },

    slowDown(usedShare) {
      if (!(usedShare >= SLOW_DOWN_FROM)) return;
      // Half the rate at 0.8, a tenth of it from 1 on.
      const rate = Math.max(SLOWEST, 0.5 - 2 * (usedShare - SLOW_DOWN_FROM));
      slowed = { rate, until: clock.now() + limits.requests.windowMs };
    },
  };
}

function first(lane: ReadonlySet<Waiter>): Waiter | undefined {
  for (const waiter of lane) return waiter;
  return undefined;
}

/** Holding places free and letting others pass take turns; each pair is twice as long as the one before. */
function holdPhase(waitedMs: number): { readonly holds: boolean; readonly ends: number } {
  let hold = FIRST_HOLD_MS;
  let start = 0;
  while (waitedMs >= start + 3 * hold) {
    start += 3 * hold;
    hold *= 2;
  }
  const holds = waitedMs < start + hold;
  return { holds, ends: start + (holds ? 1 : 3) * hold };
}
