import { opendirSync, readdirSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { entryName, isDoubtful } from './entry-name.ts';
import type { Pace } from './pace.ts';

/** So many entries are read at a time. */
const BATCH = 512;

/** What is in a folder, by name. */
export interface FolderEntries {
  /** Folders. */
  readonly folders: string[];
  /** Ordinary files. */
  readonly files: string[];
  /** Symbolic links, sockets, pipes, devices. */
  readonly others: string[];
}

/** Lists a folder, in no order. Throws errors of the system. */
export async function listEntries(
  path: string | Uint8Array<ArrayBuffer>,
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<FolderEntries> {
  const place = typeof path === 'string' ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
  const entries: FolderEntries = { folders: [], files: [], others: [] };
  let doubtful = false;
  const sort = (entry: Dirent, name: string): void => {
    if (isDoubtful(name)) doubtful = true;
    sortIn(entries, entry, name);
  };
  if (!pace.mayBlock()) {
    for (const entry of await readdir(place, { withFileTypes: true })) sort(entry, entry.name);
  } else if (typeof place === 'string') {
    const folder = pace.quickly(() => opendirSync(place, { bufferSize: BATCH }));
    try {
      for (let read = 1; ; read += 1) {
        const entry = read % BATCH === 1 ? pace.quickly(() => folder.readSync()) : folder.readSync();
        if (entry === null) break;
        sort(entry, entry.name);
        if (read % BATCH !== 0) continue;
        await pace.rest();
        signal?.throwIfAborted();
      }
    } finally {
      folder.closeSync();
    }
  } else doubtful = true;
  return doubtful ? listBytes(place) : entries;
}

/** Lists a folder with names that Node cannot decode: it would make the same of two that differ. */
function listBytes(path: string | Buffer): FolderEntries {
  const entries: FolderEntries = { folders: [], files: [], others: [] };
  for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'buffer' })) {
    sortIn(entries, entry, entryName(entry.name));
  }
  return entries;
}

function sortIn({ folders, files, others }: FolderEntries, entry: Dirent | Dirent<Buffer>, name: string): void {
  if (entry.isFile()) files.push(name);
  else if (entry.isDirectory()) folders.push(name);
  else others.push(name);
}
