import type { MessageContent } from '../message-content.ts';
import type { TokenLoss } from '../protocol/token-loss.ts';
import { createChangeLog } from './change-log.ts';
import type { ChangeLog } from './change-log.ts';
import { isTracked } from './folder.ts';
import type { Folder } from './folder.ts';
import type { Identifiers } from './identifiers.ts';
import { createFolderTree } from './folder-tree.ts';
import type { FolderTree } from './folder-tree.ts';
import type { StoredAttachment, StoredMessage } from './stored-message.ts';

/** What a mailbox is made of. */
export interface MailboxOptions {
  /** Its address, also the user's principal name. */
  readonly address: string;
  /** Name of its owner. */
  readonly displayName: string;
  /** Whether it can be used; an inactive one answers `MailboxNotEnabledForRESTAPI`. */
  readonly state: 'active' | 'inactive';
  /** Where ids come from. */
  readonly identifiers: Identifiers;
  /** The present, milliseconds since 1970. */
  readonly now: () => number;
}

/** What {@link Mailbox.changeMessage} may change. */
export interface MessageChange {
  /** Properties that get new values; `attachments` is not among them. */
  readonly content?: Partial<Omit<MessageContent, 'attachments'>> | undefined;
  /** The new list of attachments. */
  readonly attachments?: readonly StoredAttachment[] | undefined;
}

/** What the service remembers of one client of change tracking. */
export interface SyncState {
  /** What is tracked: the id of a folder, or `folders`. */
  readonly place: string;
  /** The newest of its links. */
  generation: number;
  /** How its links are answered since they were lost. */
  loss: TokenLoss | undefined;
}

/** A mailbox: folders, messages and the history of both. All changes go through it. */
export interface Mailbox {
  /** Id of the user (GUID). */
  readonly id: string;
  /** Address and principal name. */
  readonly address: string;
  /** Name of the owner. */
  readonly displayName: string;
  /** Whether it can be used. */
  readonly state: 'active' | 'inactive';
  /** The folders. */
  readonly tree: FolderTree;
  /** History of the folders. */
  readonly folderLog: ChangeLog<Folder>;
  /** Sync states that were handed out, by number. */
  readonly syncStates: Map<number, SyncState>;
  /** Whether requests are refused with 403. */
  denied: boolean;
  /** Whether it is over its quota. */
  overQuota: boolean;
  /** Sequence of the newest change. */
  sequence(): number;
  /** The message with an id of either kind. */
  findMessage(id: string): StoredMessage | undefined;
  /** All messages in the order of their creation. */
  messages(): Iterable<StoredMessage>;
  /** Puts a new message into a folder. */
  addMessage(folder: Folder, content: MessageContent, extended?: ReadonlyMap<string, string>): StoredMessage;
  /** Gives an attachment its number and time. */
  storeAttachment(content: MessageContent['attachments'][number]): StoredAttachment;
  /** Changes a message: a new change key, and a line in the history of its folder. */
  changeMessage(message: StoredMessage, change: MessageChange): void;
  /** Moves a message: a new mutable id, removed in one folder, added in the other. */
  moveMessage(message: StoredMessage, folder: Folder): void;
  /** Deletes a message for good. */
  removeMessage(message: StoredMessage): void;
  /** Deletes a folder with everything in it. */
  removeFolder(folder: Folder): void;
}

/** Properties that do not show in the MIME of a message. */
const OUTSIDE_MIME: ReadonlySet<string> = new Set(['isRead', 'flag', 'categories']);

