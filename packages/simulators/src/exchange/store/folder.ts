import type { FolderNode } from './folder-node.ts';
import type { StoredMessage } from './stored-message.ts';

/** A mail folder of the store. */
export type Folder = FolderNode<StoredMessage>;

/** Whether folder change tracking shows a folder: roots, hidden folders and what is outside of the tree are left out. */
export function isTracked(folder: Folder): boolean {
  let above = folder.parent;
  if (folder.isHidden || above === undefined) return false;
  while (above.parent !== undefined) {
    if (above.isHidden) return false;
    above = above.parent;
  }
  return above.wellKnownName === 'msgfolderroot';
}

/** Display names from below the root to the folder itself. */
export function folderPath(folder: Folder): readonly string[] {
  return folder.parent === undefined ? [] : [...folderPath(folder.parent), folder.displayName];
}
