import { isDeepStrictEqual } from 'node:util';
import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import type { Repository } from '@holdfast/core';
import type { AttachmentContent, MessageContent, MessageState } from '@holdfast/simulators/exchange';

/** What became of the items of a snapshot. */
export interface Verification {
  /** Items that are in the repository and in the other mailbox exactly as they were. */
  readonly verified: number;
  /** Items of which the service delivers no MIME, with its code. They are verified by everything else. */
  readonly withoutMime: readonly { readonly subject: string; readonly code: string }[];
  /** Items that are not as they were, and how. */
  readonly differences: readonly { readonly subject: string; readonly what: string }[];
}

/** What {@link verify} compares, for people. */
export const COMPARED =
  'Compared: each MIME in the repository, byte for byte; properties, attachments and folder of each restored message.';

/**
 * Compares every message of the first backup with the mailbox as it was then, as the service itself knows it: its MIME
 * byte for byte in the repository, and its properties and attachments in the mailbox it was restored into.
 *
 * @param restoredIds - For each id in the first mailbox, the id in the second.
 */
export async function verify(
  repository: Repository,
  snapshot: string,
  original: readonly MessageState[],
  restored: readonly MessageState[],
  restoredIds: ReadonlyMap<string, string>,
  { signal }: OperationOptions = {},
): Promise<Verification> {
  const byId = new Map(restored.map((message) => [message.id, message]));
  const withoutMime: { subject: string; code: string }[] = [];
  const differences: { subject: string; what: string }[] = [];
  let verified = 0;
  for (const message of original) {
    signal?.throwIfAborted();
    const what = [
      ...(await differencesInRepository(repository, snapshot, message)),
      ...differencesWhenRestored(message, byId.get(restoredIds.get(message.id) ?? '')),
    ];
    const { subject } = message.content;
    if (message.mimeRefusal !== undefined) withoutMime.push({ subject, code: message.mimeRefusal.code });
    if (what.length === 0) verified += 1;
    else differences.push({ subject, what: what.join(', ') });
  }
  return { verified, withoutMime, differences };
}

async function differencesInRepository(
  repository: Repository,
  snapshot: string,
  { id, folderId, mime, mimeRefusal }: MessageState,
): Promise<string[]> {
  const item = await repository.item({ snapshot, collection: folderId, item: id }).catch((error: unknown) => {
    if (RepositoryError.is(error, 'ERR_ITEM_NOT_IN_SNAPSHOT')) return undefined;
    throw error;
  });
  if (item === undefined) return ['not in the repository'];
  if (mime === undefined) {
    const noted = item.omitted.some(({ part, reason }) => part === 'message.eml' && reason === mimeRefusal?.code);
    return noted ? [] : ['MIME is missing without its reason'];
  }
  if (!item.parts.includes('message.eml')) return ['MIME is missing'];
  const stored = await item.readPart('message.eml');
  return Buffer.compare(stored, mime) === 0 ? [] : ['MIME differs'];
}

function differencesWhenRestored(original: MessageState, restored: MessageState | undefined): string[] {
  if (restored === undefined) return ['not restored'];
  const before = settable(original.content);
  const after = settable(restored.content);
  const names = Object.keys(before) as (keyof typeof before)[];
  const different: string[] = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  if (!isDeepStrictEqual(original.folder, restored.folder)) different.push('folder');
  return different;
}

/** Everything that the service lets a client set when it creates a message. */
function settable(content: MessageContent) {
  const { attachments, ...rest } = content;
  return {
    subject: rest.subject,
    body: rest.body,
    from: rest.from,
    sender: rest.sender,
    toRecipients: rest.toRecipients,
    ccRecipients: rest.ccRecipients,
    bccRecipients: rest.bccRecipients,
    replyTo: rest.replyTo,
    internetMessageId: rest.internetMessageId,
    sentTime: rest.sentTime,
    receivedTime: rest.receivedTime,
    isDraft: rest.isDraft,
    isRead: rest.isRead,
    flag: rest.flag,
    categories: rest.categories,
    importance: rest.importance,
    attachments: attachments.map(settableAttachment),
  };
}

/** An attached message has no read state of its own, and a server makes up the Message-ID and the times it lacks. */
function settableAttachment(attachment: AttachmentContent): unknown {
  if (attachment.kind === 'file') return { ...attachment, bytes: Buffer.from(attachment.bytes) };
  if (attachment.kind === 'reference') return attachment;
  const { kind, name, isInline } = attachment;
  const { subject, body, from, sender, toRecipients, ccRecipients, bccRecipients, replyTo, importance, attachments } =
    settable(attachment.item);
  const people = { from, sender, toRecipients, ccRecipients, bccRecipients, replyTo };
  return { kind, name, isInline, item: { subject, body, people, importance, attachments } };
}
