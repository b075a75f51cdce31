import { createChangeLog } from './change-log.ts';
import type { Folder } from './folder.ts';
import type { Identifiers } from './identifiers.ts';
import { ROOT_FOLDERS, STANDARD_FOLDERS } from './standard-folders.ts';

/** What a new folder is like. */
export interface FolderOptions {
  /** Name in `/mailFolders/{name}`. */
  readonly wellKnownName?: string | undefined;
  /** Whether it is hidden. @defaultValue `false` */
  readonly isHidden?: boolean | undefined;
  /** Whether it is a search folder. @defaultValue `false` */
  readonly isSearch?: boolean | undefined;
}

/** The folders of a mailbox. */
export interface FolderTree {
  /** The root of what users see. */
  readonly root: Folder;
  /** The folder with an id or a well-known name. */
  find(idOrName: string): Folder | undefined;
  /** The direct child of that name; names are compared without case. */
  child(parent: Folder, displayName: string): Folder | undefined;
  /** Everything below a folder, parents first. */
  below(folder: Folder): readonly Folder[];
  /** Makes a folder. */
  create(parent: Folder, displayName: string, options?: FolderOptions): Folder;
  /** Gives a folder another name or another place. */
  change(folder: Folder, change: { readonly displayName?: string; readonly parent?: Folder }): void;
  /** Takes a folder out of the tree for good. */
  detach(folder: Folder): void;
}

/** What a {@link FolderTree} needs. */
export interface FolderTreeOptions {
  /** Where ids come from. */
  readonly identifiers: Identifiers;
  /** Id of the mailbox, which makes its folder ids its own. */
  readonly mailboxId: string;
  /** Writes the history of folders; called after each change. */
  readonly noteFolder: (folder: Folder) => void;
}

/** Makes the tree of a new mailbox. */
export function createFolderTree({ identifiers, mailboxId, noteFolder }: FolderTreeOptions): FolderTree {
  const folders = new Map<string, Folder>();
  const byName = new Map<string, Folder>();
  let count = 0;

  function make(displayName: string, parent: Folder | undefined, options: FolderOptions = {}): Folder {
    const { wellKnownName, isHidden = false, isSearch = false } = options;
    const folder: Folder = {
      id: `AQMkAD${identifiers.text(43, 'mailbox', mailboxId)}AuAAAD${identifiers.text(24, 'folder', mailboxId, ++count)}AAA=`,
      wellKnownName,
      isHidden,
      isSearch,
      displayName,
      parent,
      children: new Set(),
      messages: new Set(),
      unread: 0,
      enteredAt: 0,
      gone: false,
      log: createChangeLog(),
    };
    folders.set(folder.id, folder);
    if (wellKnownName !== undefined) byName.set(wellKnownName, folder);
    parent?.children.add(folder);
    return folder;
  }

  function below(folder: Folder): readonly Folder[] {
    return [...folder.children].flatMap((child) => [child, ...below(child)]);
  }

  const roots = ROOT_FOLDERS.map(({ displayName, wellKnownName }) => make(displayName, undefined, { wellKnownName }));
  const [root] = roots;
  if (root === undefined) throw new TypeError('a mailbox has a root');

  function create(parent: Folder, displayName: string, options: FolderOptions = {}): Folder {
    const folder = make(displayName, parent, options);
    noteFolder(folder);
    return folder;
  }
  for (const { displayName, parent, ...options } of STANDARD_FOLDERS) {
    create(byName.get(parent) ?? root, displayName, options);
  }

  return {
    root,
    find: (idOrName) => folders.get(idOrName) ?? byName.get(idOrName.toLowerCase()),
    child(parent, displayName) {
      const wanted = displayName.toLowerCase();
      return [...parent.children].find((child) => child.displayName.toLowerCase() === wanted);
    },
    below,
    create(parent, displayName, options) {
      const folder = create(parent, displayName, options);
      noteFolder(parent);
      return folder;
    },
    change(folder, { displayName, parent }) {
      if (displayName !== undefined) folder.displayName = displayName;
      if (parent !== undefined && folder.parent !== undefined) {
        const before = folder.parent;
        before.children.delete(folder);
        folder.parent = parent;
        parent.children.add(folder);
        noteFolder(before);
        noteFolder(parent);
      }
      for (const changed of [folder, ...(parent === undefined ? [] : below(folder))]) noteFolder(changed);
    },
    detach(folder) {
      const { parent } = folder;
      parent?.children.delete(folder);
      folders.delete(folder.id);
      if (folder.wellKnownName !== undefined) byName.delete(folder.wellKnownName);
      folder.gone = true;
      noteFolder(folder);
      if (parent !== undefined && !parent.gone) noteFolder(parent);
    },
  };
}
