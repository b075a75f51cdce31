import type { ChangeLog } from './change-log.ts';
import type { StoredMessage } from './stored-message.ts';

/** A mail folder of the store. */
export interface Folder {
  /** The id; constant, whatever happens to the folder. */
  readonly id: string;
  /** Name in `/mailFolders/{name}`, for folders that have one. */
  readonly wellKnownName: string | undefined;
  /** Whether it is hidden; settable only when the folder is created. */
  readonly isHidden: boolean;
  /** Whether it is a search folder, which shows messages of other folders and holds none. */
  readonly isSearch: boolean;
  /** Name as shown. */
  displayName: string;
  /** The folder above; `undefined` for a root and for a folder that is gone. */
  parent: Folder | undefined;
  /** Direct children in the order of their creation. */
  readonly children: Set<Folder>;
  /** The messages in it, in the order in which they came. */
  readonly messages: Set<StoredMessage>;
  /** How many of them are unread. */
  unread: number;
  /** Sequence at which change tracking first showed it; 0 while it is out of its sight. */
  enteredAt: number;
  /** Whether the folder has been deleted. */
  gone: boolean;
  /** What happened to its messages. */
  readonly log: ChangeLog<StoredMessage>;
}

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
