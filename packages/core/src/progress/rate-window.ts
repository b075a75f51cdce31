/** What was done by a moment. */
interface Sample {
  readonly time: number;
  readonly items: number;
  readonly bytes: number;
}

/** What was done lately, and how fast. */
export interface RateWindow {
  /** Notes how much was done by now. */
  note(time: number, done: { readonly items: number; readonly bytes: number }): void;
  /** Forgets everything before now. */
  restart(time: number, done: { readonly items: number; readonly bytes: number }): void;
  /** What was done in a second, between the beginning of the window and the last note; 0 if no time has passed. */
  rates(): { readonly items: number; readonly bytes: number };
}

const WINDOW_MS = 10_000;
/** Notes closer together than that are one. */
const SPACING_MS = 100;

/** Makes a window that begins now. It holds about a hundred notes, however many are made. */
export function createRateWindow(time: number): RateWindow {
  let samples: Sample[] = [{ time, items: 0, bytes: 0 }];

  return {
    note(now, { items, bytes }) {
      const last = samples.at(-1) as Sample;
      // A clock that was set back says nothing about what lies between.
      if (now < last.time) samples = [];
      else if (samples.length > 1 && last.time - (samples.at(-2) as Sample).time < SPACING_MS) samples.pop();
      samples.push({ time: now, items, bytes });
      // The one before the window stays: after a standstill, the time without any note counts.
      while (samples.length > 2 && (samples[1] as Sample).time <= now - WINDOW_MS) samples.shift();
    },
    restart(now, { items, bytes }) {
      samples = [{ time: now, items, bytes }];
    },
    rates() {
      const [first, last] = [samples[0] as Sample, samples.at(-1) as Sample];
      const seconds = (last.time - first.time) / 1000;
      if (seconds <= 0) return { items: 0, bytes: 0 };
      return { items: (last.items - first.items) / seconds, bytes: (last.bytes - first.bytes) / seconds };
    },
  };
}
