import type { FindItemsOptions, ItemPresence, OperationOptions, RestorableItem } from '@holdfast/contracts';

import { relativeUrl, sendBatch } from '../client/batch.ts';
import { BATCH_SIZE } from '../client/service-limits.ts';
import { walkFolders } from '../folders.ts';
import { asObject, asString, objectsOf } from '../json-access.ts';
import { fetchMessages } from '../locate.ts';
import { IMMUTABLE_IDS, aboutMailbox, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { toSourceItem } from '../message-item.ts';
import type { Candidate } from './candidate.ts';
import { askMailboxForCandidates, folderContents } from './folder-contents.ts';
import type { FolderContents, Sought } from './folder-contents.ts';
import { readListed } from './restorable-message.ts';
import { contentDigest, originOf } from './restore-mark.ts';

/** Tells what a mailbox holds of items that are to be restored into it. */
export interface ItemFinder {
  /** Forgets what a folder holds: a restore begins, and people may have changed it since the last one. */
  open(folderId: string): void;
  /** See {@link @holdfast/contracts!RestoreTarget.findItems | RestoreTarget.findItems}. */
  find(
    folderId: string | undefined,
    items: readonly RestorableItem[],
    options?: FindItemsOptions,
  ): Promise<readonly ItemPresence[]>;
}

/** A message to restore, with what it is recognised by. */
interface Wanted extends Sought {
  readonly item: RestorableItem;
  readonly digest: string;
  readonly candidates: readonly Candidate[];
}

const NOTHING_THERE: ItemPresence = { same: undefined, whole: false, others: [] };

/**
 * Makes the finder of a mailbox, named as a source by `mailboxId`. A message of it is the same as one to restore
 *
 * - if its mark says so: we created it from that item, in that version;
 * - if it is the very message that was backed up, unchanged;
 * - if it bears the same Message-ID and says the same (subject, people, dates, body, whether it has attachments), and it
 *   does not stand for another message to restore.
 *
 * It is another version if it says something else, and was made from that item, or is that item, or bears the same
 * Message-ID in another mailbox. In its own mailbox, where ids tell messages apart, a Message-ID alone proves nothing.
 */
export function itemFinder(context: MailboxContext, mailboxId: string): ItemFinder {
  const folders = new Map<string, FolderContents>();
  /** Which item a message was found to stand for, by their origins. */
  const claims = new Map<string, string>();
  let deletedFolders: ReadonlySet<string> | undefined;

  function contentsOf(folderId: string): FolderContents {
    const contents = folders.get(folderId) ?? folderContents(context, folderId);
    folders.set(folderId, contents);
    return contents;
  }

  async function candidatesOf(
    folderId: string | undefined,
    sought: readonly Sought[],
    { scope, signal }: FindItemsOptions,
  ): Promise<readonly (readonly Candidate[])[]> {
    if (scope !== 'everywhere') {
      return folderId === undefined ? sought.map(() => []) : contentsOf(folderId).candidatesOf(sought, { signal });
    }
    const deleted = (deletedFolders ??= await foldersOfDeleted(context, { signal }));
    const found = await askMailboxForCandidates(context, sought, { signal });
    // What lies in the folder itself counts, also if that is the one of deleted messages.
    return found.map((candidates) =>
      candidates.filter((one) => one.folderId === folderId || !deleted.has(one.folderId ?? '')),
    );
  }

  /** What is known by marks, ids and change keys alone; `undefined` if contents have to be compared. */
  function judgeAtSight({ item, origin, digest, candidates }: Wanted): Candidate | undefined {
    return candidates.find(
      ({ id, changeKey, mark }) =>
        (mark?.origin === origin && mark.digest === digest) ||
        (item.source === mailboxId && id === item.id && changeKey === item.changeKey),
    );
  }

  async function judgeByContent(
    { item, origin, digest, candidates }: Wanted,
    digests: ReadonlyMap<string, string>,
    isInSnapshot: (itemId: string) => Promise<boolean>,
  ): Promise<Candidate | undefined> {
    for (const candidate of candidates) {
      const { id } = candidate;
      if (digests.get(id) !== digest || (claims.get(id) ?? origin) !== origin) continue;
      if (item.source === mailboxId && id !== item.id && (await isInSnapshot(id))) continue;
      return candidate;
    }
    return undefined;
  }

  function othersOf(
    { item, origin, digest, candidates }: Wanted,
    same: Candidate | undefined,
    digests: ReadonlyMap<string, string>,
  ): readonly string[] {
    const isOther = ({ id, mark }: Candidate): boolean => {
      if (mark !== undefined) return mark.origin === origin && mark.digest !== digest;
      const found = digests.get(id);
      if (found === undefined || found === digest) return false;
      if (item.source === mailboxId) return id === item.id;
      // Mailing lists deliver two messages of one Message-ID: where ours is found, the other is one of its own.
      return !claims.has(id) && (same === undefined || same.mark !== undefined);
    };
    return candidates.filter(isOther).map(({ id }) => id);
  }

  return {
    open(folderId) {
      folders.delete(folderId);
      claims.clear();
      deletedFolders = undefined;
    },

    async find(folderId, items, { scope = 'collection', isInSnapshot = nothingIs, signal } = {}) {
      const sought = await Promise.all(items.map((item) => toSought(item, { signal })));
      const readable = sought.filter((one) => one !== undefined);
      const found = await candidatesOf(folderId, readable, { scope, signal });
      const wanted = readable.map((one, index): Wanted => ({ ...one, candidates: found[index] ?? [] }));

      const known = new Map<Wanted, Candidate>();
      const recognise = (one: Wanted, same: Candidate | undefined): void => {
        if (same === undefined) return;
        known.set(one, same);
        claims.set(same.id, one.origin);
      };
      for (const one of wanted) recognise(one, judgeAtSight(one));
      const unclear = wanted.flatMap((one) => candidatesToCompare(one, known.get(one)));
      const digests = await digestsOf(context, unclear, { signal });
      for (const one of wanted) {
        if (!known.has(one)) recognise(one, await judgeByContent(one, digests, isInSnapshot));
      }
      const unfinished = await unfinishedOf(context, [...known.values()], { signal });
      const presences = new Map(
        wanted.map((one): [RestorableItem, ItemPresence] => {
          const same = known.get(one);
          const whole = same !== undefined && !unfinished.has(same.id);
          return [one.item, { same: same?.id, whole, others: othersOf(one, same, digests) }];
        }),
      );
      return items.map((item) => presences.get(item) ?? NOTHING_THERE);
    },
  };
}

const nothingIs = (): Promise<boolean> => Promise.resolve(false);

/** Messages that nothing but their content tells apart from the one wanted. */
function candidatesToCompare({ candidates }: Wanted, same: Candidate | undefined): readonly Candidate[] {
  return candidates.filter((one) => one.mark === undefined && one !== same);
}

/** `undefined` for an item whose parts cannot be read: creating it shows what is wrong with it. */
async function toSought(
  item: RestorableItem,
  options: OperationOptions,
): Promise<(Sought & Pick<Wanted, 'item' | 'digest'>) | undefined> {
  try {
    const listed = await readListed(item, options);
    const messageId = asString(listed['internetMessageId']);
    return { id: item.id, messageId, origin: originOf(item), item, digest: contentDigest(listed) };
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    return undefined;
  }
}

/** What messages say, as hashes, by their ids. One that cannot be shown has none. */
async function digestsOf(
  context: MailboxContext,
  candidates: readonly Candidate[],
  { signal }: OperationOptions,
): Promise<ReadonlyMap<string, string>> {
  const digests = new Map<string, string>();
  const ids = [...new Set(candidates.map(({ id }) => id))];
  for await (const { id, message } of fetchMessages(context, ids, signal)) {
    if (message !== undefined) digests.set(id, contentDigest(toSourceItem(message).listed));
  }
  return digests;
}

/** Which of these messages, restored by us, have fewer attachments than they are to have. */
async function unfinishedOf(
  context: MailboxContext,
  candidates: readonly Candidate[],
  { signal }: OperationOptions,
): Promise<ReadonlySet<string>> {
  const unfinished = new Set<string>();
  const marked = candidates.filter(({ mark }) => mark !== undefined && mark.attachments > 0);
  for (let start = 0; start < marked.length; start += BATCH_SIZE) {
    const group = marked.slice(start, start + BATCH_SIZE);
    const urls = group.map(({ id }) => relativeUrl(`${messagePath(context, id)}/attachments`, { $select: 'id' }));
    const batch = { kind: 'locate', urls, headers: IMMUTABLE_IDS, signal } as const;
    for (const [index, answer] of (await sendBatch(context.client, batch, aboutMailbox(context))).entries()) {
      const { id, mark } = group[index] ?? {};
      const isWhole = answer.ok && objectsOf(asObject(answer.json)?.['value']).length >= (mark?.attachments ?? 0);
      // One whose attachments cannot be listed shows when it is completed what is wrong with it.
      if (!isWhole && id !== undefined) unfinished.add(id);
    }
  }
  return unfinished;
}

/** The folder of deleted messages and those below it. */
async function foldersOfDeleted(context: MailboxContext, options: OperationOptions): Promise<ReadonlySet<string>> {
  const deleted = new Set<string>();
  for await (const event of walkFolders(context, options)) {
    if (!('collection' in event)) continue;
    const { id, role, parentId } = event.collection;
    if (role === 'deleteditems' || (parentId !== undefined && deleted.has(parentId))) deleted.add(id);
  }
  return deleted;
}
