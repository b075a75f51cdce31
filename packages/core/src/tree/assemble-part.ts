import { RepositoryError } from '@holdfast/contracts';
import { concatBytes } from '../internal/bytes.ts';
import type { StoredPart } from './item-record.ts';

/**
 * Puts a part together from the raw bytes of its blobs, in their order.
 *
 * @throws `ERR_OBJECT_DAMAGED`, a {@link RepositoryError}, if they do not make up the part.
 */
export function assemblePart({ name, size }: Omit<StoredPart, 'blobs'>, blobs: readonly Uint8Array[]): Uint8Array {
  const bytes = concatBytes(blobs);
  if (bytes.length !== size) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object: `part ${name}`, reason: 'its size differs' });
  }
  return bytes;
}
