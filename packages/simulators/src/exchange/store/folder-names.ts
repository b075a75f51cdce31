/** Finds children by name, without looking at all of them. */
export interface FolderNames<Folder> {
  /** The child of that name that got it first; names are compared without case. */
  find(parent: Folder, displayName: string): Folder | undefined;
  /** Notes a child under its name of this moment. */
  add(parent: Folder, child: Folder): void;
  /** Forgets a child under its name of this moment. */
  remove(parent: Folder, child: Folder): void;
}

/** Makes {@link FolderNames} of no folder. */
export function createFolderNames<Folder extends { readonly displayName: string }>(): FolderNames<Folder> {
  // Two children may share a name, if a rename behind the clients' backs made it so.
  const children = new Map<Folder, Map<string, Set<Folder>>>();
  const nameOf = (displayName: string): string => displayName.toLowerCase();

  return {
    find(parent, displayName) {
      const [first] = children.get(parent)?.get(nameOf(displayName)) ?? [];
      return first;
    },
    add(parent, child) {
      const names = children.get(parent) ?? new Map<string, Set<Folder>>();
      children.set(parent, names);
      const name = nameOf(child.displayName);
      const same = names.get(name);
      if (same === undefined) names.set(name, new Set([child]));
      else same.add(child);
    },
    remove(parent, child) {
      const names = children.get(parent);
      const name = nameOf(child.displayName);
      const same = names?.get(name);
      same?.delete(child);
      if (same?.size === 0) names?.delete(name);
      if (names?.size === 0) children.delete(parent);
    },
  };
}
