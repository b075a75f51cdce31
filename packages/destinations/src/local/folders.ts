import type { Stats } from 'node:fs';
import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DestinationError } from '@holdfast/contracts';

import { hasCode } from './file-errors.ts';
import type { ResolvedLocalDestinationOptions } from './local-options.ts';
import { syncFolder } from './sync-folder.ts';

/** The folders below the root: made, flushed and checked for symbolic links once each. */
export interface Folders {
  /** Makes a folder with all above it, durable, and tells its path. */
  prepare(segments: readonly string[]): Promise<string>;
  /** Tells the path of a folder, or `undefined` if it is missing or reached through a symbolic link. */
  find(segments: readonly string[]): Promise<string | undefined>;
  /** Forgets what is known, after somebody else has removed a folder. */
  forget(): void;
}

/** Starts with nothing known about the folders below the root. */
export function foldersBelow({ root, create }: ResolvedLocalDestinationOptions): Folders {
  // At most as many entries as there are folders: a few hundred in a repository.
  const prepared = new Map<string, Promise<void>>();
  const found = new Set<string>();

  function once(path: string, make: () => Promise<void>): Promise<void> {
    const known = prepared.get(path);
    if (known !== undefined) return known;
    const making = make().catch((error: unknown) => {
      prepared.delete(path);
      throw error;
    });
    prepared.set(path, making);
    return making;
  }

  return {
    async prepare(segments) {
      await once(root, () => (create ? makeRoot(root) : assertFolder(root)));
      let path = root;
      for (const segment of segments) {
        const folder = join(path, segment);
        await once(folder, () => makeFolder(folder));
        path = folder;
      }
      return path;
    },

    async find(segments) {
      let path = root;
      for (const segment of segments) {
        path = join(path, segment);
        if (found.has(path)) continue;
        const info = await statIfThere(path);
        if (info === undefined && !create) await assertFolder(root);
        if (!info?.isDirectory()) return undefined;
        found.add(path);
      }
      return path;
    },

    forget() {
      prepared.clear();
      found.clear();
    },
  };
}

/** Makes sure that the root is there. */
export async function assertFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new DestinationError('ERR_DESTINATION_NOT_FOUND', { path }, { cause: error });
  }
  throw new DestinationError('ERR_DESTINATION_NOT_FOUND', { path });
}

/** What a path is, without following a symbolic link at its end; `undefined` if nothing is there. */
export async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function makeRoot(root: string): Promise<void> {
  const first = await mkdir(root, { recursive: true }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST', 'ENOTDIR')) throw error;
    throw new DestinationError('ERR_DESTINATION_NOT_FOUND', { path: root }, { cause: error });
  });
  if (first === undefined) return;
  for (let path = root; path.length >= first.length; path = dirname(path)) await syncFolder(dirname(path));
}

async function makeFolder(path: string): Promise<void> {
  if ((await statIfThere(path)) === undefined) {
    await mkdir(path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error; // else another writer was faster
    });
  }
  const info = await lstat(path);
  // Through a symbolic link a write could leave the root.
  if (info.isSymbolicLink()) {
    throw new DestinationError('ERR_DESTINATION_FAULT', { name: path, reason: 'a symbolic link instead of a folder' });
  }
  if (!info.isDirectory()) throw Object.assign(new Error(`${path} is not a folder`), { code: 'ENOTDIR' });
  // Also if it was there before: whoever made it may not have come to this line yet, or never.
  await syncFolder(dirname(path));
}
