import { hkdfSync } from 'node:crypto';
import { freeBytes } from '../internal/free-bytes.ts';

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
 * Cuts the bytes of a part into chunks that, one after the other, are the part. An empty part has none. Where the pieces
 * of a stream end does not matter: whole or as a stream, a part is cut in the same places.
 */
export interface Chunker {
  /** Cuts bytes that are there as a whole into views of them. */
  cut(bytes: Uint8Array): Generator<Uint8Array, void, void>;
  /** Begins a part that comes in pieces. */
  stream(): ChunkStream;
}

/**
 * A part that comes in pieces, and after its end the next one, in the same memory: at most `max` bytes and one piece are held.
 * Chunks are copies.
 */
export interface ChunkStream {
  /** Takes the next piece, which may be changed afterwards, and gives the chunks that are certain by now. */
  push(piece: Uint8Array): Uint8Array[];
  /** Gives the rest. What comes afterwards is another part. */
  end(): Uint8Array[];
}

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

  function* cut(bytes: Uint8Array): Generator<Uint8Array, void, void> {
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

  function stream(): ChunkStream {
    let held = new Uint8Array(0);
    let start = 0;
    let end = 0;
    let isCut = false;

    function append(piece: Uint8Array): void {
      const needed = end - start + piece.length;
      if (end + piece.length > held.length) {
        const target = needed > held.length ? new Uint8Array(roomFor(needed, held.length, max + piece.length)) : held;
        target.set(held.subarray(start, end));
        if (target !== held) freeBytes(held);
        held = target;
        end -= start;
        start = 0;
      }
      held.set(piece, end);
      end += piece.length;
    }

    function takeChunk(): Uint8Array {
      const at = findCut(held, start, end);
      const chunk = held.slice(start, at);
      isCut = true;
      start = at;
      return chunk;
    }

    return {
      push(piece) {
        append(piece);
        const chunks: Uint8Array[] = [];
        // With more than `max` at hand the next cut depends on nothing that is still to come.
        while (end - start > max) chunks.push(takeChunk());
        return chunks;
      },
      end() {
        const chunks: Uint8Array[] = [];
        if (!isCut && start < end && end - start <= threshold) {
          chunks.push(held.slice(start, end));
          start = end;
        }
        while (start < end) chunks.push(takeChunk());
        freeBytes(held);
        held = new Uint8Array(0);
        start = 0;
        end = 0;
        isCut = false;
        return chunks;
      },
    };
  }

  return { cut, stream };
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

  /** Where the first byte from `from` to before `to` lies after which to cut, plus one; -1 if there is none. */
  function scan(bytes: Uint8Array, from: number, to: number, mask: number, warmUp: number): number {
    let hash = 0;
    let i = from - warmUp;
    for (; i < from; i++) hash = ((hash << 1) + gear[bytes[i]!]!) | 0;
    // Eight bytes a turn: three times as fast as one.
    for (const last = to - 8; i <= last; i += 8) {
      hash = ((hash << 1) + gear[bytes[i]!]!) | 0;
      if ((hash & mask) === 0) return i + 1;
      hash = ((hash << 1) + gear[bytes[i + 1]!]!) | 0;
      if ((hash & mask) === 0) return i + 2;
      hash = ((hash << 1) + gear[bytes[i + 2]!]!) | 0;
      if ((hash & mask) === 0) return i + 3;
      hash = ((hash << 1) + gear[bytes[i + 3]!]!) | 0;
      if ((hash & mask) === 0) return i + 4;
      hash = ((hash << 1) + gear[bytes[i + 4]!]!) | 0;
      if ((hash & mask) === 0) return i + 5;
      hash = ((hash << 1) + gear[bytes[i + 5]!]!) | 0;
      if ((hash & mask) === 0) return i + 6;
      hash = ((hash << 1) + gear[bytes[i + 6]!]!) | 0;
      if ((hash & mask) === 0) return i + 7;
      hash = ((hash << 1) + gear[bytes[i + 7]!]!) | 0;
      if ((hash & mask) === 0) return i + 8;
    }
    for (; i < to; i++) {
      hash = ((hash << 1) + gear[bytes[i]!]!) | 0;
      if ((hash & mask) === 0) return i + 1;
    }
    return -1;
  }

  /** Where the chunk that begins at `start` ends; `end` if nothing cuts it before. */
  return function findCut(bytes, start, end) {
    const limit = Math.min(end, start + max);
    const first = Math.min(limit, start + min);
    // The byte that makes the chunk `mean` bytes long is the first one the easy mask judges.
    const turn = Math.max(first, Math.min(limit, start + mean - 1));
    const strictCut = scan(bytes, first, turn, strictMask, 0);
    if (strictCut !== -1) return strictCut;
    // A byte is shifted out of the hash after 32 more, so these make up the hash again.
    const easyCut = scan(bytes, turn, limit, easyMask, Math.min(32, turn - first));
    return easyCut === -1 ? limit : easyCut;
  };
}

function topBits(count: number): number {
  const bits = Math.min(count, 32);
  return bits === 32 ? -1 : ~(0xffff_ffff >>> bits);
}
