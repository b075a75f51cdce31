import { DestinationError } from '@holdfast/contracts';

const MOST_SEGMENTS = 8;

/** One level of a name: no dot at either end, because one hides a file and Windows drops the other. */
const SEGMENT = /^[a-z0-9_-](?:[a-z0-9._-]{0,98}[a-z0-9_-])?$/;

/**
 * Device names of Windows, with or without an extension: a file of that name cannot be made there. They are refused
 * everywhere, so that a repository can be copied from any storage to any other.
 * https://learn.microsoft.com/windows/win32/fileio/naming-a-file
 */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;

/** Whether a string can be one level of an object's name. */
export function isNameSegment(text: string): boolean {
  return SEGMENT.test(text) && !DEVICE.test(text);
}

/**
 * Refuses a name that is not allowed, before the storage is touched. Every driver calls it first in each method that
 * takes a name.
 *
 * @throws `ERR_NAME_INVALID`, a {@link DestinationError}, if the name is not one to eight allowed segments.
 */
export function assertObjectName(name: string): void {
  if (typeof name !== 'string') throw new TypeError(`the name of an object must be a string, got ${typeof name}`);
  const segments = name.split('/', MOST_SEGMENTS + 1);
  if (segments.length > MOST_SEGMENTS || !segments.every(isNameSegment)) {
    // As JSON, so that control characters of a hostile name do not reach a terminal; cut, because it may be endless.
    throw new DestinationError('ERR_NAME_INVALID', { name: JSON.stringify(name.slice(0, 200)) });
  }
}
