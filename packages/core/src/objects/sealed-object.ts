import { BLOB_KINDS, openBlob, openTable, sealObject } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { Randomness } from '@holdfast/contracts';
import { frame, unframe } from '../blobs/codec.ts';
import { equalBytes } from '../internal/bytes.ts';
import { nodeBody } from '../tree/node.ts';

/** A blob before it is sealed, or after it was opened. */
export interface RawBlob {
  /** Kind of blob, see docs/format/envelope.md. */
  readonly kind: number;
  /** Its bytes. */
  readonly raw: Uint8Array;
}

/** The id of a blob: over the whole of it, of a tree node over its body. */
export function idOfBlob(keyring: Keyring, { kind, raw }: RawBlob, object: string): Uint8Array {
  return keyring.blobId(kind, kind === BLOB_KINDS.node ? nodeBody(raw, { object }) : raw);
}

/** Seals a small object (a segment, a snapshot) from raw blobs. */
export function sealBlobs(
  keyring: Keyring,
  kind: number,
  blobs: readonly RawBlob[],
  randomness: Randomness,
): Uint8Array {
  return sealObject(keyring, {
    kind,
    randomness,
    blobs: blobs.map((blob) => ({
      kind: blob.kind,
      id: idOfBlob(keyring, blob, 'a new object'),
      plaintext: frame(blob.raw),
    })),
  }).bytes;
}

/** Opens every blob of an object, padding excepted, each verified against its id. */
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
  for (const { kind, ordinal, offset, length, id } of records) {
    if (kind === BLOB_KINDS.padding) continue;
    const sealed = bytes.subarray(offset, offset + length);
    const plaintext = openBlob(keyring, { header: header.bytes, record: { ordinal, kind }, sealed, object });
    const blob = { kind, raw: unframe(plaintext, { object }) };
    if (!equalBytes(idOfBlob(keyring, blob, object), id)) {
      throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a blob does not have its id' });
    }
    yield blob;
  }
}
