import { decodeDirectory } from './directory.ts';
import type { DecodeSegmentOptions, SegmentKind } from './directory.ts';

/**
 * Tells from its directory what a segment is about, so that the caller knows which decoder to hand it to.
 *
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if it is of a newer
 *   version; `ERR_OBJECT_DAMAGED` if it is malformed or of a kind this version does not know.
 */
export function segmentKind(
  directory: Uint8Array,
  options: DecodeSegmentOptions = { object: 'index segment' },
): SegmentKind {
  return decodeDirectory(directory, options).segment;
}
