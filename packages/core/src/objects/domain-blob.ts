import { BLOB_KINDS, openBlob } from '@holdfast/crypto';
import type { BlobRecord, BlobToSeal, Keyring } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import { frame, unframe } from '../blobs/codec.ts';
import { equalBytes } from '../internal/bytes.ts';

/** Bytes of a domain. */
export const DOMAIN_LENGTH = 16;

/** The blob that an object with a domain begins with; none without one. */
export function domainBlobs(keyring: Keyring, domain: Uint8Array | undefined): readonly BlobToSeal[] {
  if (domain === undefined) return [];
  const kind = BLOB_KINDS.domain;
  return [{ kind, id: keyring.blobId(kind, domain), plaintext: frame(domain) }];
}

/**
 * The domain of an object, read from the object itself; undefined if it has none.
 *
 * @throws `ERR_OBJECT_DAMAGED`, a {@link RepositoryError}, if it stands elsewhere than at the beginning, or is none.
 */
export function domainOf(
  keyring: Keyring,
  bytes: Uint8Array,
  opened: { readonly header: Uint8Array; readonly records: readonly BlobRecord[]; readonly object: string },
): Uint8Array | undefined {
  const { header, records, object } = opened;
  const damaged = (reason: string): RepositoryError => new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason });
  const [record, ...others] = records.filter(({ kind }) => kind === BLOB_KINDS.domain);
  if (record === undefined) return undefined;
  if (others.length > 0 || record.ordinal !== 0) throw damaged('its domain is not its first blob');
  const sealed = bytes.subarray(record.offset, record.offset + record.length);
  const domain = unframe(openBlob(keyring, { header, record, sealed, object }), { object });
  if (domain.length !== DOMAIN_LENGTH || !equalBytes(keyring.blobId(record.kind, domain), record.id)) {
    throw damaged('its domain does not have its id');
  }
  return domain;
}
