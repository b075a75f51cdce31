import { Buffer } from 'node:buffer';

/** Decodes base64 so that nothing passes but what encoding gives back. */
export interface Base64Decoder {
  /**
   * Decodes the bytes from `from` to before `to`, and passes over line ends. The caller has made sure that they stand
   * where they belong, and that padding is as an encoder writes it.
   *
   * @param expected How many bytes must come out: as many as if all but the line ends were base64.
   * @returns The decoded bytes, in memory that the next call uses again; `undefined` if a character is no base64.
   */
  decode(bytes: Buffer, from: number, to: number, expected: number): Uint8Array | undefined;
}

/** So many characters are decoded in one call at most; a multiple of 4. */
export const MOST_CHARACTERS: number = 32 * 1024;

/**
 * Makes a decoder. Several splitters of one thread may have the same.
 *
 * Node's decoder is fast and lenient: it leaves out whatever is no base64, which shows in the length, and takes the
 * alphabet of base64url as well, which does not and is looked for apart.
 */
export function createBase64Decoder(): Base64Decoder {
  const decoded = Buffer.allocUnsafeSlow((MOST_CHARACTERS / 4) * 3);
  return {
    decode(bytes, from, to, expected) {
      const text = bytes.toString('latin1', from, to);
      const written = decoded.write(text, 0, expected, 'base64');
      if (written !== expected || text.includes('-') || text.includes('_')) return undefined;
      return decoded.subarray(0, expected);
    },
  };
}
