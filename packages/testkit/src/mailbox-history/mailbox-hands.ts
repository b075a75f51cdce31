/** A folder as a {@link MailboxView} shows it. */
export interface HistoryFolder {
  /** Its id. */
  readonly id: string;
  /** Display names from below the root it belongs to; empty for a root. */
  readonly path: readonly string[];
  /** The service's own word for a folder that every mailbox has. @defaultValue `undefined` */
  readonly wellKnownName?: string | undefined;
  /** Whether it is hidden. @defaultValue `false` */
  readonly isHidden?: boolean | undefined;
  /** Whether it is a search folder. @defaultValue `false` */
  readonly isSearch?: boolean | undefined;
}

/** A message as a {@link MailboxView} shows it. */
export interface HistoryMessage {
  /** Its id, which survives moves. */
  readonly id: string;
  /** Id of its folder. */
  readonly folderId: string;
  /** Whether it is a draft, which users edit. @defaultValue `false` */
  readonly isDraft?: boolean | undefined;
}

/** What a mailbox looks like: as much as the next step of a history must know. */
export interface MailboxView {
  /** The folders, parents first; a folder with an empty path begins another tree. Only the first tree is used. */
  readonly folders: readonly HistoryFolder[];
  /** The messages. */
  readonly messages: readonly HistoryMessage[];
  /** Ids of messages that cannot be read at present. @defaultValue none */
  readonly failing?: readonly string[] | undefined;
}

/** New values of properties of a message. */
export interface HistoryChange {
  /** Read state. */
  readonly isRead?: boolean;
  /** Follow-up flag. */
  readonly flag?: HistoryFlag;
  /** Names of categories. */
  readonly categories?: readonly string[];
  /** Subject: content, so that the message is another one. */
  readonly subject?: string;
  /** Body: content as well. */
  readonly body?: HistoryBody;
  /** Whether it is a draft. */
  readonly isDraft?: boolean;
}

/** A follow-up flag. */
export interface HistoryFlag {
  /** Its state. */
  readonly flagStatus: 'complete' | 'flagged' | 'notFlagged';
}

/** The body of a message. */
export interface HistoryBody {
  /** How `content` is to be read. */
  readonly contentType: 'html' | 'text';
  /** The text itself. */
  readonly content: string;
}

/** How a service says that it has forgotten what it told. */
export type CursorLoss = 'ResyncRequired' | 'SyncStateInvalid' | 'SyncStateNotFound';

/**
 * What carries a history out on a mailbox. Folders are named by their ids, messages by theirs. {@link mailboxHands} makes them
 * of the control of a simulated service, {@link memoryMailboxHands} of a mailbox in memory.
 */
export interface MailboxHands {
  /** Looks at the mailbox as it is. */
  view(): Promise<MailboxView>;
  /** Puts the bytes of a letter into a folder, as on delivery; resolves to the id of the message. */
  addMessage(folder: string, letter: Uint8Array): Promise<string>;
  /** Moves a message. */
  moveMessage(message: string, folder: string): Promise<void> | void;
  /** Deletes a message for good. */
  deleteMessage(message: string): Promise<void> | void;
  /** Gives properties of a message new values. */
  changeMessage(message: string, change: HistoryChange): Promise<void> | void;
  /** Makes a folder; the folders above it are there. */
  createFolder(path: readonly string[], options: { readonly isHidden: boolean }): Promise<void> | void;
  /** Gives a folder another name. */
  renameFolder(folder: string, name: string): Promise<void> | void;
  /** Moves a folder with everything in it below another one. */
  moveFolder(folder: string, parent: string): Promise<void> | void;
  /** Deletes a folder with everything in it. */
  deleteFolder(folder: string): Promise<void> | void;
  /** Makes every cursor handed out so far worthless. */
  expireCursors(loss: CursorLoss): Promise<void> | void;
  /** Makes a message unreadable until it is healed. */
  failMessage(message: string): Promise<void> | void;
  /** Ends what `failMessage` began. */
  healMessage(message: string): Promise<void> | void;
}
