import type {
  FindItemsOptions,
  ItemPresence,
  JsonObject,
  OmittedPart,
  OperationOptions,
  RestorableItem,
} from '@holdfast/contracts';

import { walkFolders } from '../folders.ts';
import { asString } from '../json-access.ts';
import { fetchMessages } from '../locate.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { toSourceItem } from '../message-item.ts';
import type { Candidate } from './candidate.ts';
import { askMailboxForCandidates, folderContents } from './folder-contents.ts';
import type { FolderContents, Sought } from './folder-contents.ts';
import { knownOmissions } from './known-omissions.ts';
import { readListed } from './restorable-message.ts';
import { contentDigest, originOf } from './restore-mark.ts';
import { unfinishedOf } from './unfinished-messages.ts';

/** Tells what a mailbox holds of items that are to be restored into it. */
export interface ItemFinder {
  /**
   * Forgets what a folder holds and what stands for which item: another collection is restored, and people may have changed
   * the folder since the last one. It may not be there yet.
   */
  open(folderId: string | undefined): void;
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
  readonly listed: JsonObject;
  readonly digest: string;
  readonly candidates: readonly Candidate[];
}

/** Lists of folders that are kept; a restore goes through one folder after the other. */
const REMEMBERED_FOLDERS = 3;

const NOTHING_THERE: ItemPresence = { same: undefined, whole: false, omitted: [], others: [] };

/**
 * Makes the finder of a mailbox, named as a source by `mailboxId`. A message of it is the same as one to restore
 *
 * - if its mark says so: we created it from that item, in that version;
 * - if it is the very message that was backed up, unchanged;
 * - if it bears the same Message-ID and says the same (subject, people, dates, body, whether it has attachments), and it
 *   does not stand for another message to restore. One that we created from another item stands for that one as long as
 *   the snapshot has it; what was restored, backed up and restored again is the same as before.
 *
 * It is another version if it says something else, and was made from that item, or is that item, or bears the same
 * Message-ID in another mailbox. In its own mailbox, where ids tell messages apart, a Message-ID alone proves nothing.
 */
export function itemFinder(context: MailboxContext, mailboxId: string): ItemFinder {
  const folders = new Map<string, FolderContents>();
  const origins = new WeakMap<() => AsyncIterable<string>, Promise<ReadonlySet<string>>>();
  /** Which item a message was found to stand for, by their origins. */
  const claims = new Map<string, string>();
  let deletedFolders: ReadonlySet<string> | undefined;

  function contentsOf(folderId: string): FolderContents {
    const contents = folders.get(folderId) ?? folderContents(context, folderId);
    folders.delete(folderId);
    folders.set(folderId, contents);
    const [oldest] = folders.keys();
    if (folders.size > REMEMBERED_FOLDERS && oldest !== undefined) folders.delete(oldest);
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

  /** Whether a message that we created from another item stands for that one. */
  async function standsForAnother(
    { mark }: Candidate,
    { item, origin }: Wanted,
    snapshotItems: FindItemsOptions['snapshotItems'],
  ): Promise<boolean> {
    if (mark === undefined || mark.origin === origin || snapshotItems === undefined) return false;
    let known = origins.get(snapshotItems);
    if (known === undefined) origins.set(snapshotItems, (known = originsOf(item.source, snapshotItems())));
    return (await known).has(mark.origin);
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
    wanted: Wanted,
    digests: ReadonlyMap<string, string>,
    { isInSnapshot = nothingIs, snapshotItems }: FindItemsOptions,
  ): Promise<Candidate | undefined> {
    const { item, origin, digest, candidates } = wanted;
    for (const candidate of candidates) {
      const { id, mark } = candidate;
      const isItself = item.source === mailboxId && id === item.id;
      // What we created need not read as it was written.
      if (digests.get(id) !== digest && (isItself || mark?.digest !== digest)) continue;
      if ((claims.get(id) ?? origin) !== origin) continue;
      if (isItself) return candidate;
      if (item.source === mailboxId && (await isInSnapshot(id))) continue;
      if (await standsForAnother(candidate, wanted, snapshotItems)) continue;
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
      if (id === same?.id) return false;
      const found = digests.get(id);
      const differs = found !== undefined && found !== digest;
      if (item.source === mailboxId && id === item.id) return differs;
      if (mark !== undefined) return mark.origin === origin && mark.digest !== digest;
      if (!differs || item.source === mailboxId) return false;
      // Mailing lists deliver two messages of one Message-ID: where ours is found, the other is one of its own.
      return !claims.has(id) && (same === undefined || same.mark !== undefined);
    };
    return candidates.filter(isOther).map(({ id }) => id);
  }

  return {
    open(folderId) {
      if (folderId !== undefined) folders.delete(folderId);
      claims.clear();
      deletedFolders = undefined;
    },

    async find(folderId, items, options = {}) {
      const { signal } = options;
      const sought = await Promise.all(items.map((item) => toSought(item, mailboxId, { signal })));
      const readable = sought.filter((one) => one !== undefined);
      const found = await candidatesOf(folderId, readable, options);
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
        if (!known.has(one)) recognise(one, await judgeByContent(one, digests, options));
      }
      const unfinished = await unfinishedOf(context, [...known.values()], { signal });
      const presences = new Map<RestorableItem, ItemPresence>();
      for (const one of wanted) {
        const same = known.get(one);
        const whole = same !== undefined && !unfinished.has(same.id);
        const omitted = await omittedOf(one, same, { signal });
        presences.set(one.item, { same: same?.id, whole, omitted, others: othersOf(one, same, digests) });
      }
      return items.map((item) => presences.get(item) ?? NOTHING_THERE);
    },
  };
}

const nothingIs = (): Promise<boolean> => Promise.resolve(false);

/** Messages that nothing but their content tells apart from the one wanted. */
function candidatesToCompare({ candidates, origin }: Wanted, same: Candidate | undefined): readonly Candidate[] {
  return candidates.filter((one) => one.mark?.origin !== origin && one !== same);
}

/** What a message that we created lacks for good; one that people or the service put there is as it is. */
async function omittedOf(
  { item, listed, origin }: Wanted,
  same: Candidate | undefined,
  options: OperationOptions,
): Promise<readonly OmittedPart[]> {
  if (same?.mark?.origin !== origin) return [];
  try {
    return await knownOmissions(item, listed, options);
  } catch {
    // Damage of what is stored is no matter of the message that is there.
    options.signal?.throwIfAborted();
    return [];
  }
}

async function originsOf(source: string, ids: AsyncIterable<string>): Promise<ReadonlySet<string>> {
  const origins = new Set<string>();
  for await (const id of ids) origins.add(originOf({ source, id }));
  return origins;
}

/** `undefined` for an item whose parts cannot be read: creating it shows what is wrong with it. */
async function toSought(
  item: RestorableItem,
  mailboxId: string,
  options: OperationOptions,
): Promise<Omit<Wanted, 'candidates'> | undefined> {
  try {
    const listed = await readListed(item, options);
    const messageId = asString(listed['internetMessageId']) || undefined;
    const ownId = item.source === mailboxId ? item.id : undefined;
    return { ownId, messageId, origin: originOf(item), item, listed, digest: contentDigest(listed) };
  } catch {
    options.signal?.throwIfAborted();
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
