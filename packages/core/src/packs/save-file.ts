import { closeSync, futimesSync, openSync, rmSync, writeSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import type { PartToSave } from '@holdfast/contracts';

/** Where a part goes, and its time. */
export type FileToSave = Omit<PartToSave, 'part'>;

/** Writes a new file. If it fails, nothing is left of it. For a thread that may wait for a disk. */
export function saveFileNow(destination: FileToSave, bytes: Uint8Array): void {
  const { path, seconds } = plainly(destination);
  const file = openSync(path, 'wx');
  try {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      if (seconds !== undefined) futimesSync(file, seconds, seconds);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    try {
      rmSync(path, { force: true });
    } catch {
      // What failed first says more.
    }
    throw error;
  }
}

/** The same without holding up the thread. */
export async function saveFile(destination: FileToSave, bytes: Uint8Array): Promise<void> {
  const { path, seconds } = plainly(destination);
  const file = await open(path, 'wx');
  try {
    try {
      for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
      if (seconds !== undefined) await file.utimes(seconds, seconds);
    } finally {
      await file.close();
    }
  } catch (error) {
    // What failed first says more.
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
}

/** As `node:fs` wants it. */
function plainly({ path, modified }: FileToSave): {
  readonly path: string | Buffer;
  readonly seconds: number | undefined;
} {
  return {
    path: typeof path === 'string' ? path : Buffer.from(path),
    seconds: modified === undefined ? undefined : modified / 1000,
  };
}
