import { openBlob } from '@holdfast/crypto';
import type { BlobToOpen, Keyring } from '@holdfast/crypto';
import { unframe } from '../blobs/codec.ts';
import { freeBytes } from '../internal/free-bytes.ts';

/**
 * Opens a blob and gives its raw bytes, decompressed: new memory, or a view of `sealed` in a repository that is not encrypted.
 *
 * @throws What {@link openBlob} and {@link unframe} throw.
 */
export function openRawBlob(keyring: Keyring, blob: BlobToOpen): Uint8Array {
  const plaintext = openBlob(keyring, blob);
  const raw = unframe(plaintext, blob);
  if (plaintext.buffer !== raw.buffer && plaintext.buffer !== blob.sealed.buffer) freeBytes(plaintext);
  return raw;
}
