import type { Destination, DestinationCapabilities } from '@holdfast/contracts';

import type { SeededRandomness } from '../seeded-randomness.ts';
import type { ResolvedDestinationCheckOptions } from './check-options.ts';

/** What a destination must offer for a check to make sense. */
export interface DestinationRequirements {
  /** The destination behaves in one of these ways when writers race. */
  readonly conditionalPut?: readonly DestinationCapabilities['conditionalPut'][] | undefined;
  /** Its objects carry the time of the store. */
  readonly clock?: DestinationCapabilities['clock'] | undefined;
  /** The storage can be opened a second time. */
  readonly secondConnection?: true | undefined;
}

/** What a check is given to work with. */
export interface DestinationCheckContext {
  /** What is checked. The check must not dispose of it. */
  readonly destination: Destination;
  /** Sizes and numbers to use. */
  readonly options: ResolvedDestinationCheckOptions;
  /** Random numbers that depend on the seed and the check only. */
  readonly randomness: SeededRandomness;
  /** What the names of this check start with; it ends with `/` and is used by no other check. */
  readonly prefix: string;
  /** The full name of an object of this check. */
  readonly name: (rest: string) => string;
  /** Opens the storage once more. The runner closes it. Only with `requires.secondConnection`. */
  readonly reopen: () => Promise<Destination>;
  /** Waits until what was written must be visible. */
  readonly settle: () => Promise<void>;
}

/** One promise of {@link @holdfast/contracts!Destination | Destination}, as something that can be run anywhere. */
export interface DestinationCheck {
  /** Completes the sentence "a destination …". Unique, and stable enough to be named in a report. */
  readonly name: string;
  /** Run only where this is offered. @defaultValue nothing is required */
  readonly requires?: DestinationRequirements | undefined;
  /** Throws if the promise is broken. */
  readonly run: (context: DestinationCheckContext) => Promise<void>;
}

/** Tells what a destination lacks for a check, or `undefined` if nothing. */
export function unmetRequirement(
  { requires = {} }: DestinationCheck,
  capabilities: DestinationCapabilities,
  hasSecondConnection: boolean,
): string | undefined {
  const { conditionalPut, clock } = capabilities;
  if (requires.conditionalPut !== undefined && !requires.conditionalPut.includes(conditionalPut)) {
    return `is for conditionalPut ${requires.conditionalPut.join(' or ')}; this destination has ${conditionalPut}`;
  }
  if (requires.clock !== undefined && requires.clock !== clock) {
    return `is for clock ${requires.clock}; this destination has ${clock}`;
  }
  if (requires.secondConnection && !hasSecondConnection) return 'needs a way to open the storage a second time';
  return undefined;
}
