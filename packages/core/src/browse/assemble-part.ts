import { RepositoryError } from '@holdfast/contracts';
import { concatBytes } from '../internal/bytes.ts';
import { joinSegments } from '../mime/join-segments.ts';
import type { PartSource, StoredPart } from '../tree/item-record.ts';

/**
 * Puts a part together from its blobs, in the order in which the record names them.
 *
 * @throws `ERR_OBJECT_DAMAGED`, a {@link RepositoryError}, if they do not make up what the record says.
 */
export function assemblePart(part: StoredPart, blobs: readonly Uint8Array[], item: string): Uint8Array {
  const { name, size, sources, segments } = part;
  const damaged = (reason: string): RepositoryError =>
    new RepositoryError('ERR_OBJECT_DAMAGED', { object: `part ${name} of ${item}`, reason });
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
