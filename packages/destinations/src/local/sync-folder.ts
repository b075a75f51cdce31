import { open } from 'node:fs/promises';
import { platform } from 'node:process';

import { hasCode } from './file-errors.ts';

/**
 * Flushes a folder, so that the names in it survive a power cut.
 *
 * Windows cannot flush a folder: NTFS journals names by itself, and there nothing more can be done. The same holds for
 * network file systems that answer `EINVAL` or `ENOTSUP`.
 */
export async function syncFolder(path: string): Promise<void> {
  if (platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!hasCode(error, 'EINVAL', 'ENOTSUP')) throw error;
  } finally {
    await handle.close();
  }
}
