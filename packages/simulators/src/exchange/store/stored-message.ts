import type { AttachmentContent, MessageContent } from '../message-content.ts';
import type { FolderNode } from './folder-node.ts';

/** An attachment of a stored message. */
export interface StoredAttachment {
  /** Number within the mailbox; its ids follow from it. */
  readonly number: number;
  /** What it is. */
  readonly content: AttachmentContent;
  /** When it was added, milliseconds since 1970. */
  readonly modifiedTime: number;
}

/** A message of the store. */
export interface StoredMessage {
  /** Id that stays when the message moves. */
  readonly immutableId: string;
  /** When it was created in this mailbox, milliseconds since 1970. */
  readonly createdTime: number;
  /** Extended properties that a client has set, by normalised id. */
  readonly extended: Map<string, string>;
  /** Id that changes with every move. */
  mutableId: string;
  /** Where it is; `undefined` once it is gone. */
  folder: FolderNode<StoredMessage> | undefined;
  /** Sequence at which it came into its folder. */
  enteredAt: number;
  /** Sequence of its newest change; the change key follows from it. */
  changedAt: number;
  /** When it was last changed, milliseconds since 1970. */
  modifiedTime: number;
  /** Everything else; `attachments` in it is empty, see {@link contentOf}. */
  content: MessageContent;
  /** The attachments in order. */
  attachments: readonly StoredAttachment[];
  /** How many requests are writing attachments at this moment. */
  attachmentWriters: number;
  /** How many writes were tried, where some are to conflict. */
  writes: number;
  /** Whether the newest of them was refused as a conflict. */
  conflicted: boolean;
  /** How many requests for attachments still find nothing, just after the creation. */
  unsettledReads: number;
  /** MIME made of the content, until the content changes. */
  composed: Promise<Uint8Array> | undefined;
  /** JSON made of the content by id format, until anything changes. */
  readonly entities: Map<string, Readonly<Record<string, unknown>>>;
}

/** The content of a message with its attachments. */
export function contentOf(message: StoredMessage): MessageContent {
  return { ...message.content, attachments: message.attachments.map(({ content }) => content) };
}
