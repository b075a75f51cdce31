import { constants, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { RepositoryError } from '@holdfast/contracts';
import { seemsPacked } from './seems-packed.ts';

/** Options of {@link frame}. */
export interface FrameOptions {
  /**
   * Level of Zstandard, 1 (fast) to 19 (small).
   *
   * @defaultValue 3
   */
  readonly level?: number | undefined;
  /**
   * From 16 KiB on, what seems packed is kept raw: where the entropy of a sample is more than this share of 8 bits.
   *
   * @defaultValue 0.98
   */
  readonly packed?: number | undefined;
  /**
   * Memory to write to, at its beginning: {@link FRAME_HEADER_LENGTH} bytes longer than the raw bytes at least.
   *
   * @defaultValue new memory of the right length
   */
  readonly into?: Uint8Array | undefined;
}

/** Options of {@link unframe}. */
export interface UnframeOptions {
  /** Name of the object the bytes came from, for the error. */
  readonly object: string;
}

/** The longest raw bytes of one blob: 64 MiB. */
export const MAXIMUM_RAW_LENGTH: number = 64 * 1024 * 1024;

/** Beyond it, a little fewer bytes take much more time: docs/decisions/0005-zstandard-3.md. */
export const DEFAULT_LEVEL = 3;
/** Bytes before the payload: codec and raw length. */
export const FRAME_HEADER_LENGTH = 5;

const CODEC_RAW = 0;
const CODEC_ZSTD = 1;
const CODEC_DEFLATE = 2;
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
 * nothing, or where, from 16 KiB on, a sample tells that it gains next to nothing.
 *
 * @throws A `RangeError` if there are more than 64 MiB.
 */
export function frame(raw: Uint8Array, { level = DEFAULT_LEVEL, packed: share, into }: FrameOptions = {}): Uint8Array {
  if (raw.length > MAXIMUM_RAW_LENGTH) throw new RangeError('A blob holds up to 64 MiB.');
  const packed = raw.length < MINIMUM_LENGTH || seemsPacked(raw, share) ? undefined : compress(raw, level);
  const isSmaller = packed !== undefined && packed.length < raw.length;
  const payload = isSmaller ? packed : raw;
  const length = FRAME_HEADER_LENGTH + payload.length;
  const framed = into === undefined ? new Uint8Array(length) : into.subarray(0, length);
  framed[0] = isSmaller ? CODEC_ZSTD : CODEC_RAW;
  new DataView(framed.buffer, framed.byteOffset).setUint32(1, raw.length);
  framed.set(payload, FRAME_HEADER_LENGTH);
  // Given back at once, unless others share it: the collector would let tens of megabytes of these pile up.
  if (packed?.buffer.byteLength === packedCapacity(raw)) (packed.buffer as ArrayBuffer).transfer(0);
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
  if (framed.length < FRAME_HEADER_LENGTH) throw damaged(object, 'a blob without its header');
  const rawLength = new DataView(framed.buffer, framed.byteOffset).getUint32(1);
  if (rawLength > MAXIMUM_RAW_LENGTH) throw damaged(object, 'a blob longer than 64 MiB');
  const payload = framed.subarray(FRAME_HEADER_LENGTH);
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

/** What the output of compressing takes at most, and is allocated of. */
function packedCapacity({ length }: Uint8Array): number {
  return length + (length >> 7) + 128;
}

function compress(raw: Uint8Array, level: number): Uint8Array {
  return zstdCompressSync(raw, {
    // Knowing the length and having one piece of output saves a tenth of the time and more.
    pledgedSrcSize: raw.length,
    chunkSize: packedCapacity(raw),
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
