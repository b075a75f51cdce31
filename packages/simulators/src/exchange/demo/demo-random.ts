/** A seeded source of choices for demo data: the same seed gives the same choices on every machine. Not for keys. */
export interface DemoRandom {
  /** A number from 0 (included) to 1 (excluded). */
  fraction(): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** Whether something with that probability happens. */
  chance(probability: number): boolean;
  /** One of the entries of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** Several different entries, in random order; all of them if the list has no more. */
  sample<T>(list: readonly T[], count: number): T[];
  /** Bytes that do not compress, as those of a compressed file do not. */
  bytes(length: number): Uint8Array;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
}

/** Makes a {@link DemoRandom} (the generator is mulberry32, 32 bits of state). */
export function demoRandom(seed: number): DemoRandom {
  let state = Math.trunc(seed) | 0;

  function word(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  const random: DemoRandom = {
    fraction: () => word() / 4_294_967_296,
    integer: (low, high) => low + Math.floor(random.fraction() * (high - low + 1)),
    chance: (probability) => random.fraction() < probability,
    pick<T>(list: readonly T[]): T {
      return list[Math.floor(random.fraction() * list.length)] as T;
    },
    sample<T>(list: readonly T[], count: number): T[] {
      const rest = [...list];
      const chosen: T[] = [];
      while (chosen.length < count && rest.length > 0) {
        chosen.push(...rest.splice(Math.floor(random.fraction() * rest.length), 1));
      }
      return chosen;
    },
    bytes(length) {
      const bytes = new Uint8Array(length);
      const view = new DataView(bytes.buffer);
      let offset = 0;
      // Written with a fixed byte order, so that every machine makes the same bytes.
      for (; offset + 4 <= length; offset += 4) view.setUint32(offset, word(), true);
      for (; offset < length; offset++) bytes[offset] = word() & 0xff;
      return bytes;
    },
    hex(length) {
      let digits = '';
      while (digits.length < length) digits += word().toString(16).padStart(8, '0');
      return digits.slice(0, length);
    },
  };
  return random;
}
