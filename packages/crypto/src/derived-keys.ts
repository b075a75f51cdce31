import type { KeyObject } from 'node:crypto';
import { utf8 } from './bytes.ts';
import { hkdf, hkdfKey } from './hkdf.ts';

/** Bytes of a root, of an epoch key and of everything derived. */
export const KEY_LENGTH = 32;

/** What a derived key is for; the texts are part of the format. */
export type KeyPurpose = 'config' | 'root check' | 'blob id' | 'chunker' | 'item id' | 'data' | 'metadata';

/** Derives bytes from the root or an epoch key of a repository. */
export function deriveBytes(key: Uint8Array, repositoryId: Uint8Array, purpose: KeyPurpose): Uint8Array {
  return hkdf(key, { salt: repositoryId, info: utf8(`holdfast v1 ${purpose}`), length: KEY_LENGTH });
}

/** The same as {@link deriveBytes}, as a key object. */
export function deriveKey(key: Uint8Array, repositoryId: Uint8Array, purpose: KeyPurpose): KeyObject {
  return hkdfKey(key, { salt: repositoryId, info: utf8(`holdfast v1 ${purpose}`), length: KEY_LENGTH });
}
