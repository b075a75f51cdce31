import { systemClock } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';

/** A clock on which time runs so many times faster, for what waits a minute before it gives up. */
export function fastClock(factor: number): Clock {
  const begin = systemClock.now();
  return {
    now: () => begin + (systemClock.now() - begin) * factor,
    sleep: (milliseconds, options) => systemClock.sleep(milliseconds / factor, options),
  };
}
