/** What is done with an entry whose key is there already. */
export type PutMode = 'replace' | 'keep' | 'before' | 'after';

/**
 * A table in memory from keys that are as good as random to a few words each, in typed arrays: 24 bytes an entry and up to a
 * quarter of that in gaps. Only the first 12 bytes of a key count: among ten million random keys the chance that
 * two begin alike, or that one asked for begins like one that is there, is below 10⁻¹⁴ and 10⁻²¹.
 *
 * Entries lie in 256 shards by the first byte of the key, so that growing copies one of them at a time.
 */
export interface PrefixTable {
  /** How many entries there are. */
  readonly size: number;
  /** Bytes of all shards. */
  readonly bytes: number;
  /** Makes room for so many entries in all. */
  reserve(entries: number): void;
  /**
   * Puts an entry in. If its key is there, the entry takes its place (`replace`), is dropped (`keep`), or stands before or
   * after all others of that key; in the two last cases one that is there with equal words is dropped.
   *
   * @param keys - Bytes in which the key begins at `offset`, at least 12.
   * @param payload - Four words: the first up to 127, the others up to 2³² − 1.
   */
  put(keys: Uint8Array, offset: number, payload: Uint32Array, mode: PutMode): void;
  /** Whether there is an entry with that key. The words of the first one are written into `payload`. */
  get(key: Uint8Array, payload: Uint32Array): boolean;
  /** Writes the words of each entry with that key into `payload`, in their order, and calls `visit` after each. */
  getAll(key: Uint8Array, payload: Uint32Array, visit: () => void): void;
}

interface Shard {
  /** Six words an entry: three of the key, of which the last has 24 bits, then seven bits and three words of payload. */
  words: Uint32Array;
  /** Slots that keys are spread over; some more follow, for what is pushed over the end. */
  slots: number;
  count: number;
}

const SHARDS = 256;
const WORDS = 6;
const FULL = 0.94;
const GROWTH = 1.25;
const LEAST_SLOTS = 8;
const TWO_32 = 2 ** 32;

