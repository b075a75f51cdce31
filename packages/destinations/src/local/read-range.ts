import { closeSync, constants, fstatSync, open, read } from 'node:fs';
import { promisify } from 'node:util';

import { DestinationError } from '@holdfast/contracts';
import type { ByteRange } from '@holdfast/contracts';

import { resolveByteRange } from '../internal/byte-range.ts';
import { hasCode } from './file-errors.ts';

/** The most bytes of one read, so that an abort does not wait for a whole large object. */
const MOST_AT_ONCE = 4 * 1024 * 1024;

// By descriptor: the handles of `node:fs/promises` cost as much again as the calls themselves.
const openLater = promisify(open);
const readLater = promisify(read);

// Neither exists on Windows. O_NONBLOCK keeps a pipe that somebody put there from blocking for ever.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants> & { O_RDONLY: number };

/** Reads a file, or a range of it, exactly; `undefined` if there is no file of that path. */
export async function readRange(
  path: string,
  name: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    // Opening has asked the file system already: this and closing wait for nothing, and a thread of the pool would cost more.
    const info = fstatSync(file);
    if (!info.isFile()) return undefined;
    const { offset, length } = resolveByteRange(range, name, info.size);
    // Not cleared: it is filled, or not given out.
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    for (let done = 0; done < length;) {
      signal?.throwIfAborted();
      const some = Math.min(length - done, MOST_AT_ONCE);
      const { bytesRead } = await readLater(file, bytes, done, some, offset + done);
      if (bytesRead === 0) throw new DestinationError('ERR_DESTINATION_FAULT', { name, reason: 'short read' });
      done += bytesRead;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

async function openIfThere(path: string): Promise<number | undefined> {
  try {
    return await openLater(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    // ELOOP (EMLINK on FreeBSD): a symbolic link, which is not an object. EISDIR: a folder, on Windows.
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'EISDIR', 'ENXIO')) return undefined;
    throw error;
  }
}
