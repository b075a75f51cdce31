import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { lstat } from 'node:fs/promises';

import type { SourceError } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { fileError, isMissing } from '../internal/file-errors.ts';
import { listEntries } from '../internal/list-entries.ts';
import { isTemporaryName } from '../internal/temporary-name.ts';
import { fileState, mayChangeUnseen } from './file-state.ts';
import type { FileState } from './file-state.ts';
import { childId } from './source-context.ts';
import type { SourceContext } from './source-context.ts';

/** So many files are asked for at a time where that takes long. */
const AT_ONCE = 32;
/** Numbers kept of each file. */
const COLUMNS = 4;

/** The files of a folder at one moment. */
export interface FolderListing {
  /** How many they are. */
  readonly count: number;
  /** One of them, by its place: oldest first, and by name among those of one time. */
  file(place: number): { readonly id: string; readonly state: FileState };
  /** Those of which the system tells nothing, and why. */
  readonly failed: readonly { readonly id: string; readonly error: SourceError }[];
  /** Stands for all of it: the same as long as no file came, went or changed. */
  readonly digest: string;
}

/**
 * Lists a folder. Memory: a file takes its name and 36 bytes, so that a folder may have a million of them. Throws errors
 * of the system.
 */
export async function readListing(
  { root, clock, pace }: SourceContext,
  folderId: string,
  path: string | Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<FolderListing> {
  const { files } = await listEntries(path, pace, signal);
  const names = files.filter((name) => !isTemporaryName(name)).toSorted();
  const numbers = new Float64Array(names.length * COLUMNS);
  const failed: { readonly id: string; readonly error: SourceError }[] = [];
  const now = clock.now();
  let young = 0;
  let count = 0;

  const note = (name: string, found: FileState | SourceError | undefined): void => {
    if (found === undefined) return;
    if (found instanceof Error) {
      failed.push({ id: childId(folderId, name), error: found });
      return;
    }
    if (mayChangeUnseen(found, now)) young += 1;
    numbers.set([found.size, found.modified, found.changed, found.created], count * COLUMNS);
    names[count] = name;
    count += 1;
  };
  for (let at = 0; at < names.length;) {
    await pace.rest();
    signal?.throwIfAborted();
    const some = names.slice(at, at + AT_ONCE);
    at += some.length;
    const ids = some.map((name) => childId(folderId, name));
    const found = pace.mayBlock()
      ? pace.quickly(() => ids.map((id) => stateNow(root, id)))
      : await Promise.all(ids.map((id) => stateLater(root, id)));
    for (const [index, state] of found.entries()) note(some[index] ?? '', state);
  }
  names.length = count;

  const state = (row: number): FileState => {
    const [size = 0, modified = 0, changed = 0, created = 0] = numbers.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    return { size, modified, changed, created };
  };
  const created = (row: number): number => numbers[row * COLUMNS + COLUMNS - 1] ?? 0;
  const order = Uint32Array.from(names, (_, row) => row).toSorted((a, b) => created(a) - created(b));
  const hash = createHash('sha256').update(JSON.stringify([count, young, failed.map(({ id }) => id)]));
  for (let at = 0; at < count; at += 4096) hash.update(names.slice(at, at + 4096).join('\0'));
  hash.update(numbers.subarray(0, count * COLUMNS));
  return {
    count,
    file: (place) => {
      const row = order[place] ?? 0;
      return { id: childId(folderId, names[row] ?? ''), state: state(row) };
    },
    failed,
    digest: hash.digest('base64url'),
  };
}

function stateNow(root: string, id: string): FileState | SourceError | undefined {
  try {
    // No copy of the error's trace for a file that is gone.
    const info = lstatSync(pathOf(root, id) as string, { throwIfNoEntry: false });
    return info?.isFile() === true ? fileState(info) : undefined;
  } catch (error) {
    return isMissing(error) ? undefined : fileError(error, id);
  }
}

async function stateLater(root: string, id: string): Promise<FileState | SourceError | undefined> {
  try {
    const info = await lstat(pathOf(root, id) as string);
    return info.isFile() ? fileState(info) : undefined;
  } catch (error) {
    return isMissing(error) ? undefined : fileError(error, id);
  }
}
