import { closeSync, constants, open, openSync, read } from 'node:fs';
import { promisify } from 'node:util';

import type { Pace } from './pace.ts';

/** Opens a file off this thread. */
export const openLater: typeof open.__promisify__ = promisify(open);
const readLater = promisify(read);

/** Windows has neither of the two: no link is followed, and a pipe that took the place of a file holds nothing up. */
export const READ_FLAGS: number =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** Opens a file for reading, gives it to a function and closes it. Throws errors of the system. */
export async function withFile<T>(
  path: string | Uint8Array<ArrayBuffer>,
  pace: Pace,
  use: (file: number) => Promise<T>,
): Promise<T> {
  const place = typeof path === 'string' ? path : Buffer.from(path);
  const file = pace.mayBlock() ? pace.quickly(() => openSync(place, READ_FLAGS)) : await openLater(place, READ_FLAGS);
  try {
    return await use(file);
  } finally {
    closeSync(file);
  }
}

/** Fills the bytes from a position of the file on, off this thread; tells how many there were before its end. */
export async function readAt(file: number, bytes: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await readLater(file, bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
