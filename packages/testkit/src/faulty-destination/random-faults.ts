import { DestinationError } from '@holdfast/contracts';
import type { SeededRandomness } from '../seeded-randomness.ts';
import { sharePicker } from '../share-picker.ts';
import type { DestinationCall, DestinationCallKind, DestinationFault, FaultChoice } from './destination-faults.ts';

/** How often what goes wrong, as shares of the calls from 0 to 1. All shares together are at most 1. */
export interface RandomFaultRates {
  /** Calls that fail without doing anything. @defaultValue `0` */
  readonly before?: number | undefined;
  /** Calls that do their work and then fail; a listing yields its entries first. @defaultValue `0` */
  readonly after?: number | undefined;
  /** Puts that store a random part of the bytes and then fail. @defaultValue `0` */
  readonly torn?: number | undefined;
  /** Gets that return bytes of which one bit is changed. @defaultValue `0` */
  readonly flipped?: number | undefined;
  /** Calls that are late, by up to `delayMs`. @defaultValue `0` */
  readonly delayed?: number | undefined;
  /** The longest delay in milliseconds. @defaultValue `1000` */
  readonly delayMs?: number | undefined;
  /** Which kinds of calls. @defaultValue all */
  readonly kinds?: readonly DestinationCallKind[] | undefined;
  /** How many calls about one name fail one after the other at most. @defaultValue no limit */
  readonly inARow?: number | undefined;
  /** Makes the errors. @defaultValue `ERR_UNAVAILABLE` */
  readonly error?: ((call: DestinationCall) => unknown) | undefined;
}

/**
 * Chooses faults at random: the same ones for the same seed and the same order of calls.
 *
 * @example A storage on which one call in ten fails
 * ```ts
 * import { memoryDestination } from '@holdfast/destinations/memory';
 * import { faultyDestination, randomFaults, seededRandomness } from '@holdfast/testkit';
 *
 * const any = randomFaults(seededRandomness(7), { before: 0.05, after: 0.05, inARow: 2 });
 * const destination = faultyDestination(memoryDestination(), { faults: { any } });
 * ```
 */
export function randomFaults(dice: SeededRandomness, rates: RandomFaultRates): FaultChoice {
  const { before = 0, after = 0, torn = 0, flipped = 0, delayed = 0 } = rates;
  const { delayMs = 1000, kinds, inARow = Infinity } = rates;
  const { error = ({ name }: DestinationCall) => new DestinationError('ERR_UNAVAILABLE', { name }) } = rates;
  const pickShare = sharePicker([before, after, torn, flipped, delayed]);
  const failedInARow = new Map<string, number>();

  function choose(call: DestinationCall, where: number, amount: number): DestinationFault | undefined {
    switch (pickShare(where)) {
      case 0:
        return { error: error(call) };
      case 1:
        return { error: error(call), landed: true };
      case 2:
        return call.kind === 'put' ? { error: error(call), tornAt: Math.floor(amount * call.bytes) } : undefined;
      case 3:
        return call.kind === 'get' ? { change: (bytes) => flipBit(bytes, amount) } : undefined;
      case 4:
        return { delayMs: amount * delayMs };
      default:
        return undefined;
    }
  }

  return (call) => {
    // Two numbers for each call, whatever comes of it: what is not chosen must not shift what comes after.
    const fault = choose(call, dice.fraction(), dice.fraction());
    if (kinds?.includes(call.kind) === false) return undefined;
    const failed = failedInARow.get(call.name) ?? 0;
    if (fault?.error === undefined || failed >= inARow) {
      failedInARow.delete(call.name);
      return fault?.error === undefined ? fault : undefined;
    }
    failedInARow.set(call.name, failed + 1);
    return fault;
  };
}

function flipBit(bytes: Uint8Array, where: number): Uint8Array {
  const changed = bytes.slice();
  const bit = Math.floor(where * bytes.length * 8);
  if (bytes.length > 0) changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}
