import { createHash } from 'node:crypto';

/** Makes everything that looks random, from the seed: the same seed and the same names give the same values. */
export interface Identifiers {
  /** Bytes that follow from the names; at most 32. */
  bytes(length: number, ...names: readonly (number | string)[]): Buffer;
  /** Text in the alphabet of base64url, of any length up to 43. */
  text(length: number, ...names: readonly (number | string)[]): string;
  /** A GUID in the usual form. */
  guid(...names: readonly (number | string)[]): string;
  /** A number from 0 (included) to 1 (excluded). */
  fraction(...names: readonly (number | string)[]): number;
}

/** Makes {@link Identifiers} of a seed. */
export function seededIdentifiers(seed: number): Identifiers {
  const digest = (names: readonly (number | string)[]): Buffer =>
    createHash('sha256')
      .update(`${seed}\0${names.join('\0')}`)
      .digest();

  return {
    bytes: (length, ...names) => digest(names).subarray(0, length),
    text: (length, ...names) => digest(names).toString('base64url').slice(0, length),
    guid(...names) {
      const bytes = digest(names).subarray(0, 16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
    fraction: (...names) => digest(names).readUInt32BE(0) / 4_294_967_296,
  };
}

/** Tells whether a text can be an id of the service at all; one that cannot is refused as malformed. */
export function isWellFormedId(text: string): boolean {
  return /^[A-Za-z0-9_-]{40,}={0,2}$/.test(text);
}
