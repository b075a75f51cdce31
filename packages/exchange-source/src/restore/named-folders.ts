/** Ids of the folders below one parent, found by name however many there are. */
export interface NamedFolders {
  /** The first folder of exactly that name, or else of that name as the service compares names: without regard to case. */
  find(name: string): string | undefined;
  /** Adds a folder. */
  add(name: string, id: string): void;
}

/** Makes {@link NamedFolders} of no folder. There may be a hundred thousand of them, most without any folder. */
export function namedFolders(): NamedFolders {
  let exact: Map<string, string> | undefined;
  let folded: Map<string, string> | undefined;
  return {
    find: (name) => exact?.get(name) ?? folded?.get(name.toLowerCase()),
    add(name, id) {
      exact ??= new Map();
      folded ??= new Map();
      if (!exact.has(name)) exact.set(name, id);
      if (!folded.has(name.toLowerCase())) folded.set(name.toLowerCase(), id);
    },
  };
}
