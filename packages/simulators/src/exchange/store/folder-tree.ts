import { createChangeLog } from './change-log.ts';
import type { Folder } from './folder.ts';
import { createFolderNames } from './folder-names.ts';
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
  const names = createFolderNames<Folder>();
  const mailboxPart = identifiers.text(43, 'mailbox', mailboxId);
  let count = 0;

  function make(displayName: string, parent: Folder | undefined, options: FolderOptions = {}): Folder {
    const { wellKnownName, isHidden = false, isSearch = false } = options;
    const folder: Folder = {
      id: `AQMkAD${mailboxPart}AuAAAD${identifiers.text(24, 'folder', mailboxId, ++count)}AAA=`,
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
    if (parent !== undefined) enter(folder, parent);
    return folder;
  }

  function enter(folder: Folder, parent: Folder): void {
    parent.children.add(folder);
    names.add(parent, folder);
  }

  function leave(folder: Folder, parent: Folder): void {
    parent.children.delete(folder);
    names.remove(parent, folder);
  }

  function below(folder: Folder): readonly Folder[] {
    const found: Folder[] = [];
    const waiting = [...folder.children].toReversed();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      found.push(next);
      for (const child of [...next.children].toReversed()) waiting.push(child);
    }
    return found;
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
    child: (parent, displayName) => names.find(parent, displayName),
    below,
    create(parent, displayName, options) {
      const folder = create(parent, displayName, options);
      noteFolder(parent);
      return folder;
    },
    change(folder, { displayName, parent }) {
      if (displayName !== undefined) {
        if (folder.parent !== undefined) names.remove(folder.parent, folder);
        folder.displayName = displayName;
        if (folder.parent !== undefined) names.add(folder.parent, folder);
      }
      if (parent !== undefined && folder.parent !== undefined) {
        const before = folder.parent;
        leave(folder, before);
        folder.parent = parent;
        enter(folder, parent);
        noteFolder(before);
        noteFolder(parent);
      }
      for (const changed of [folder, ...(parent === undefined ? [] : below(folder))]) noteFolder(changed);
    },
    detach(folder) {
      const { parent } = folder;
      if (parent !== undefined) leave(folder, parent);
      folders.delete(folder.id);
      if (folder.wellKnownName !== undefined) byName.delete(folder.wellKnownName);
      folder.gone = true;
      noteFolder(folder);
      if (parent !== undefined && !parent.gone) noteFolder(parent);
    },
  };
}
