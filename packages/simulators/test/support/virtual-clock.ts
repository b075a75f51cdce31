import type { Clock } from '@holdfast/contracts';

/** A clock that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Moves the time forward and wakes whoever waited for it. */
  advance(milliseconds: number): void;
}

/** Makes a clock that begins at a time. */
export function virtualClock(start = Date.UTC(2026, 0, 5, 9)): VirtualClock {
  let present = start;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => present,
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        sleepers.push({ until: present + milliseconds, wake: resolve });
      }),
    advance(milliseconds) {
      present += milliseconds;
      const due = sleepers.filter(({ until }) => until <= present);
      sleepers = sleepers.filter(({ until }) => until > present);
      for (const { wake } of due) wake();
    },
  };
}
