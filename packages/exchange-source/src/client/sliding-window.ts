/** How much may be asked for within a time. */
export interface WindowLimit {
  /** The most within any stretch of `windowMs`: requests, bytes or resource units. */
  readonly amount: number;
  /** Length of the window in milliseconds. */
  readonly windowMs: number;
}

/** Counts what was asked for within the last window. */
export interface SlidingWindow {
  /**
   * When so much more may begin at the earliest. `Infinity` says that only the end of something under way tells. More
   * than the limit waits for an empty window.
   */
  earliestStart(amount: number, now: number): number;
  /** Notes that something begins. It counts until a whole window has passed since its end. */
  begin(amount: number): void;
  /** Notes its end. */
  end(amount: number, now: number): void;
}

interface Ended {
  readonly time: number;
  amount: number;
}

/**
 * Makes an empty window. The service counts a request at some moment between its departure and its answer, so it counts
 * here from the one until a window after the other: whichever moment it is, no window of the service holds more than the
 * limit. Each call costs constant time on average, whatever the limit is.
 */
export function slidingWindow({ amount: limit, windowMs }: WindowLimit): SlidingWindow {
  let ended: Ended[] = [];
  let first = 0;
  let endedAmount = 0;
  let underWay = 0;

  function forget(now: number): void {
    for (let entry = ended[first]; entry !== undefined && entry.time <= now - windowMs; entry = ended[first]) {
      endedAmount -= entry.amount;
      first++;
    }
    // Cutting off only when half of it is old makes the cost of moving the rest a constant for each entry.
    if (first > 64 && first * 2 > ended.length) {
      ended = ended.slice(first);
      first = 0;
    }
  }

  return {
    earliestStart(amount, now) {
      forget(now);
      let surplus = underWay + endedAmount + Math.min(amount, limit) - limit;
      let time = now;
      for (let index = first; surplus > 0; index++) {
        const entry = ended[index];
        if (entry === undefined) return Number.POSITIVE_INFINITY;
        surplus -= entry.amount;
        time = entry.time + windowMs;
      }
      return time;
    },

    begin(amount) {
      underWay += amount;
    },

    end(amount, now) {
      underWay -= amount;
      endedAmount += amount;
      const last = first < ended.length ? ended.at(-1) : undefined;
      if (last?.time === now) last.amount += amount;
      else ended.push({ time: now, amount });
    },
  };
}
