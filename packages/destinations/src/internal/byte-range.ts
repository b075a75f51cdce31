import { DestinationError } from '@holdfast/contracts';
import type { ByteRange } from '@holdfast/contracts';

/**
 * Makes sure that a range lies inside an object, and tells the range of the whole object if none is given.
 *
 * @throws `ERR_RANGE_INVALID`, a {@link DestinationError}, if the range reaches past the end.
 */
export function resolveByteRange(range: ByteRange | undefined, name: string, size: number): ByteRange {
  if (range === undefined) return { offset: 0, length: size };
  if (range.offset + range.length > size) throw new DestinationError('ERR_RANGE_INVALID', { name });
  return range;
}

/** Refuses numbers that are no range of any object. */
export function assertByteRange(range: ByteRange | undefined): void {
  if (range === undefined) return;
  for (const number of [range.offset, range.length]) {
    if (!Number.isSafeInteger(number) || number < 0) {
      throw new RangeError(`a range consists of whole numbers from 0 up, got ${range.offset} and ${range.length}`);
    }
  }
}
