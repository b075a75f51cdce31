import type { MessageContent } from '../message-content.ts';
import type { ItemFault, ThrottleFault, UploadCasing } from '../server/faults.ts';
import type { RequestKind } from '../server/request-log.ts';
import type { RequestListener } from '../server/request-notices.ts';
import type { Weather } from '../server/weather.ts';

/**
 * Where a folder is: its id, its well-known name, or its path of display names below the top of the mailbox, joined by
 * `/` or as a list.
 */
export type FolderLocation = string | readonly string[];

/** A folder as it is, whatever change tracking shows of it. */
export interface FolderState {
  /** Its id. */
  readonly id: string;
  /** Display names below the root it belongs to; empty for a root. */
  readonly path: readonly string[];
  /** Name in `/mailFolders/{name}`, if it has one. */
  readonly wellKnownName: string | undefined;
  /** Whether it is hidden. */
  readonly isHidden: boolean;
  /** Whether it is a search folder. */
  readonly isSearch: boolean;
  /** How many messages are in it. */
  readonly messageCount: number;
}

/** Why the service does not give the MIME of a message. */
export interface MimeRefusal {
  /** HTTP status. */
  readonly status: number;
  /** The `code` of the error. */
  readonly code: string;
}

/** A message as it is: the truth that a backup is compared with. */
export interface MessageState {
  /** Its immutable id. */
  readonly id: string;
  /** Its mutable id at this moment. */
  readonly mutableId: string;
  /** Id of its folder. */
  readonly folderId: string;
  /** Display names of its folders, from below the root. */
  readonly folder: readonly string[];
  /** Its change key. */
  readonly changeKey: string;
  /** Everything it says, with its attachments and their bytes. */
  readonly content: MessageContent;
  /** Its MIME as `$value` serves it; `undefined` if the service refuses it, or if it was not asked for. */
  readonly mime: Uint8Array | undefined;
  /** Why the service refuses its MIME, if it does. */
  readonly mimeRefusal: MimeRefusal | undefined;
  /** Its JSON as the service shows it with immutable ids and without a selection. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What {@link ExchangeControl.expireDeltaTokens} does. */
export interface ExpireDeltaTokensOptions {
  /** Only tokens of this mailbox. @defaultValue all mailboxes */
  readonly mailbox?: string | undefined;
  /** Only tokens of the messages of this folder; needs `mailbox`. @defaultValue all, those of the folders themselves too */
  readonly folder?: FolderLocation | undefined;
  /** What clients are told. @defaultValue `'SyncStateNotFound'` */
  readonly code?: 'ResyncRequired' | 'SyncStateInvalid' | 'SyncStateNotFound' | undefined;
  /** HTTP status; 410 has a `Location` to begin again at. @defaultValue 400 for `SyncStateInvalid`, else 410 */
  readonly status?: 400 | 404 | 410 | undefined;
  /** How the letters of the code are written. @defaultValue `'asIs'` */
  readonly letterCase?: 'asIs' | 'lower' | 'upper' | undefined;
}

/** Which requests {@link ExchangeControl.resetConnections} hits, and when. */
export interface ResetConnectionsOptions {
  /**
   * When the connection closes: `before` the request acts; `during` the answer, half of whose body arrives; or `after` the
   * request acted, with nothing of its answer. An answer without a body has no middle and gets lost as a whole.
   *
   * @defaultValue `'before'`
   */
  readonly moment?: 'after' | 'before' | 'during' | undefined;
  /**
   * Only requests of these kinds. A batch is of all the kinds of the requests in it, which share its connection.
   *
   * @defaultValue all of Microsoft Graph
   */
  readonly kinds?: readonly RequestKind[] | undefined;
}

/** Which pages {@link ExchangeControl.cutPages} cuts. */
export interface CutPagesOptions {
  /** Kinds of requests: `attachments`, `delta`, `folders`, `messages`, `users`. @defaultValue `['delta']` */
  readonly kinds?: readonly RequestKind[] | undefined;
}

/** What {@link ExchangeControl.unsettleMessages} does. */
export interface UnsettleMessagesOptions {
  /** How many writes of attachments find nothing, for each message. @defaultValue `1` */
  readonly times?: number | undefined;
}

/** Which requests {@link ExchangeControl.answerHtml} answers, and how. */
export interface AnswerHtmlOptions {
  /** HTTP status. @defaultValue `200` */
  readonly status?: number | undefined;
  /** Only requests of these kinds. @defaultValue all of Microsoft Graph */
  readonly kinds?: readonly RequestKind[] | undefined;
}

/**
 * Acts on the mailboxes from behind, as their users and the operators of the service do. Messages are named by their
 * immutable ids. A name of a mailbox, folder or message that is not there is a `RangeError`.
 */
export interface ExchangeControl {
  /**
   * Puts a message into a folder: content as it is, or the bytes of an .eml, which are read as on delivery. Folders that
   * are missing are made. Resolves to the immutable id.
   */
  addMessage(mailbox: string, folder: FolderLocation, message: MessageContent | Uint8Array): Promise<string>;
  /** Moves a message to another folder. */
  moveMessage(mailbox: string, id: string, folder: FolderLocation): void;
  /** Deletes a message for good. */
  deleteMessage(mailbox: string, id: string): void;
  /** Gives properties of a message new values, also those that clients cannot change. */
  updateMessage(mailbox: string, id: string, change: Partial<MessageContent>): void;
  /** Makes a folder, and the folders above it that are missing; returns its id. */
  createFolder(mailbox: string, path: FolderLocation, options?: { readonly isHidden?: boolean | undefined }): string;
  /** Gives a folder another name. */
  renameFolder(mailbox: string, folder: FolderLocation, displayName: string): void;
  /** Moves a folder with everything in it. */
  moveFolder(mailbox: string, folder: FolderLocation, parent: FolderLocation): void;
  /** Deletes a folder with everything in it. */
  deleteFolder(mailbox: string, folder: FolderLocation): void;
  /** All folders of a mailbox, parents first. */
  folders(mailbox: string): readonly FolderState[];
  /** All messages of a mailbox, in the order of their creation; much faster without their MIME, which may be composed. */
  messages(mailbox: string, options?: { readonly mime?: boolean | undefined }): Promise<readonly MessageState[]>;
  /**
   * Makes tokens of change tracking that were handed out invalid, in the links between two pages as in those between two
   * rounds.
   */
  expireDeltaTokens(options?: ExpireDeltaTokensOptions): void;
  /** Makes requests about a message fail. */
  failItem(id: string, fault: ItemFault): void;
  /** Ends what {@link ExchangeControl.failItem} and {@link ExchangeControl.dropId} began. */
  healItem(id: string): void;
  /** Shows the message without an id on the pages of lists and of change tracking. */
  dropId(id: string): void;
  /** Pushes back on the next requests. Orders are used up one after the other. */
  throttle(fault: ThrottleFault): void;
  /** Closes the connections of so many requests: before they act, in the middle of the answer, or just before it. */
  resetConnections(count: number, options?: ResetConnectionsOptions): void;
  /** Cuts so many pages in the middle of their JSON. */
  cutPages(count: number, options?: CutPagesOptions): void;
  /**
   * Answers so many requests with an HTML page, as a proxy or a sign-in page on the way does. That is no answer of the
   * service: the request never reaches it, and the answer is not checked against its description. A count of 0 takes back
   * what is left of such orders.
   */
  answerHtml(count: number, options?: AnswerHtmlOptions): void;
  /** Answers so many writes to messages with 412 `ErrorIrresolvableConflict`; see `conflictRate`. */
  conflictWrites(count: number): void;
  /** Shows so many of the next entries of change tracking twice on their page; see `replayRate`. */
  replayEntries(count: number): void;
  /**
   * Lets the next messages that clients create answer 404 `ErrorItemNotFound` to the first writes of attachments, as just
   * after the creation.
   */
  unsettleMessages(count: number, options?: UnsettleMessagesOptions): void;
  /** Writes names in the answers to upload ranges in another way from now on. */
  setUploadCasing(casing: UploadCasing): void;
  /** Begins another weather with its first draw, or ends it. Throws a `RangeError` if its rates make no sense. */
  setWeather(weather: Weather | undefined): void;
  /**
   * Calls a function before each request acts, and waits for it: a test can change a mailbox in the middle of a run.
   * Requests inside a batch are told singly, after the batch. What it throws is answered with status 500. Returns a
   * function that ends it.
   */
  onRequest(listener: RequestListener): () => void;
  /** Refuses every request for a mailbox with 403 `ErrorAccessDenied`. */
  denyAccess(mailbox: string): void;
  /** Ends what {@link ExchangeControl.denyAccess} began. */
  allowAccess(mailbox: string): void;
  /** Puts a mailbox over its quota, or under it again: change tracking and new messages are refused meanwhile. */
  setOverQuota(mailbox: string, state: 'over' | 'under'): void;
  /** Ends the validity of the client secret and of all tokens. */
  expireCredentials(): void;
  /** Makes the client secret valid again. */
  renewCredentials(): void;
  /** Ends the validity of all access tokens; the client secret still buys new ones. */
  expireTokens(): void;
}
