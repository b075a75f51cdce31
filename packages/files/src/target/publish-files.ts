import { linkSync, lstatSync, mkdirSync, renameSync, unlinkSync } from 'node:fs';

import { hasCode } from '../internal/file-errors.ts';

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
