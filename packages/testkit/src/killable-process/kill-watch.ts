import type { Clock } from '@holdfast/contracts';
import type { KillMoment } from './kill-moment.ts';

/** Waits for the moments of a kill. */
export interface KillWatch {
  /** Called with each line as it comes. */
  see(line: string): void;
  /** Ends the watch: the process has ended. */
  stop(): void;
}

/** Watches for moments one after the other, each counted from the one before; calls `kill` at the last. */
export function killWatch(moments: readonly KillMoment[], clock: Clock, kill: () => void): KillWatch {
  const ended = new AbortController();
  let at = 0;
  let left = 0;
  let sleeping = false;

  /** Begins to wait for the next moment. */
  function enter(): void {
    const moment = moments[at];
    if (moment === undefined) {
      if (moments.length > 0) kill();
      return;
    }
    const { line, count = line === undefined ? 0 : 1 } = moment;
    left = count;
    if (left <= 0) reached(moment);
  }

  function reached({ afterMs = 0 }: KillMoment): void {
    at += 1;
    if (afterMs <= 0) {
      enter();
      return;
    }
    sleeping = true;
    clock.sleep(afterMs, { signal: ended.signal }).then(
      () => {
        sleeping = false;
        enter();
      },
      // The process was faster.
      () => {},
    );
  }

  enter();
  return {
    see(line) {
      const moment = moments[at];
      if (sleeping || moment === undefined) return;
      // Not `test`, which a regular expression with the flag `g` answers by where it was last.
      if (moment.line !== undefined && line.search(moment.line) < 0) return;
      left -= 1;
      if (left <= 0) reached(moment);
    },
    stop: () => ended.abort(),
  };
}
