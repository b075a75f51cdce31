import type { Clock } from '@holdfast/contracts';
import type { OperationProgress, ProgressCount, ProgressPhase } from './operation-progress.ts';
import { createRateWindow } from './rate-window.ts';

/** Keeps count of an operation and tells of it. There is none where nobody listens, so it costs nothing there. */
export interface ProgressMeter {
  /** Notes what the operation is at, and tells it if that is new. */
  phase(phase: ProgressPhase): void;
  /** Notes how much there will be. */
  expect(expected: { readonly items?: number | undefined; readonly bytes?: number | undefined }): void;
  /** Notes what was done; tells it if that was not done within the last quarter of a second. */
  add(items: number, bytes: number): void;
  /** Notes that nothing was to be done for a while: that time counts for no rate. */
  restart(): void;
  /** Tells how it ended. */
  end(): void;
}

/** What a {@link createProgressMeter} needs. */
export interface ProgressMeterOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** Who listens, if anybody. */
  readonly onProgress: ((event: OperationProgress) => void) | undefined;
}

const INTERVAL_MS = 250;
/** The last moment that a `Date` can name. */
const LATEST_MS = 8.64e15;

/** Makes a {@link ProgressMeter} and tells the first phase; undefined where nobody listens. */
export function createProgressMeter({ clock, onProgress }: ProgressMeterOptions): ProgressMeter | undefined {
  if (onProgress === undefined) return undefined;
  const listener = onProgress;
  const window = createRateWindow(clock.now());
  const expected: { items?: number | undefined; bytes?: number | undefined } = {};
  const done = { items: 0, bytes: 0 };
  let phase: ProgressPhase = 'listing';
  let told = clock.now();

  function tell(now: number): void {
    told = now;
    window.note(now, done);
    const { items, bytes } = window.rates();
    const counts = { items: countOf(done.items, expected.items), bytes: countOf(done.bytes, expected.bytes) };
    const byBytes = counts.bytes.expected !== undefined;
    const left = byBytes ? leftOf(counts.bytes) : leftOf(counts.items);
    const estimatedEnd = endOf(now, left, byBytes ? bytes : items);
    listener({ type: 'progress', phase, ...counts, itemsPerSecond: items, bytesPerSecond: bytes, estimatedEnd });
  }

  tell(told);
  return {
    phase(next) {
      if (next === phase) return;
      phase = next;
      tell(clock.now());
    },
    expect({ items, bytes }) {
      expected.items = items;
      expected.bytes = bytes;
    },
    add(items, bytes) {
      done.items += items;
      done.bytes += bytes;
      const now = clock.now();
      // A clock that was set back must not silence it.
      if (now - told >= INTERVAL_MS || now < told) tell(now);
    },
    restart() {
      window.restart(clock.now(), done);
    },
    end() {
      tell(clock.now());
    },
  };
}

function countOf(done: number, expected: number | undefined): ProgressCount {
  return { done, expected: expected === undefined ? undefined : Math.max(done, expected) };
}

function leftOf({ done, expected }: ProgressCount): number | undefined {
  return expected === undefined ? undefined : expected - done;
}

function endOf(now: number, left: number | undefined, perSecond: number): Date | undefined {
  if (left === undefined || (left > 0 && perSecond <= 0)) return undefined;
  const end = left === 0 ? now : now + (left / perSecond) * 1000;
  return end <= LATEST_MS ? new Date(end) : undefined;
}
