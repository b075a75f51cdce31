import { BLOB_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { concatBytes, toHex } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';

/** The blobs of one batch: numbered, each once. */
export interface BlobBatch {
  /** Takes a blob in and returns its number. The bytes are kept, not copied. */
  add(raw: Uint8Array): number;
  /** Ids, back to back. */
  ids(): Uint8Array;
  /** Calls back for each blob that is flagged. */
  each(fresh: Uint8Array, take: (id: Uint8Array, raw: Uint8Array) => void): void;
  /** Gives back the memory of all blobs, each of which has its own. Nothing may be asked of the batch afterwards. */
  free(): void;
}

/** Makes an empty batch. */
export function createBlobBatch(keyring: Keyring, domain: Uint8Array | undefined): BlobBatch {
  const numbers = new Map<string, number>();
  const blobs: { readonly id: Uint8Array; readonly raw: Uint8Array }[] = [];

  return {
    add(raw) {
      const id = keyring.blobId(BLOB_KINDS.piece, raw, domain);
      const name = toHex(id);
      const known = numbers.get(name);
      if (known !== undefined) return known;
      const number = blobs.push({ id, raw }) - 1;
      numbers.set(name, number);
      return number;
    },
    ids: () => concatBytes(blobs.map(({ id }) => id)),
    each(fresh, take) {
      for (const [number, { id, raw }] of blobs.entries()) if (fresh[number] === 1) take(id, raw);
    },
    free() {
      for (const { raw } of blobs) freeBytes(raw);
    },
  };
}
