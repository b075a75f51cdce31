import { createSecretKey, hkdfSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Inputs of {@link hkdf} besides the key. */
export interface HkdfInputs {
  /** The salt; may be empty. */
  readonly salt: Uint8Array;
  /** What the output is for; may be empty. */
  readonly info: Uint8Array;
  /** Number of bytes wanted. */
  readonly length: number;
}

/** Derives bytes from a key: HKDF of RFC 5869 with SHA-256, extract and expand. */
export function hkdf(key: Uint8Array | KeyObject, { salt, info, length }: HkdfInputs): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, length));
}

/** The same as {@link hkdf}, as a key object; the bytes in between are wiped. */
export function hkdfKey(key: Uint8Array | KeyObject, inputs: HkdfInputs): KeyObject {
  const bytes = hkdf(key, inputs);
  const derived = createSecretKey(bytes);
  bytes.fill(0);
  return derived;
}
