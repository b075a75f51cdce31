import type { ChangeLog } from './change-log.ts';

/** A mail folder of the store, of whatever its messages are: messages name their folder, and folders their messages. */
export interface FolderNode<Message> {
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
  parent: FolderNode<Message> | undefined;
  /** Direct children in the order of their creation. */
  readonly children: Set<FolderNode<Message>>;
  /** The messages in it, in the order in which they came. */
  readonly messages: Set<Message>;
  /** How many of them are unread. */
  unread: number;
  /** Sequence at which change tracking first showed it; 0 while it is out of its sight. */
  enteredAt: number;
  /** Whether the folder has been deleted. */
  gone: boolean;
  /** What happened to its messages. */
  readonly log: ChangeLog<Message>;
}
