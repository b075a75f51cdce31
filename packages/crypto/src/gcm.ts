import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Bytes that sealing adds: the authentication tag. */
export const GCM_TAG_LENGTH = 16;
/** Bytes of a nonce. */
export const GCM_NONCE_LENGTH = 12;
const ALGORITHM = 'aes-256-gcm';

/** Inputs of {@link gcmSeal} besides the key. */
export interface GcmSealInputs {
  /** 12 bytes that never come twice with one key. */
  readonly nonce: Uint8Array;
  /** Associated data: authenticated, not encrypted. */
  readonly aad: Uint8Array;
  /** What to encrypt. */
  readonly plaintext: Uint8Array;
  /** Where ciphertext and tag go: 16 bytes longer than the plaintext. */
  readonly into: Uint8Array;
}

/** Inputs of {@link gcmOpen} besides the key. */
export interface GcmOpenInputs {
  /** The nonce it was sealed with. */
  readonly nonce: Uint8Array;
  /** The associated data it was sealed with. */
  readonly aad: Uint8Array;
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array;
}

/** Encrypts with AES-256-GCM (NIST SP 800-38D) and writes ciphertext and 16-byte tag. */
export function gcmSeal(key: KeyObject, { nonce, aad, plaintext, into }: GcmSealInputs): void {
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: GCM_TAG_LENGTH });
  cipher.setAAD(aad);
  const ciphertext = cipher.update(plaintext);
  into.set(ciphertext, 0);
  // Given back at once: the collector would let tens of megabytes of these pile up. A pool has never but one part.
  if (ciphertext.buffer.byteLength === ciphertext.length) ciphertext.buffer.transfer(0);
  cipher.final();
  into.set(cipher.getAuthTag(), plaintext.length);
}

/** Decrypts what {@link gcmSeal} wrote; `undefined` if it is not authentic. */
export function gcmOpen(key: KeyObject, { nonce, aad, sealed }: GcmOpenInputs): Uint8Array | undefined {
  const length = sealed.length - GCM_TAG_LENGTH;
  if (length < 0) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: GCM_TAG_LENGTH });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(length));
  const plaintext = decipher.update(sealed.subarray(0, length));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
}
