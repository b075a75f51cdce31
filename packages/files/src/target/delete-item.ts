import { lstatSync, renameSync, rmSync, unlinkSync } from 'node:fs';

import { SourceError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';

import { isBelowRoot } from '../internal/entry-name.ts';
import { fileError } from '../internal/file-errors.ts';
import { realFolder } from '../source/real-folder.ts';
import { childId, nameOf, parentOf } from '../source/source-context.ts';
import { originInName, partsFolderOf } from './item-layout.ts';
import type { TargetContext } from './target-context.ts';
import { pathIn } from './target-errors.ts';

/** Deletes an item. Where a new version was created beside it, that one takes its place, in one step. */
export async function deleteItem(context: TargetContext, itemId: string, { signal }: OperationOptions): Promise<void> {
  signal?.throwIfAborted();
  const folderId = parentOf(itemId);
  const name = nameOf(itemId);
  const folder = isBelowRoot(itemId) ? realFolder(context.root, folderId) : undefined;
  if (folder === undefined) throw new SourceError('ERR_ITEM_NOT_FOUND', { item: itemId });
  const path = pathIn(context, itemId);
  const { standIns, byOrigin } = context.folders.get(folderId);
  const standIn = standIns.get(name);
  try {
    if (standIn !== undefined) {
      lstatSync(path);
      renameSync(pathIn(context, childId(folderId, standIn.name)), path);
      standIn.name = name;
      standIns.delete(name);
      return;
    }
    const origin = originInName(name);
    if (origin === undefined) return unlinkSync(path);
    lstatSync(path);
    // The one that stands for the item goes last: what is interrupted is found again.
    rmSync(pathIn(context, childId(folderId, partsFolderOf(name))), { recursive: true, force: true });
    rmSync(path, { force: true });
    byOrigin.set(
      origin,
      (byOrigin.get(origin) ?? []).filter((one) => one !== name && one !== partsFolderOf(name)),
    );
  } catch (error) {
    throw fileError(error, itemId);
  }
}
