import {
  close,
  closeSync,
  futimes,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';

import { hasCode } from '../internal/file-errors.ts';
import { openLater } from '../internal/open-file.ts';
import type { Pace } from '../internal/pace.ts';

const writeLater = promisify(write);
const futimesLater = promisify(futimes);
const closeLater = promisify(close);

/** Up to this size a file is written by one synchronous call, if those are quick; more is copied off this thread. */
const SMALL = 64 * 1024;

/** A file to write. */
export interface FileToWrite {
  /** Where. Nothing may be there. */
  readonly path: string;
  /** Its content. */
  readonly bytes: Uint8Array;
  /** Its time of modification, in milliseconds; `undefined` for the present. */
  readonly modified: number | undefined;
}

/** Writes a new file. If it fails, nothing is left of it. */
export async function writeFile({ path, bytes, modified }: FileToWrite, pace: Pace): Promise<void> {
  try {
    const seconds = modified === undefined ? undefined : modified / 1000;
    if (bytes.length <= SMALL && pace.mayBlock()) return pace.quickly(() => writeNow(path, bytes, seconds));
    // A share may send only now what was written, so closing is as slow as the rest.
    const call = <T>(now: () => T, later: () => Promise<T>): T | Promise<T> =>
      pace.mayBlock() ? pace.quickly(now) : later();
    const file = await call(
      () => openSync(path, 'wx'),
      () => openLater(path, 'wx'),
    );
    try {
      for (let at = 0; at < bytes.length;) at += (await writeLater(file, bytes, at, bytes.length - at)).bytesWritten;
      if (seconds !== undefined) {
        await call(
          () => futimesSync(file, seconds, seconds),
          () => futimesLater(file, seconds, seconds),
        );
      }
    } finally {
      await call(
        () => closeSync(file),
        () => closeLater(file),
      );
    }
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) rmSync(path, { force: true });
    throw error;
  }
}

function writeNow(path: string, bytes: Uint8Array, seconds: number | undefined): void {
  const file = openSync(path, 'wx');
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    if (seconds !== undefined) futimesSync(file, seconds, seconds);
  } finally {
    closeSync(file);
  }
}

/** Gives a finished file its name; `false`, and the file stays as it is, if that name is taken. */
export function publishFile(temporary: string, path: string): boolean {
  try {
    // Unlike `rename`, `link` fails if the name is taken: the file system decides who was first.
    linkSync(temporary, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // FAT and some shares have no hard links. EISDIR is how libuv names ERROR_INVALID_FUNCTION.
    if (!hasCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EMLINK')) throw error;
    if (isTaken(path)) return false;
    renameSync(temporary, path);
    return true;
  }
  unlinkSync(temporary);
  return true;
}

/** Gives a finished folder its name; `false` if that name is taken. */
export function publishFolder(temporary: string, path: string): boolean {
  // An empty folder of that name would be replaced without a word.
  if (isTaken(path)) return false;
  try {
    renameSync(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EPERM') && isTaken(path)) return false;
    throw error;
  }
}

/** Whether anything is there under that name. */
export function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Makes a folder, if there is none; `false` if something else is there. */
export function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return lstatSync(path).isDirectory();
}
