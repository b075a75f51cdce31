import type { Randomness } from '@holdfast/contracts';

/** A {@link @holdfast/contracts!Randomness | Randomness} that says the same again for the same seed. For tests only. */
export interface SeededRandomness extends Randomness {
  /** What it was made from; print it, so that a failure can be repeated. */
  readonly seed: number;
  /** A number from 0 (included) to 1 (excluded), with 32 random bits. */
  fraction(): number;
  /** A whole number from `from` to `to`, both included. */
  integer(from: number, to: number): number;
  /** One of the values. */
  pick<T>(values: readonly T[]): T;
  /** The values in another order, in an array of their own. */
  shuffle<T>(values: readonly T[]): T[];
}

/**
 * Makes random numbers that are the same on every run and every machine.
 *
 * The generator is sfc32 of Chris Doty-Humphrey (from PractRand): 128 bits of state, of which one word counts, so that
 * no seed has a short period. It is fast and evenly spread, and anybody can compute what comes next: never make a key,
 * a salt or an id of a real repository with it.
 *
 * @example The same numbers again
 * ```ts
 * import { seededRandomness } from '@holdfast/testkit';
 *
 * const dice = seededRandomness(7);
 * const again = seededRandomness(7);
 * console.log(dice.integer(1, 6) === again.integer(1, 6)); // true
 * ```
 */
export function seededRandomness(seed: number): SeededRandomness {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is a whole number, got ${seed}`);
  const word = sfc32(seed);

  function fraction(): number {
    return word() / 4_294_967_296;
  }

  function integer(from: number, to: number): number {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || to < from) {
      throw new RangeError(`there is no whole number from ${from} to ${to}`);
    }
    return from + Math.floor(fraction() * (to - from + 1));
  }

  return {
    seed,
    fraction,
    integer,

    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let index = 0; index < length; index += 4) {
        let value = word();
        for (let at = index; at < Math.min(index + 4, length); at += 1, value >>>= 8) bytes[at] = value;
      }
      return bytes;
    },

    pick<T>(values: readonly T[]): T {
      if (values.length === 0) throw new RangeError('there is nothing to pick from');
      return values[integer(0, values.length - 1)] as T;
    },

    shuffle<T>(values: readonly T[]): T[] {
      const shuffled = [...values];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = integer(0, last);
        [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
      }
      return shuffled;
    },
  };
}

/** Returns a function that makes the next 32 bits. */
function sfc32(seed: number): () => number {
  let a = seed | 0;
  let b = Math.floor(seed / 4_294_967_296) | 0;
  let c = 0;
  let counter = 1;

  function next(): number {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    c |= 0;
    return result >>> 0;
  }

  // Neighbouring seeds differ in few bits; the first rounds spread them over the whole state.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}
