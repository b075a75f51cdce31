import { RepositoryError } from '@holdfast/contracts';
import { concatBytes } from '../internal/bytes.ts';
import { joinSegments } from '../mime/join-segments.ts';
import type { PartSource, StoredPart } from './item-record.ts';

/**
 * Puts a part together from the raw bytes of its blobs, in their order.
 *
 * @throws `ERR_OBJECT_DAMAGED`, a {@link RepositoryError}, if they do not make up the part.
 */
export function assemblePart(
  { name, size, sources, segments }: Omit<StoredPart, 'blobs'>,
  blobs: readonly Uint8Array[],
): Uint8Array {
  const damaged = (reason: string): RepositoryError =>
    new RepositoryError('ERR_OBJECT_DAMAGED', { object: `part ${name}`, reason });
  const pieces = sources === undefined ? [concatBytes(blobs)] : cutSources(sources, blobs);
  if (pieces === undefined) throw damaged('a source of it is too short');
  if (segments === undefined) {
    const [only] = pieces;
    const bytes = pieces.length === 1 && only !== undefined ? only : concatBytes(pieces);
    if (bytes.length !== size) throw damaged('its size differs');
    return bytes;
  }
  try {
    return joinSegments(segments, pieces, size);
  } catch (error) {
    if (error instanceof RangeError) throw damaged('its segments do not fit');
    throw error;
  }
}

/** The sources; undefined if one reaches beyond its blobs. */
function cutSources(sources: readonly PartSource[], blobs: readonly Uint8Array[]): Uint8Array[] | undefined {
  let used = 0;
  const pieces: Uint8Array[] = [];
  for (const { blobs: count, at, length } of sources) {
    const own = blobs.slice(used, used + count);
    used += count;
    const [only = new Uint8Array()] = own;
    const bytes = own.length <= 1 ? only : concatBytes(own);
    if (at + length > bytes.length) return undefined;
    pieces.push(bytes.subarray(at, at + length));
  }
  return pieces;
}
