import { systemClock, systemRandomness } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';

/** Sizes, numbers and waits of the destination checks: honest differences between storages, and nothing else. */
export interface DestinationCheckOptions {
  /** Makes the data and the order of calls. Part of every verdict. @defaultValue a random one */
  readonly seed?: number | undefined;
  /** Size of the large object, in bytes. @defaultValue 8 MiB, the size of a pack */
  readonly largeObjectBytes?: number | undefined;
  /** How many objects the long listing has. @defaultValue `1050`, more than a page of most storages */
  readonly manyObjects?: number | undefined;
  /** How many calls run at the same time where calls race. @defaultValue `8` */
  readonly racers?: number | undefined;
  /** How often a race is repeated. @defaultValue `5` */
  readonly rounds?: number | undefined;
  /** After how many milliseconds what was written must be visible. @defaultValue `0` */
  readonly visibilityDelayMs?: number | undefined;
  /** What waits. @defaultValue the clock of the machine */
  readonly clock?: Clock | undefined;
}

/** {@link DestinationCheckOptions} with defaults filled in. */
export interface ResolvedDestinationCheckOptions {
  /** Makes the data. */
  readonly seed: number;
  /** Size of the large object. */
  readonly largeObjectBytes: number;
  /** Length of the long listing. */
  readonly manyObjects: number;
  /** Calls at the same time. */
  readonly racers: number;
  /** Repetitions of a race. */
  readonly rounds: number;
  /** Milliseconds until something is visible. */
  readonly visibilityDelayMs: number;
  /** What waits. */
  readonly clock: Clock;
}

/** Fills in defaults and rejects nonsense, so that no check looks at options again. */
export function resolveDestinationCheckOptions(options: DestinationCheckOptions): ResolvedDestinationCheckOptions {
  const [a = 0, b = 0, c = 0, d = 0] = systemRandomness.bytes(4);
  const resolved: ResolvedDestinationCheckOptions = {
    seed: options.seed ?? a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d,
    largeObjectBytes: options.largeObjectBytes ?? 8 * 1024 * 1024,
    manyObjects: options.manyObjects ?? 1050,
    racers: options.racers ?? 8,
    rounds: options.rounds ?? 5,
    visibilityDelayMs: options.visibilityDelayMs ?? 0,
    clock: options.clock ?? systemClock,
  };
  for (const key of ['largeObjectBytes', 'manyObjects', 'racers', 'rounds'] as const) {
    if (!Number.isSafeInteger(resolved[key]) || resolved[key] < 2) {
      throw new RangeError(`${key} must be a whole number from 2 up, got ${resolved[key]}`);
    }
  }
  if (!(resolved.visibilityDelayMs >= 0)) throw new RangeError('visibilityDelayMs must not be negative');
  return resolved;
}
