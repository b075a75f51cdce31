import { SourceError } from '@holdfast/contracts';
import type { RestoreTarget, Source } from '@holdfast/contracts';

import { folderChanges } from './changes.ts';
import { walkFolders } from './folders.ts';
import { locateMessages } from './locate.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { readMessage } from './read-message.ts';
import { completeMessage, createMessage, deleteMessage } from './restore/create-message.ts';
import { itemFinder } from './restore/find-items.ts';
import type { RequestCounters } from './request-counters.ts';
import { folderFinder } from './restore/folder-finder.ts';

/** One mailbox of Exchange Online: its mail can be backed up, and mail can be restored into it. */
export interface ExchangeMailbox extends Source, RestoreTarget {
  /** Names the mailbox for ever: `exchange:<tenant>:<object id of the user>`. */
  readonly id: string;
  /** The address of the mailbox. */
  readonly title: string;
  /** The name of its owner. */
  readonly displayName: string;
  /**
   * What was asked of this mailbox so far, by every {@link ExchangeMailbox} of it from the same `exchangeOnline`; a
   * snapshot. Tokens and looking it up are not in it: {@link ExchangeOnline.requests} has them.
   */
  readonly usage: RequestCounters;
}

/** What is known of a mailbox beside how to reach it. */
export interface MailboxIdentity {
  /** Names the mailbox for ever. */
  readonly id: string;
  /** The name of its owner. */
  readonly displayName: string;
  /** Tells what was asked of the mailbox so far. */
  readonly readUsage: () => RequestCounters;
}

/** Makes the source and target that a mailbox is. */
export function exchangeMailbox(
  context: MailboxContext,
  { id, displayName, readUsage }: MailboxIdentity,
): ExchangeMailbox {
  const folders = folderFinder(context);
  const finder = itemFinder(context, id);
  const restoring = { ...context, recent: new Set<string>() };
  const forgetFolders = (error: unknown): never => {
    // Somebody deleted a folder that this remembers.
    if (SourceError.is(error, 'ERR_COLLECTION_NOT_FOUND')) folders.forget();
    throw error;
  };
  return {
    id,
    title: context.address,
    displayName,
    get usage() {
      return readUsage();
    },

    collections: (options) => walkFolders(context, options),
    changes: (collection, options) => folderChanges(context, collection, options),
    read: (item, options) => readMessage(context, item, options),
    locate: (itemIds, options) => locateMessages(context, itemIds, options),

    async findCollection(path, options) {
      const folderId = await folders.find(path, options);
      finder.open(folderId);
      return folderId;
    },
    async prepareCollection(path, options) {
      const folderId = await folders.prepare(path, options);
      finder.open(folderId);
      return folderId;
    },
    findItems: (collectionId, items, options) => finder.find(collectionId, items, options).catch(forgetFolders),
    createItem: (collectionId, item, options) =>
      createMessage(restoring, collectionId, item, options).catch(forgetFolders),
    completeItem: (itemId, item, options) => completeMessage(restoring, itemId, item, options),
    deleteItem: (itemId, options) => deleteMessage(restoring, itemId, options),

    // Connections belong to the fetch that was passed in; nothing of this package stays open.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
