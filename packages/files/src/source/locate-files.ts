import { lstatSync } from 'node:fs';

import type { ItemLocation, OperationOptions } from '@holdfast/contracts';

import { isBelowRoot, pathOf } from '../internal/entry-name.ts';
import { fileError, isMissing } from '../internal/file-errors.ts';
import { isTemporaryName } from '../internal/temporary-name.ts';
import { fileItem } from './file-item.ts';
import { fileState } from './file-state.ts';
import type { FileState } from './file-state.ts';
import { assertRootStays, realFolder } from './real-folder.ts';
import { nameOf, parentOf } from './source-context.ts';
import type { SourceContext } from './source-context.ts';

/** Tells which files are still there. A file that was moved is another one: its id is its path. */
export async function* locateFiles(
  context: SourceContext,
  itemIds: readonly string[],
  { signal }: OperationOptions,
): AsyncGenerator<ItemLocation, void, void> {
  assertRootStays(context.root);
  const folders = new Map<string, boolean>();
  const isThere = (id: string): boolean => {
    const known = folders.get(id) ?? realFolder(context.root, id) !== undefined;
    folders.set(id, known);
    return known;
  };
  for (const itemId of itemIds) {
    await context.pace.rest();
    signal?.throwIfAborted();
    const collectionId = parentOf(itemId);
    const state = stateIn(context, itemId, isThere);
    if (state === undefined) yield { itemId };
    else yield { itemId, found: { collectionId, item: fileItem(context, itemId, state) } };
  }
}

function stateIn({ root }: SourceContext, id: string, isThere: (folder: string) => boolean): FileState | undefined {
  if (!isBelowRoot(id) || isTemporaryName(nameOf(id))) return undefined;
  try {
    if (!isThere(parentOf(id))) return undefined;
    const info = lstatSync(pathOf(root, id) as string, { throwIfNoEntry: false });
    return info?.isFile() === true ? fileState(info) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError(error, id);
  }
}
