import { constants, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { RepositoryError } from '@holdfast/contracts';

/** Options of {@link frame}. */
export interface FrameOptions {
  /**
   * Level of Zstandard, 1 (fast) to 19 (small).
   *
   * @defaultValue 3
   */
  readonly level?: number | undefined;
  /**
   * From 32 KiB on a sample is compressed first; if it does not become smaller than this share of itself, all is kept raw.
   *
   * @defaultValue 0.97
   */
  readonly worth?: number | undefined;
}

/** Options of {@link unframe}. */
export interface UnframeOptions {
  /** Name of the object the bytes came from, for the error. */
  readonly object: string;
}

/** The longest raw bytes of one blob: 64 MiB. */
export const MAXIMUM_RAW_LENGTH: number = 64 * 1024 * 1024;

const HEADER_LENGTH = 5;
const CODEC_RAW = 0;
const CODEC_ZSTD = 1;
const CODEC_DEFLATE = 2;
const DEFAULT_LEVEL = 3;
/** No buffer that others share is longer: the pool of small buffers of any version of Node. */
const LARGEST_POOL = 64 * 1024;
/** What is shorter is compressed without a look at it first. */
const SAMPLED_FROM = 32 * 1024;
const SAMPLES = 8;
const SAMPLE_LENGTH = 1024;
const DEFAULT_WORTH = 0.97;
/** Below this the header of a Zstandard frame eats what compression gains. */
const MINIMUM_LENGTH = 64;
/** A window of 64 MiB holds the longest blob; more memory than that is never taken for one. */
const MAXIMUM_WINDOW_LOG = 26;

/** What `node:zlib` gives with `info: true`; its published types leave this out. */
interface Unpacked {
  readonly buffer: Uint8Array;
  /** `bytesWritten` is the number of bytes that were consumed. */
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Makes the plaintext of a blob: codec, raw length, payload. Compressed with Zstandard, or raw where that gains
 * nothing, or where, from 32 KiB on, a sample tells that it gains next to nothing.
 *
 * @throws A `RangeError` if there are more than 64 MiB.
 */
export function frame(
  raw: Uint8Array,
  { level = DEFAULT_LEVEL, worth = DEFAULT_WORTH }: FrameOptions = {},
): Uint8Array {
  if (raw.length > MAXIMUM_RAW_LENGTH) throw new RangeError('A blob holds up to 64 MiB.');
  const packed = raw.length < MINIMUM_LENGTH || !seemsCompressible(raw, worth) ? undefined : compress(raw, level);
  const isSmaller = packed !== undefined && packed.length < raw.length;
  const payload = isSmaller ? packed : raw;
  const framed = new Uint8Array(HEADER_LENGTH + payload.length);
  framed[0] = isSmaller ? CODEC_ZSTD : CODEC_RAW;
  new DataView(framed.buffer).setUint32(1, raw.length);
  framed.set(payload, HEADER_LENGTH);
  // Given back at once: the collector would let tens of megabytes of these pile up.
  if (packed !== undefined && packed.buffer.byteLength > LARGEST_POOL) (packed.buffer as ArrayBuffer).transfer(0);
  return framed;
}

/**
 * Gives the raw bytes of a blob's plaintext back. Bytes that were kept raw are a view, not a copy.
 *
 * Stops as soon as a payload gives more than the raw length stated, so that a few bytes cannot fill the memory.
 *
 * @throws `ERR_OBJECT_DAMAGED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if the payload does not
 *   give exactly the raw length, has bytes after its end, or if that length is more than 64 MiB.
 */
export function unframe(framed: Uint8Array, { object }: UnframeOptions): Uint8Array {
  if (framed.length < HEADER_LENGTH) throw damaged(object, 'a blob without its header');
  const rawLength = new DataView(framed.buffer, framed.byteOffset).getUint32(1);
  if (rawLength > MAXIMUM_RAW_LENGTH) throw damaged(object, 'a blob longer than 64 MiB');
  const payload = framed.subarray(HEADER_LENGTH);
  switch (framed[0]) {
    case CODEC_RAW:
      if (payload.length !== rawLength) throw damaged(object, 'a blob of another length than stated');
      return payload;
    case CODEC_ZSTD:
    case CODEC_DEFLATE:
      return decompress(framed[0], payload, rawLength, object);
    default:
      throw damaged(object, 'a blob with an unknown codec');
  }
}

/** Magic, frame header, content size or window, and the header of one empty block (RFC 8878, section 3.1.1). */
const SHORTEST_FRAME = 9;

/**
 * Looks at a few places of something long: pictures and archives, of which much mail is made, are packed already, and
 * finding that out by compressing them whole takes as long as everything else together.
 */
function seemsCompressible(raw: Uint8Array, worth: number): boolean {
  if (raw.length < SAMPLED_FROM) return true;
  const sample = new Uint8Array(SAMPLES * SAMPLE_LENGTH);
  const step = Math.floor((raw.length - SAMPLE_LENGTH) / (SAMPLES - 1));
  for (let i = 0; i < SAMPLES; i += 1) {
    sample.set(raw.subarray(i * step, i * step + SAMPLE_LENGTH), i * SAMPLE_LENGTH);
  }
  return compress(sample, 1).length < sample.length * worth;
}

function compress(raw: Uint8Array, level: number): Uint8Array {
  return zstdCompressSync(raw, {
    // Knowing the length and having one piece of output saves a tenth of the time and more.
    pledgedSrcSize: raw.length,
    chunkSize: raw.length + (raw.length >> 7) + 128,
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
}

function decompress(codec: number, payload: Uint8Array, rawLength: number, object: string): Uint8Array {
  // Node 22 takes a frame that was cut off for one of nothing.
  if (codec === CODEC_ZSTD && payload.length < SHORTEST_FRAME)
    throw damaged(object, 'a blob that cannot be decompressed');
  const options = {
    info: true,
    maxOutputLength: Math.max(rawLength, 1),
    // One byte more than needed, or else a second piece is allocated to see that nothing follows.
    chunkSize: Math.max(rawLength + 1, 64),
  };
  let unpacked: Unpacked;
  try {
    unpacked = (codec === CODEC_ZSTD
      ? zstdDecompressSync(payload, {
          ...options,
          params: { [constants.ZSTD_d_windowLogMax]: MAXIMUM_WINDOW_LOG },
        })
      : inflateRawSync(payload, options)) as unknown as Unpacked;
  } catch (error) {
    throw damaged(object, 'a blob that cannot be decompressed', error);
  }
  if (unpacked.buffer.length !== rawLength) throw damaged(object, 'a blob of another length than stated');
  if (unpacked.engine.bytesWritten !== payload.length) throw damaged(object, 'a blob with bytes after its end');
  return new Uint8Array(unpacked.buffer.buffer, unpacked.buffer.byteOffset, rawLength);
}

function damaged(object: string, reason: string, cause?: unknown): RepositoryError {
  return new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason }, cause === undefined ? {} : { cause });
}
