import type { GraphClient } from './client/graph-client.ts';
import type { FailureSubject } from './client/service-error.ts';

/** One mailbox, as every part of the package needs it. */
export interface MailboxContext {
  /** Sends requests. */
  readonly client: GraphClient;
  /** Address, for people and for errors. */
  readonly address: string;
  /** Path of the mailbox below the version, encoded: `/users/<guid>`. */
  readonly path: string;
}

/** Ids that survive moves, on every request: without the header the service gives others. */
export const IMMUTABLE_IDS: Readonly<Record<string, string>> = { Prefer: 'IdType="ImmutableId"' };

/** The path of a folder of the mailbox, by id or by well-known name. */
export function folderPath({ path }: MailboxContext, folderId: string): string {
  return `${path}/mailFolders/${encodeURIComponent(folderId)}`;
}

/** The path of a message of the mailbox. */
export function messagePath({ path }: MailboxContext, messageId: string): string {
  return `${path}/messages/${encodeURIComponent(messageId)}`;
}

/** What errors say that a request was about. */
export function aboutMailbox({ address }: MailboxContext): FailureSubject {
  return { mailbox: address };
}

/** What errors say that a request about an item was about. */
export function aboutItem({ address }: MailboxContext, item: string): FailureSubject {
  return { mailbox: address, item };
}

/** What errors say that a request about a folder was about. */
export function aboutFolder({ address }: MailboxContext, collection: string): FailureSubject {
  return { mailbox: address, collection };
}
