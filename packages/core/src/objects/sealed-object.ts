import { BLOB_KINDS, openTable, sealObject } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { Randomness } from '@holdfast/contracts';
import { frame } from '../blobs/codec.ts';
import { equalBytes } from '../internal/bytes.ts';
import { domainBlobs, domainOf } from './domain-blob.ts';
import { nodeBody } from '../tree/node.ts';
import { openRawBlob } from './open-raw-blob.ts';

/** A blob before it is sealed, or after it was opened. */
export interface RawBlob {
  /** Kind of blob, see docs/format/envelope.md. */
  readonly kind: number;
  /** Its bytes. */
  readonly raw: Uint8Array;
}

/** What {@link idOfBlob} goes by besides the blob. */
export interface BlobIdContext {
  /** Name of the object, for errors. */
  readonly object: string;
  /** The domain of the object, if it has one. */
  readonly domain?: Uint8Array | undefined;
}

/** The id of a blob: over the whole of it, of a tree node over its body; of pieces and nodes in the object's domain. */
export function idOfBlob(keyring: Keyring, { kind, raw }: RawBlob, { object, domain }: BlobIdContext): Uint8Array {
  if (kind === BLOB_KINDS.node) return keyring.blobId(kind, nodeBody(raw, { object }), domain);
  return keyring.blobId(kind, raw, kind === BLOB_KINDS.piece ? domain : undefined);
}

/** Options of {@link sealBlobs}. */
export interface SealBlobsOptions {
  /** Kind of object. */
  readonly kind: number;
  /** For the salt. */
  readonly randomness: Randomness;
  /** The domain of the nodes in it, if they have one. */
  readonly domain?: Uint8Array | undefined;
}

/** Seals a small object (a segment, a snapshot) from raw blobs. */
export function sealBlobs(
  keyring: Keyring,
  blobs: readonly RawBlob[],
  { kind, randomness, domain }: SealBlobsOptions,
): Uint8Array {
  const sealed = blobs.map((blob) => ({
    kind: blob.kind,
    id: idOfBlob(keyring, blob, { object: 'a new object', domain }),
    plaintext: frame(blob.raw),
  }));
  return sealObject(keyring, { kind, randomness, blobs: [...domainBlobs(keyring, domain), ...sealed] }).bytes;
}

/** Opens every blob of an object, padding and domain excepted, each verified against its id. */
export function* openBlobs(
  keyring: Keyring,
  bytes: Uint8Array,
  expected: { readonly kind: number; readonly object: string },
): Generator<RawBlob, void, void> {
  const { object } = expected;
  const { header, records } = openTable(keyring, bytes, { object });
  if (header.kind !== expected.kind) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: `its header says kind ${header.kind}` });
  }
  const domain = domainOf(keyring, bytes, { header: header.bytes, records, object });
  for (const { kind, ordinal, offset, length, id } of records) {
    if (kind === BLOB_KINDS.padding || kind === BLOB_KINDS.domain) continue;
    const sealed = bytes.subarray(offset, offset + length);
    const record = { ordinal, kind };
    const blob = { kind, raw: openRawBlob(keyring, { header: header.bytes, record, sealed, object }) };
    if (!equalBytes(idOfBlob(keyring, blob, { object, domain }), id)) {
      throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a blob does not have its id' });
    }
    yield blob;
  }
}
