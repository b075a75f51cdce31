import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';

import type { OperationOptions, RestorableItem } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { isMissing } from '../internal/file-errors.ts';
import { READ_FLAGS, readAt, withFile } from '../internal/open-file.ts';
import { childId } from '../source/source-context.ts';
import type { ItemLayout } from './item-layout.ts';
import type { TargetContext } from './target-context.ts';

/** What lies under a name, compared with an item: nothing; the same; some of its files, which are the same; or another. */
export type Comparison = 'absent' | 'other' | 'partial' | 'same';

/** Up to this size a file is read in one synchronous call, if those are quick. */
const SMALL = 256 * 1024;
/** So much of a file is held at a time. */
const PIECE = 1024 * 1024;

/** Compares what lies under a name of a folder with an item, byte by byte. */
export async function compareItem(
  context: TargetContext,
  { folderId, name, layout }: { readonly folderId: string; readonly name: string; readonly layout: ItemLayout },
  item: RestorableItem,
  { signal }: OperationOptions,
): Promise<Comparison> {
  let equal = 0;
  const files = layout.files(name);
  for (const { part, path } of files) {
    await context.pace.rest();
    signal?.throwIfAborted();
    const id = childId(folderId, path);
    const size = sizeOf(context.root, id);
    if (size === undefined) continue;
    const bytes = await item.readPart(part, { signal });
    if (bytes.length !== size || !(await hasBytes(context, id, bytes))) return 'other';
    equal += 1;
  }
  if (equal === files.length) return 'same';
  return equal === 0 ? 'absent' : 'partial';
}

/** What tells a file from every other one; `undefined` if there is none. */
export function fileIdentity(root: string, id: string): string | undefined {
  const info = lstatFile(root, id);
  return info && `${info.dev}:${info.ino}`;
}

function sizeOf(root: string, id: string): number | undefined {
  return lstatFile(root, id)?.size;
}

function lstatFile(root: string, id: string): Stats | undefined {
  try {
    const info = lstatSync(pathOf(root, id) as string, { throwIfNoEntry: false });
    // A folder or a link under that name is nothing that could be the item.
    return info?.isFile() === true ? info : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function hasBytes({ root, pace }: TargetContext, id: string, bytes: Uint8Array): Promise<boolean> {
  const path = pathOf(root, id);
  try {
    if (bytes.length <= SMALL && pace.mayBlock()) return pace.quickly(() => hasBytesNow(path, bytes));
    return await withFile(path, pace, async (file) => {
      if (fstatSync(file).size !== bytes.length) return false;
      const piece = Buffer.allocUnsafe(Math.min(PIECE, bytes.length));
      for (let at = 0; at < bytes.length; at += piece.length) {
        const read = piece.subarray(0, await readAt(file, piece, at));
        if (read.length === 0 || !read.equals(bytes.subarray(at, at + read.length))) return false;
      }
      return true;
    });
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function hasBytesNow(path: string | Uint8Array<ArrayBuffer>, bytes: Uint8Array): boolean {
  const file = openSync(path as string, READ_FLAGS);
  try {
    const found = Buffer.allocUnsafe(bytes.length + 1);
    const read = readSync(file, found, 0, found.length, 0);
    return found.subarray(0, read).equals(bytes);
  } finally {
    closeSync(file);
  }
}
