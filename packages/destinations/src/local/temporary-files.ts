import { randomUUID } from 'node:crypto';
import { open, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { statIfThere } from './folders.ts';

/** The folder of unfinished files, below the root. No object can have its name, because it starts with a dot. */
export const INCOMING = '.incoming';

/** Written at once: an abort waits for no more than that, and more pieces would cost this thread more turns. */
const PIECE = 4 * 1024 * 1024;
const STALE_MS = 24 * 60 * 60 * 1000;

/** Writes bytes to a new temporary file and flushes it. */
export async function writeTemporaryFile(
  folder: string,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = join(folder, `${randomUUID()}.tmp`);
  const handle = await open(path, 'wx');
  try {
    for (let at = 0; at < bytes.length;) {
      signal?.throwIfAborted();
      const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, PIECE));
      at += bytesWritten;
    }
    await handle.sync();
  } catch (error) {
    await handle.close();
    await removeQuietly(path);
    throw error;
  }
  await handle.close();
  return path;
}

/** Removes a temporary file. What cannot be removed stays hidden and is removed a day later. */
export async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
}

/**
 * Removes what crashed writers left behind more than a day ago. The age is measured against a file just written, so
 * that only the clock of the storage counts.
 */
export async function removeStaleFiles(folder: string, justWritten: string): Promise<void> {
  try {
    const now = (await statIfThere(justWritten))?.mtimeMs ?? 0;
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      const info = await statIfThere(path);
      if (info?.isFile() && now - info.mtimeMs > STALE_MS) await removeQuietly(path);
    }
  } catch {
    // Tidying up must never fail a put that is fine.
  }
}
