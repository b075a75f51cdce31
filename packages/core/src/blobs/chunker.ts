import { hkdfSync } from 'node:crypto';

/** Where a chunker may cut; sizes in bytes. They stand in the config of a repository. */
export interface ChunkerParameters {
  /** Up to this length a part is one chunk; at most `max`. */
  readonly threshold: number;
  /** No chunk is shorter, the last of a part excepted. */
  readonly min: number;
  /** From this length on cuts become sixteen times as likely; chunks cluster around it. */
  readonly mean: number;
  /** No chunk is longer. */
  readonly max: number;
}

/**
 * Cuts the bytes of one part into chunks that, one after the other, are the part. An empty part has none.
 *
 * Bytes given whole are cut into views of them; chunks of a stream are copies. A stream is held to at most `max` bytes
 * and one incoming piece, beside the chunk just given, and where its pieces end does not matter. Leaving early closes it.
 */
export type Chunker = (bytes: Uint8Array | AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;

/** The parameters of a new repository: chunks of 512 KiB to 4 MiB, 1 MiB in the middle. */
export const defaultChunkerParameters: ChunkerParameters = {
  threshold: 512 * 1024,
  min: 512 * 1024,
  mean: 1024 * 1024,
  max: 4 * 1024 * 1024,
};

const GEAR_INFO = 'holdfast v1 gear';
/** FastCDC's normalisation level: how many bits more, then fewer, than the mean asks for must be zero. */
const NORMALISATION = 2;

/**
 * Makes a chunker that cuts by content (FastCDC, Xia et al., USENIX ATC 2016), so that an insertion changes the chunks
 * near it only. Equal keys and parameters give equal cuts.
 *
 * @throws A `RangeError` if not 64 <= min <= mean <= max, or threshold > max.
 */
export function createChunker(
  chunkerKey: Uint8Array,
  parameters: ChunkerParameters = defaultChunkerParameters,
): Chunker {
  const { threshold, max } = resolveParameters(parameters);
  const findCut = createCutter(deriveGear(chunkerKey), parameters);

  function* cutWhole(bytes: Uint8Array): Generator<Uint8Array> {
    if (bytes.length > 0 && bytes.length <= threshold) {
      yield bytes;
      return;
    }
    for (let start = 0; start < bytes.length;) {
      const end = findCut(bytes, start, bytes.length);
      yield bytes.subarray(start, end);
      start = end;
    }
  }

  async function* cutStream(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let held = new Uint8Array(0);
    let start = 0;
    let end = 0;
    let isCut = false;

    function append(piece: Uint8Array): void {
      const needed = end - start + piece.length;
      if (end + piece.length > held.length) {
        const target = needed > held.length ? new Uint8Array(roomFor(needed, held.length, max + piece.length)) : held;
        target.set(held.subarray(start, end));
        held = target;
        end -= start;
        start = 0;
      }
      held.set(piece, end);
      end += piece.length;
    }

    for await (const piece of pieces) {
      append(piece);
      // With more than `max` at hand the next cut depends on nothing that is still to come.
      while (end - start > max) {
        const cut = findCut(held, start, end);
        yield held.slice(start, cut);
        isCut = true;
        start = cut;
      }
    }
    if (!isCut && end - start <= threshold) {
      if (end > start) yield held.slice(start, end);
      return;
    }
    while (start < end) {
      const cut = findCut(held, start, end);
      yield held.slice(start, cut);
      start = cut;
    }
  }

  return async function* chunk(bytes) {
    yield* bytes instanceof Uint8Array ? cutWhole(bytes) : cutStream(bytes);
  };
}

function resolveParameters(parameters: ChunkerParameters): ChunkerParameters {
  const { threshold, min, mean, max } = parameters;
  const areOrdered = 64 <= min && min <= mean && mean <= max && 0 <= threshold && threshold <= max;
  if (!areOrdered || ![threshold, min, mean, max].every(Number.isSafeInteger)) {
    throw new RangeError('The chunker needs 64 <= min <= mean <= max and threshold <= max.');
  }
  return parameters;
}

/** Doubles, so that a stream of small pieces is not copied over and over, but not beyond what is ever needed. */
function roomFor(needed: number, present: number, limit: number): number {
  return Math.max(needed, Math.min(present * 2, limit));
}

function deriveGear(chunkerKey: Uint8Array): Int32Array {
  const view = new DataView(hkdfSync('sha256', chunkerKey, '', GEAR_INFO, 1024));
  // Signed, because bit operations on signed 32-bit integers stay small integers in the engine.
  return Int32Array.from({ length: 256 }, (_, i) => view.getInt32(4 * i));
}

function createCutter(
  gear: Int32Array,
  { min, mean, max }: ChunkerParameters,
): (bytes: Uint8Array, start: number, end: number) => number {
  const bits = Math.floor(Math.log2(mean));
  const strictMask = topBits(bits + NORMALISATION);
  const easyMask = topBits(bits - NORMALISATION);

  /** Where the chunk that begins at `start` ends; `end` if nothing cuts it before. */
  return function findCut(bytes, start, end) {
    const limit = Math.min(end, start + max);
    // The byte after which a chunk is `mean` bytes long is the first to be judged by the easy mask.
    const turn = Math.min(limit, start + mean - 1);
    let hash = 0;
    let i = start + min;
    for (; i < turn; i++) {
      hash = ((hash << 1) + gear[bytes[i]!]!) | 0;
      if ((hash & strictMask) === 0) return i + 1;
    }
    for (; i < limit; i++) {
      hash = ((hash << 1) + gear[bytes[i]!]!) | 0;
      if ((hash & easyMask) === 0) return i + 1;
    }
    return limit;
  };
}

function topBits(count: number): number {
  const bits = Math.min(count, 32);
  return bits === 32 ? -1 : ~(0xffff_ffff >>> bits);
}
