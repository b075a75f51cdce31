/** When the service had the gate closed, and how long in all. */
export interface ClosedTime {
  /** Until when it is closed; in the past if it is open. */
  readonly until: number;
  /** Closes it from now on for so long; times that overlap count once. */
  close(now: number, milliseconds: number): void;
  /** For how long it was closed until now, in milliseconds. */
  elapsed(now: number): number;
}

/** Makes the record of a gate that was never closed. */
export function closedTime(): ClosedTime {
  let before = 0;
  let from = 0;
  let until = 0;
  return {
    get until() {
      return until;
    },
    close(now, milliseconds) {
      if (now >= until) {
        before += until - from;
        from = now;
        until = now;
      }
      until = Math.max(until, now + milliseconds);
    },
    elapsed: (now) => before + Math.max(0, Math.min(now, until) - from),
  };
}
