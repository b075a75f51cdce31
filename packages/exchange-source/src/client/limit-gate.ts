import type { Clock, OperationOptions } from '@holdfast/contracts';

/** Options of {@link limitGate}. */
export interface LimitGateOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** How many requests may be in flight. @defaultValue `4` */
  readonly inFlight?: number | undefined;
  /** How many requests may start within one window. @defaultValue `10_000` */
  readonly perWindow?: number | undefined;
  /** Length of the window in milliseconds. @defaultValue `600_000` */
  readonly windowMs?: number | undefined;
}

/** Lets requests through only as fast as the service allows for one mailbox. */
export interface LimitGate {
  /**
   * Resolves, first come first served, once a request that counts as `weight` may start; the function it resolves to
   * ends it. A batch takes as many places as it has requests, up to all, because Graph sends them on at the same time.
   */
  enter(weight: number, options?: OperationOptions): Promise<() => void>;
  /** Lets nothing start before that time: the service asked for a pause. */
  pauseUntil(time: number): void;
}

interface Waiter {
  readonly weight: number;
  readonly places: number;
  readonly admit: () => void;
}

/**
 * Makes the gate of one mailbox: by default 4 requests in flight and 10,000 within any 10 minutes, the limits of
 * Exchange Online for one application and one mailbox (Microsoft Graph documentation, Outlook service limits).
 */
export function limitGate(options: LimitGateOptions): LimitGate {
  const { clock, inFlight = 4, perWindow = 10_000, windowMs = 600_000 } = options;
  const waiting: Waiter[] = [];
  const started: { readonly time: number; readonly weight: number }[] = [];
  let startedWeight = 0;
  let freePlaces = inFlight;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let alarm: AbortController | undefined;

  function earliestStart(weight: number, now: number): number {
    while (started[0] !== undefined && started[0].time <= now - windowMs) {
      startedWeight -= started.shift()?.weight ?? 0;
    }
    let surplus = startedWeight + weight - perWindow;
    let time = Math.max(now, pausedUntil);
    for (const entry of started) {
      if (surplus <= 0) break;
      surplus -= entry.weight;
      time = Math.max(time, entry.time + windowMs);
    }
    return time;
  }

  function admitWaiting(): void {
    alarm?.abort();
    alarm = undefined;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (next.places > freePlaces) return;
      const now = clock.now();
      const start = earliestStart(next.weight, now);
      if (start > now) {
        wakeAfter(start - now);
        return;
      }
      waiting.shift();
      freePlaces -= next.places;
      started.push({ time: now, weight: next.weight });
      startedWeight += next.weight;
      next.admit();
    }
  }

  function wakeAfter(milliseconds: number): void {
    alarm = new AbortController();
    // Only the abort above rejects it, and then somebody else looks after the queue.
    clock.sleep(milliseconds, { signal: alarm.signal }).then(admitWaiting, () => {});
  }

  return {
    enter: (weight, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const places = Math.min(weight, inFlight);
        const leave = (): void => {
          freePlaces += places;
          admitWaiting();
        };
        const onAbort = (): void => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(signal?.reason);
          admitWaiting();
        };
        const admit = (): void => {
          signal?.removeEventListener('abort', onAbort);
          resolve(leave);
        };
        const waiter: Waiter = { weight: Math.min(weight, perWindow), places, admit };
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(waiter);
        if (waiting.length === 1) admitWaiting();
      }),

    pauseUntil(time) {
      pausedUntil = Math.max(pausedUntil, time);
    },
  };
}
