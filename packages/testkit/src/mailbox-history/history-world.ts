import type { FolderReference } from './history-steps.ts';
import type { HistoryFolder, HistoryMessage, MailboxView } from './mailbox-hands.ts';

/** A view, sorted by what can be done with what is in it. */
export interface HistoryWorld {
  /** Folders that messages can be in: those of the first tree, but its root and search folders. */
  readonly homes: readonly FolderReference[];
  /** Folders that others can be made in. */
  readonly parents: readonly FolderReference[];
  /** Folders that users made, which can be renamed, moved and deleted. */
  readonly own: readonly FolderReference[];
  /** Messages in those folders. */
  readonly messages: readonly HistoryMessage[];
  /** Drafts among them. */
  readonly drafts: readonly HistoryMessage[];
  /** Messages that cannot be read. */
  readonly failing: readonly string[];
  /** The folder of an id. */
  folder(id: string): FolderReference;
  /** Whether a folder is there; names are compared without case. */
  has(path: readonly string[]): boolean;
}

/** Sorts a view. */
export function historyWorld({ folders, messages, failing = [] }: MailboxView): HistoryWorld {
  const second = folders.findIndex(({ path }, index) => index > 0 && path.length === 0);
  const tree = second < 0 ? folders : folders.slice(0, second);
  const references = new Map(tree.map(({ id, path }) => [id, { id, path }]));
  const taken = new Set(tree.map(({ path }) => keyOf(path)));
  const refer = (some: readonly HistoryFolder[]): readonly FolderReference[] =>
    some.map(({ id, path }) => ({ id, path }));
  const homes = refer(tree.filter(({ path, isSearch }) => path.length > 0 && isSearch !== true));
  const homeIds = new Set(homes.map(({ id }) => id));
  const inside = messages.filter(({ folderId }) => homeIds.has(folderId));
  return {
    homes,
    parents: refer(tree.filter(({ isSearch }) => isSearch !== true)),
    own: refer(
      tree.filter(
        ({ path, wellKnownName, isSearch }) => path.length > 0 && wellKnownName === undefined && isSearch !== true,
      ),
    ),
    messages: inside,
    drafts: inside.filter(({ isDraft }) => isDraft === true),
    failing: inside.filter(({ id }) => failing.includes(id)).map(({ id }) => id),
    folder: (id) => references.get(id) ?? { id, path: [] },
    has: (path) => taken.has(keyOf(path)),
  };
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path).toLowerCase();
}
