/**
 * Where the library gets its randomness from. Keys and salts need a cryptographic generator: {@link systemRandomness},
 * the default, is one; a seeded generator belongs in tests only.
 */
export interface Randomness {
  /** Returns that many random bytes, in an array of their own. */
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** The generator of the platform (`crypto.getRandomValues`), for keys, salts, ids and jitter. */
export const systemRandomness: Randomness = {
  bytes: (length) => {
    const bytes = new Uint8Array(length);
    // getRandomValues refuses more than 65,536 bytes a call (Web Cryptography API, section 10.1.1).
    for (let offset = 0; offset < length; offset += 65_536) {
      crypto.getRandomValues(bytes.subarray(offset, Math.min(length, offset + 65_536)));
    }
    return bytes;
  },
};

/**
 * A number from 0 (included) to 1 (excluded) with 32 random bits, for jitter and for choosing between few things.
 *
 * @example A wait of half a second to a second
 * ```ts
 * import { randomFraction, systemRandomness } from '@holdfast/contracts';
 *
 * const waitMs = 500 + 500 * randomFraction(systemRandomness);
 * ```
 */
export function randomFraction(randomness: Randomness): number {
  const [a = 0, b = 0, c = 0, d = 0] = randomness.bytes(4);
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 4_294_967_296;
}
