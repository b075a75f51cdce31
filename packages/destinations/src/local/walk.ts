import type { Dir } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

import type { ObjectInfo } from '@holdfast/contracts';

import { isNameSegment } from '../internal/object-name.ts';
import { hasCode } from './file-errors.ts';
import { statIfThere } from './folders.ts';

/** How many files are asked for their size at a time. */
const PAGE = 64;

/** Where {@link walk} starts. */
export interface WalkStart {
  /** The folder. */
  readonly path: string;
  /** What stands before the names of its files: empty, or ending with `/`. */
  readonly parent: string;
  /** Only entries of this folder that start so; everything below them is taken. */
  readonly beginning: string;
}

/** Yields the objects below a folder, reading it piece by piece. Whatever is not an object is passed over. */
export async function* walk(
  { path, parent, beginning }: WalkStart,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectInfo, void, void> {
  const folder = await openIfThere(path);
  if (folder === undefined) return;
  let page: string[] = [];
  // The loop closes the folder, also when it is left early.
  for await (const entry of folder) {
    signal?.throwIfAborted();
    if (!isNameSegment(entry.name) || !entry.name.startsWith(beginning)) continue;
    if (entry.isDirectory()) {
      yield* walk({ path: join(path, entry.name), parent: `${parent}${entry.name}/`, beginning: '' }, signal);
    } else if (entry.isFile()) {
      page.push(entry.name);
      if (page.length < PAGE) continue;
      yield* describe(path, parent, page, signal);
      page = [];
    }
  }
  yield* describe(path, parent, page, signal);
}

async function* describe(
  path: string,
  parent: string,
  page: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectInfo, void, void> {
  const infos = await Promise.all(page.map((name) => statIfThere(join(path, name))));
  for (const [index, info] of infos.entries()) {
    signal?.throwIfAborted();
    if (!info?.isFile()) continue; // deleted since the folder was read
    yield { name: `${parent}${page[index]}`, size: info.size, modified: Math.floor(info.mtimeMs) };
  }
}

async function openIfThere(path: string): Promise<Dir | undefined> {
  try {
    return await opendir(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