/** Makes an empty table. */
export function createPrefixTable(): PrefixTable {
  const shards: (Shard | undefined)[] = Array.from({ length: SHARDS });
  let size = 0;
  // The key that is being looked for: its words are returned in these, because a look-up must make no object.
  let first = 0;
  let second = 0;
  let third = 0;

  function take(key: Uint8Array, at: number): void {
    first = ((key[at + 1]! << 24) | (key[at + 2]! << 16) | (key[at + 3]! << 8) | key[at + 4]!) >>> 0;
    second = ((key[at + 5]! << 24) | (key[at + 6]! << 16) | (key[at + 7]! << 8) | key[at + 8]!) >>> 0;
    third = ((key[at + 9]! << 24) | (key[at + 10]! << 16) | (key[at + 11]! << 8)) >>> 0;
  }

  /**
   * Where the first entry is, or would have to be, that is not before the key. Entries are in the order of their keys, none lies
   * before the slot that its key falls into, and between that slot and the entry there is no gap.
   */
  function seek({ words, slots }: Shard): number {
    let at = Math.floor((first / TWO_32) * slots) * WORDS;
    while (words[at + 2] !== 0) {
      const one = words[at]!;
      if (one > first) break;
      if (one === first) {
        const two = words[at + 1]!;
        if (two > second || (two === second && (words[at + 2]! & 0xff_ff_ff_00) >>> 0 >= third)) break;
      }
      at += WORDS;
    }
    return at;
  }

  function isAt(words: Uint32Array, at: number): boolean {
    return (
      words[at + 2] !== 0 &&
      words[at] === first &&
      words[at + 1] === second &&
      (words[at + 2]! & 0xff_ff_ff_00) >>> 0 === third
    );
  }

  function shardFor(number: number): Shard {
    const shard = shards[number] ?? (shards[number] = emptyShard(LEAST_SLOTS));
    if (shard.count + 1 > shard.slots * FULL) grow(shard, Math.ceil((shard.count + 1) * GROWTH));
    return shard;
  }

  return {
    get size() {
      return size;
    },
    get bytes() {
      return shards.reduce((sum, shard) => sum + (shard?.words.byteLength ?? 0), 0);
    },
    reserve(entries) {
      const mean = entries / SHARDS;
      // Random keys spread evenly: hardly any shard gets more than this.
      const slots = Math.ceil((mean + 3 * Math.sqrt(mean)) / FULL);
      for (let i = 0; i < SHARDS; i++) {
        const shard = shards[i] ?? (shards[i] = emptyShard(LEAST_SLOTS));
        if (shard.slots < slots) grow(shard, slots);
      }
    },
    put(keys, offset, payload, mode) {
      const shard = shardFor(keys[offset]!);
      take(keys, offset);
      let at = seek(shard);
      if (isAt(shard.words, at)) {
        if (mode === 'keep') return;
        if (mode === 'replace') return write(shard.words, at, third, payload);
        let end = at;
        for (; isAt(shard.words, end); end += WORDS) if (hasPayload(shard.words, end, payload)) return;
        if (mode === 'after') at = end;
      }
      let gap = at;
      while (shard.words[gap + 2] !== 0) gap += WORDS;
      // The last slot stays empty, so that every search ends.
      if (gap + WORDS >= shard.words.length) {
        grow(shard, Math.ceil(shard.slots * GROWTH));
        return this.put(keys, offset, payload, mode);
      }
      shard.words.copyWithin(at + WORDS, at, gap);
      const [one, two] = [first, second];
      shard.words[at] = one;
      shard.words[at + 1] = two;
      write(shard.words, at, third, payload);
      shard.count += 1;
      size += 1;
    },
    get(key, payload) {
      const shard = shards[key[0]!];
      if (shard === undefined) return false;
      take(key, 0);
      const at = seek(shard);
      if (!isAt(shard.words, at)) return false;
      read(shard.words, at, payload);
      return true;
    },
    getAll(key, payload, visit) {
      const shard = shards[key[0]!];
      if (shard === undefined) return;
      take(key, 0);
      for (let at = seek(shard); isAt(shard.words, at); at += WORDS) {
        read(shard.words, at, payload);
        visit();
      }
    },
  };
}

function emptyShard(slots: number): Shard {
  const spare = LEAST_SLOTS + Math.ceil(Math.sqrt(slots) * 2);
  return { words: new Uint32Array((slots + spare) * WORDS), slots, count: 0 };
}

/** Spreads the entries over more slots, in one go through both: they are in order. */
function grow(shard: Shard, slots: number): void {
  const grown = emptyShard(slots);
  let next = 0;
  for (let at = 0; at < shard.words.length; at += WORDS) {
    if (shard.words[at + 2] === 0) continue;
    next = Math.max(next, Math.floor((shard.words[at]! / TWO_32) * slots) * WORDS);
    // Hardly ever, and not for random keys: what is pushed over the end needs more room there.
    if (next + 2 * WORDS > grown.words.length) {
      grow(shard, Math.ceil(slots * GROWTH));
      return;
    }
    grown.words.set(shard.words.subarray(at, at + WORDS), next);
    next += WORDS;
  }
  shard.words = grown.words;
  shard.slots = slots;
}

function write(words: Uint32Array, at: number, third: number, payload: Uint32Array): void {
  words[at + 2] = third | (payload[0]! << 1) | 1;
  words[at + 3] = payload[1]!;
  words[at + 4] = payload[2]!;
  words[at + 5] = payload[3]!;
}

function read(words: Uint32Array, at: number, payload: Uint32Array): void {
  payload[0] = (words[at + 2]! & 0xff) >>> 1;
  payload[1] = words[at + 3]!;
  payload[2] = words[at + 4]!;
  payload[3] = words[at + 5]!;
}

function hasPayload(words: Uint32Array, at: number, payload: Uint32Array): boolean {
  return (
    (words[at + 2]! & 0xff) >>> 1 === payload[0] &&
    words[at + 3] === payload[1] &&
    words[at + 4] === payload[2] &&
    words[at + 5] === payload[3]
  );
}
