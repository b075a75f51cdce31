import { DEFAULT_LEVEL } from '../blobs/codec.ts';

/** How what is backed up is compressed. */
export interface CompressionOptions {
  /**
   * Level of Zstandard for the content of items, 1 (fast) to 19 (small). It holds for what is written from now on and is no
   * property of the repository; every level is read alike, and equal content is recognised whatever level it was stored
   * at. Trees and the index are always written at level 3, and what hardly becomes smaller is kept as it is.
   *
   * Of mail with attachments, level 1 stores about 0.4 % more than 3 and level 6 about 0.4 % less; of text alone it is 2 to
   * 5 % either way. Level 1 takes 30 % less time to compress, 6 more than twice as much. High levels need memory in each
   * worker: 5 MB at 6, up to 60 MB at 19.
   *
   * @defaultValue `3`
   */
  readonly level?: number | undefined;
}

/** {@link CompressionOptions} with defaults filled in. */
export interface Compression {
  /** See {@link CompressionOptions.level}. */
  readonly level: number;
}

const HIGHEST_LEVEL = 19;

/**
 * Fills in defaults and refuses nonsense.
 *
 * @throws `RangeError` if there is no such level.
 */
export function resolveCompression({ level = DEFAULT_LEVEL }: CompressionOptions = {}): Compression {
  if (!Number.isSafeInteger(level) || level < 1 || level > HIGHEST_LEVEL) {
    throw new RangeError(`compression.level must be an integer from 1 to ${HIGHEST_LEVEL}, got ${String(level)}`);
  }
  return { level };
}
