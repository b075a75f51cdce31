/** Pseudo-random numbers of a corpus: the same for the same numbers it is made of, on every machine. */
export interface Dice {
  /** 32 bits as a whole number from 0 on. */
  word(): number;
  /** A number from 0 (included) to 1 (excluded). */
  fraction(): number;
  /** A whole number from `from` to `to`, both included. */
  integer(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the values. */
  pick<T>(values: readonly T[]): T;
  /** A number around 0 with variance 1: the sum of twelve, because what adds up is the same on every machine. */
  normal(): number;
  /** That many bytes that do not compress. */
  bytes(length: number): Buffer;
}

/**
 * Makes a {@link Dice} out of some whole numbers, such as a seed and the number of an item, so that every item can be
 * made without those before it. sfc32 like the one of the testkit, without its checks: a corpus takes billions of bytes.
 */
export function createDice(...seeds: readonly number[]): Dice {
  let a = 0x9e37_79b9;
  let b = 0x243f_6a88;
  let c = 0xb7e1_5162;
  let counter = 1;

  function next(): number {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result;
  }

  for (const seed of seeds) {
    a ^= seed;
    b ^= Math.imul(seed, 0x85eb_ca6b);
    for (let round = 0; round < 12; round += 1) next();
  }

  const fraction = (): number => (next() >>> 0) / 4_294_967_296;
  const integer = (from: number, to: number): number => from + Math.floor(fraction() * (to - from + 1));

  return {
    word: () => next() >>> 0,
    fraction,
    integer,
    chance: (probability) => fraction() < probability,
    pick: (values) => {
      const value = values[integer(0, values.length - 1)];
      if (value === undefined) throw new RangeError('there is nothing to pick from');
      return value;
    },
    normal() {
      let sum = -6;
      for (let i = 0; i < 12; i += 1) sum += fraction();
      return sum;
    },
    bytes(length) {
      const words = new Int32Array((length + 3) >> 2);
      for (let i = 0; i < words.length; i += 1) words[i] = next();
      return Buffer.from(words.buffer, 0, length);
    },
  };
}
