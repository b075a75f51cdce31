import { BLOB_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { equalBytes, toHex } from '../internal/bytes.ts';
import { objectName } from '../objects/object-name.ts';
import { openRawBlob } from '../objects/open-raw-blob.ts';
import { nodeBody } from '../tree/node.ts';

/** What a blob must turn out to be. */
export interface ExpectedBlob {
  /** Kind of blob. */
  readonly kind: number;
  /** Its id. */
  readonly id: Uint8Array;
}

/**
 * Opens a blob that was read out of a pack, decompresses it and compares it with its id.
 *
 * @throws `ERR_SEAL_BROKEN`, a {@link @holdfast/contracts!CryptoError | CryptoError}, or `ERR_OBJECT_DAMAGED`, a
 * {@link RepositoryError}, if it is not that blob.
 */
export function openLocatedBlob(
  keyring: Keyring,
  { kind, id }: ExpectedBlob,
  { pack, ordinal }: Pick<BlobLocation, 'ordinal' | 'pack'>,
  sealed: Uint8Array,
): Uint8Array {
  const object = objectName('data', toHex(pack.name));
  const raw = openRawBlob(keyring, { header: pack.header, record: { ordinal, kind }, sealed, object });
  const identified = kind === BLOB_KINDS.node ? nodeBody(raw, { object }) : raw;
  if (!equalBytes(keyring.blobId(kind, identified, pack.domain), id)) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a blob does not have its id' });
  }
  return raw;
}
