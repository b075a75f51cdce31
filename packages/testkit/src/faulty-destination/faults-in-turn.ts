import type { DestinationFault, FaultChoice } from './destination-faults.ts';

/**
 * Chooses from a queue: the first call gets the first entry, and so on; after the last, nothing goes wrong any more.
 *
 * @example The third get fails
 * ```ts
 * import { DestinationError } from '@holdfast/contracts';
 * import { faultsInTurn } from '@holdfast/testkit';
 *
 * const error = new DestinationError('ERR_THROTTLED', { name: 'config' });
 * const faults = { get: faultsInTurn([undefined, undefined, { error }]) };
 * ```
 */
export function faultsInTurn(queue: Iterable<DestinationFault | undefined>): FaultChoice {
  const left = queue[Symbol.iterator]();
  return () => {
    const step = left.next();
    return step.done === true ? undefined : step.value;
  };
}
