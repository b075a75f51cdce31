import { resolve } from 'node:path';
import process from 'node:process';

import { systemClock } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';

/** Options of {@link filesSource}. */
export interface FilesSourceOptions {
  /** The folder. A relative path counts from the working directory of this moment. */
  readonly path: string;
  /**
   * Names the folder for ever: snapshots are chained by it. Give one where the folder may be mounted elsewhere one day, or
   * where two machines back up folders of the same path into one repository.
   *
   * @defaultValue `files:` and the absolute path
   */
  readonly id?: string | undefined;
  /**
   * Tells how long calls of the file system take, and how old a file is.
   *
   * @defaultValue the clock of the machine
   */
  readonly clock?: Clock | undefined;
}

/** Options of {@link filesTarget}. */
export interface FilesTargetOptions extends FilesSourceOptions {
  /**
   * Which names files and folders may have: those that this system takes, or only those that every one takes, Windows
   * included. Take `'portable'` for a drive or a share that goes elsewhere.
   *
   * @defaultValue `'system'`
   */
  readonly names?: 'portable' | 'system' | undefined;
}

/** {@link FilesSourceOptions} with defaults filled in. */
export interface ResolvedFilesOptions {
  /** The folder, as an absolute path. */
  readonly root: string;
  /** See {@link FilesSourceOptions.id}. */
  readonly id: string;
  /** See {@link FilesSourceOptions.clock}. */
  readonly clock: Clock;
}

/** {@link FilesTargetOptions} with defaults filled in. */
export interface ResolvedFilesTargetOptions extends ResolvedFilesOptions {
  /** Whether names must be good for every system. */
  readonly isPortable: boolean;
}

/** Fills in defaults and rejects nonsense, so that nothing behind this line checks options. */
export function resolveFilesOptions({ path, id, clock = systemClock }: FilesSourceOptions): ResolvedFilesOptions {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new TypeError('path must be the path of a folder');
  }
  if (id !== undefined && (typeof id !== 'string' || id === '' || !id.isWellFormed())) {
    throw new TypeError('id must be a text that is not empty');
  }
  const root = resolve(path);
  return { root, id: id ?? `files:${root}`.toWellFormed(), clock };
}

/** The same for a target. */
export function resolveFilesTargetOptions(options: FilesTargetOptions): ResolvedFilesTargetOptions {
  const { names = 'system' } = options;
  if (names !== 'portable' && names !== 'system')
    throw new TypeError(`names must be portable or system, got ${String(names)}`);
  return { ...resolveFilesOptions(options), isPortable: names === 'portable' || process.platform === 'win32' };
}