/** Makes a mailbox with the folders that every mailbox has. */
export function createMailbox({ address, displayName, state, identifiers, now }: MailboxOptions): Mailbox {
  const id = identifiers.guid('user', address);
  const folderLog = createChangeLog<Folder>();
  const byId = new Map<string, StoredMessage>();
  const all = new Set<StoredMessage>();
  let sequence = 0;
  let itemCount = 0;
  let attachmentCount = 0;

  const noteFolder = (folder: Folder): void => {
    sequence++;
    if (!folder.gone && isTracked(folder)) {
      const kind = folder.enteredAt === 0 ? 'added' : 'changed';
      if (kind === 'added') folder.enteredAt = sequence;
      folderLog.append(sequence, kind, folder, folder.id);
    } else if (folder.enteredAt !== 0) {
      folder.enteredAt = 0;
      folderLog.append(sequence, 'removed', folder, folder.id);
    }
  };
  const tree = createFolderTree({ identifiers, mailboxId: id, noteFolder });
  const mutableIdOf = (message: StoredMessage): string =>
    `AAMkAD${identifiers.text(43, 'mailbox', id)}BGAAAAAA${identifiers.text(43, 'item', id, message.immutableId, sequence)}AAA=`;

  function enter(message: StoredMessage, folder: Folder): void {
    sequence++;
    byId.delete(message.mutableId);
    message.mutableId = mutableIdOf(message);
    message.folder = folder;
    message.enteredAt = sequence;
    message.changedAt = sequence;
    message.modifiedTime = now();
    message.entities.clear();
    byId.set(message.mutableId, message);
    folder.messages.add(message);
    if (!message.content.isRead) folder.unread++;
    folder.log.append(sequence, 'added', message, message.mutableId);
    noteFolder(folder);
  }

  function leave(message: StoredMessage): void {
    const { folder } = message;
    if (folder === undefined) return;
    sequence++;
    folder.messages.delete(message);
    if (!message.content.isRead) folder.unread--;
    message.folder = undefined;
    folder.log.append(sequence, 'removed', message, message.mutableId);
    noteFolder(folder);
  }

  function removeMessage(message: StoredMessage): void {
    leave(message);
    byId.delete(message.mutableId);
    byId.delete(message.immutableId);
    all.delete(message);
  }

  function storeAttachment(content: MessageContent['attachments'][number]): StoredAttachment {
    return { number: ++attachmentCount, content, modifiedTime: now() };
  }

  return {
    id,
    address,
    displayName,
    state,
    tree,
    folderLog,
    syncStates: new Map(),
    denied: false,
    overQuota: false,
    sequence: () => sequence,
    findMessage: (messageId) => byId.get(messageId),
    messages: () => all,
    storeAttachment,
    removeMessage,

    addMessage(folder, content, extended = new Map()) {
      const message: StoredMessage = {
        immutableId: `AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A${identifiers.text(43, 'immutable', id, ++itemCount)}AAA=`,
        createdTime: now(),
        extended: new Map(extended),
        mutableId: '',
        folder: undefined,
        enteredAt: 0,
        changedAt: 0,
        modifiedTime: 0,
        content: { ...content, attachments: [] },
        attachments: content.attachments.map(storeAttachment),
        attachmentWriters: 0,
        writes: 0,
        conflicted: false,
        unsettledReads: 0,
        composed: undefined,
        entities: new Map(),
      };
      all.add(message);
      byId.set(message.immutableId, message);
      enter(message, folder);
      return message;
    },

    changeMessage(message, { content = {}, attachments }) {
      const { folder } = message;
      if (folder === undefined) return;
      const rewrites = attachments !== undefined || Object.keys(content).some((name) => !OUTSIDE_MIME.has(name));
      if (!message.content.isRead) folder.unread--;
      // MIME that was delivered stands only as long as the message says the same.
      message.content = { ...message.content, ...(rewrites && { mime: undefined }), ...content };
      if (!message.content.isRead) folder.unread++;
      if (attachments !== undefined) message.attachments = attachments;
      if (rewrites) message.composed = undefined;
      sequence++;
      message.changedAt = sequence;
      message.modifiedTime = now();
      message.entities.clear();
      folder.log.append(sequence, 'changed', message, message.mutableId);
      if (content.isRead !== undefined) noteFolder(folder);
    },

    moveMessage(message, folder) {
      leave(message);
      enter(message, folder);
    },

    removeFolder(folder) {
      for (const below of [folder, ...tree.below(folder)].toReversed()) {
        for (const message of below.messages) removeMessage(message);
        tree.detach(below);
      }
    },
  };
}
