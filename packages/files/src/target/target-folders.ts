import { lstatSync, rmSync } from 'node:fs';

import type { Clock, OperationOptions } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { listEntries } from '../internal/list-entries.ts';
import type { Pace } from '../internal/pace.ts';
import { isTemporaryName } from '../internal/temporary-name.ts';
import { ROOT_ID, childId } from '../source/source-context.ts';
import { originInName } from './item-layout.ts';
import { assertFolder } from './target-errors.ts';

/** A restore goes through one folder after the other, and may come back to one. */
const REMEMBERED = 4;
const STALE_MS = 24 * 60 * 60 * 1000;

/** What is known of a folder in the course of a restore. */
export interface TargetFolder {
  /**
   * Names of the files that were written, each folded, where the folder was empty before; `undefined` where it was not.
   * Nothing else has to be looked for in such a folder.
   */
  written: Set<string> | undefined;
  /** Names that bear an origin, by that origin. */
  readonly byOrigin: Map<string, string[]>;
  /** Which items files stand for, by their folded names, the last one last. */
  readonly claims: Map<string, Claim[]>;
  /** New versions that were created beside an old one, by the name of that one. */
  readonly standIns: Map<string, StandIn>;
  /** Whether it was seen to be there in this turn of the event loop. */
  isThere: boolean;
}

/** A file that stands for an item. */
export interface Claim {
  /** Its name. */
  readonly name: string;
  /** The origin of the item. */
  readonly origin: string;
}

/** A file that takes the place of another one as soon as that is deleted. */
export interface StandIn {
  /** Its name. It changes when it takes the place. */
  name: string;
}

/** The folders that are restored into. */
export interface TargetFolders {
  /** What is known of one; nothing, if it was never opened. */
  get(folderId: string): TargetFolder;
  /** Throws unless the folder is there; looks once for all items that are written in one turn of the event loop. */
  assertThere(folderId: string): void;
  /**
   * Looks at a folder anew. What its files were found to stand for is kept. With `tidy`, what a restore that was killed more
   * than a day ago left half written is removed.
   */
  open(folderId: string, options: OperationOptions & { readonly tidy: boolean }): Promise<void>;
}

/** Begins with no folder known. */
export function targetFolders(root: string, clock: Clock, pace: Pace): TargetFolders {
  const known = new Map<string, TargetFolder>();

  function get(folderId: string): TargetFolder {
    const folder = known.get(folderId) ?? {
      written: undefined,
      byOrigin: new Map(),
      claims: new Map(),
      standIns: new Map(),
      isThere: false,
    };
    known.delete(folderId);
    known.set(folderId, folder);
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return folder;
  }

  return {
    get,
    assertThere(folderId) {
      const folder = get(folderId);
      if (folder.isThere) return;
      assertFolder(root, folderId);
      folder.isThere = true;
      setImmediate(() => {
        folder.isThere = false;
      });
    },
    async open(folderId, { tidy, signal }) {
      const folder = get(folderId);
      const { byOrigin, standIns } = folder;
      const path = folderId === ROOT_ID ? root : pathOf(root, folderId);
      const { files, folders } = await listEntries(path, pace, signal);
      folder.written = files.length + folders.length === 0 ? new Set() : undefined;
      byOrigin.clear();
      standIns.clear();
      for (const name of [...files, ...folders]) {
        if (!isTemporaryName(name)) noteOrigin(byOrigin, name);
        else if (tidy) removeStale(pathOf(root, childId(folderId, name)) as string, clock.now());
      }
    },
  };
}

function removeStale(path: string, now: number): void {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info !== undefined && now - info.mtimeMs >= STALE_MS) rmSync(path, { recursive: true, force: true });
}

/** Notes an entry whose name tells of which item it is. */
export function noteOrigin(byOrigin: TargetFolder['byOrigin'], name: string): void {
  const origin = originInName(name);
  if (origin === undefined) return;
  const names = byOrigin.get(origin) ?? [];
  if (!names.includes(name)) names.push(name);
  byOrigin.set(origin, names);
}
