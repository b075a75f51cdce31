import type { Collection, JsonObject } from '@holdfast/contracts';
import type { MemoryItem, MemoryMailbox } from '../memory-mailbox.ts';
import type { HistoryChange, HistoryFolder, HistoryMessage, MailboxHands } from './mailbox-hands.ts';

const SUBJECT = /^Subject: (.*(?:\r\n[ \t].*)*)/m;

/**
 * Makes the hands for a mailbox in memory. A letter becomes an item with the one part `message.eml`; content of a draft
 * that changes becomes the part `draft.json`; everything else that changes is volatile.
 *
 * @example A history in memory
 * ```ts
 * import { memoryMailbox, memoryMailboxHands, playHistory, seededRandomness } from '@holdfast/testkit';
 *
 * const mailbox = memoryMailbox();
 * mailbox.addCollection('inbox');
 * const hands = memoryMailboxHands(mailbox);
 * for await (const step of playHistory(hands, seededRandomness(7), { steps: 10 })) console.log(step.kind);
 * ```
 */
export function memoryMailboxHands(mailbox: MemoryMailbox): MailboxHands {
  const failing = new Set<string>();
  let made = 0;

  async function collections(): Promise<Map<string, Collection>> {
    const found = new Map<string, Collection>();
    for await (const event of mailbox.collections()) {
      if (event.type === 'collection-found') found.set(event.collection.id, event.collection);
    }
    return found;
  }

  function locate(id: string): { readonly item: MemoryItem; readonly folderId: string } {
    for (const [folderId, items] of mailbox.contents()) {
      const item = items.find((one) => one.id === id);
      if (item !== undefined) return { item, folderId };
    }
    throw new RangeError(`there is no item ${id}`);
  }

  /** Adds a collection again with another name or parent, and those below it, whose paths change with it. */
  function place(all: Map<string, Collection>, id: string, name: string, parent: string | undefined): void {
    mailbox.addCollection(id, { name, ...(parent !== undefined && { parent }) });
    for (const below of all.values()) if (below.parentId === id) place(all, below.id, below.name, id);
  }

  function remove(all: Map<string, Collection>, id: string): void {
    for (const below of all.values()) if (below.parentId === id) remove(all, below.id);
    mailbox.removeCollection(id);
  }

  return {
    async view() {
      const all = await collections();
      const folders: HistoryFolder[] = [...all.values()].map((one) => ({
        id: one.id,
        path: namesOf(all, one.id),
        isHidden: one.hidden,
      }));
      const messages: HistoryMessage[] = [...mailbox.contents()].flatMap(([folderId, items]) =>
        items.map(({ id, volatile }) => ({ id, folderId, isDraft: volatile['isDraft'] === true })),
      );
      return { folders, messages, failing: [...failing] };
    },

    async addMessage(folder, letter) {
      made += 1;
      const id = `message-${made}`;
      const subject = SUBJECT.exec(new TextDecoder().decode(letter))?.[1] ?? '';
      const volatile = { isRead: false, isDraft: false };
      mailbox.put(folder, { id, subject, created: made, parts: { 'message.eml': letter }, volatile });
      return id;
    },
    moveMessage: (message, folder) => mailbox.move(message, folder),
    deleteMessage: (message) => mailbox.remove(message),

    changeMessage(message, change) {
      const { item, folderId } = locate(message);
      const { content, volatile } = split(change);
      if (Object.keys(content).length === 0) {
        mailbox.touch(message, { ...item.volatile, ...volatile });
        return;
      }
      const before = item.parts['draft.json'];
      const draft = { ...(before && (JSON.parse(new TextDecoder().decode(before)) as JsonObject)), ...content };
      mailbox.put(folderId, {
        ...item,
        subject: change.subject ?? item.subject,
        parts: { ...item.parts, 'draft.json': new TextEncoder().encode(JSON.stringify(draft)) },
        volatile: { ...item.volatile, ...volatile },
      });
    },

    async createFolder(path) {
      const all = await collections();
      const above = [...all.keys()].find((id) => sameNames(namesOf(all, id), path.slice(0, -1)));
      if (path.length > 1 && above === undefined)
        throw new RangeError(`there is no folder ${path.slice(0, -1).join('/')}`);
      made += 1;
      mailbox.addCollection(`folder-${made}`, {
        name: path.at(-1) ?? '',
        ...(above !== undefined && { parent: above }),
      });
    },
    async renameFolder(folder, name) {
      const all = await collections();
      place(all, folder, name, all.get(folder)?.parentId);
    },
    async moveFolder(folder, parent) {
      const all = await collections();
      place(all, folder, all.get(folder)?.name ?? folder, parent);
    },
    async deleteFolder(folder) {
      remove(await collections(), folder);
    },

    expireCursors: () => mailbox.expireCursors(),
    failMessage(message) {
      mailbox.failReads(message, 'ERR_ITEM_UNREADABLE');
      failing.add(message);
    },
    healMessage(message) {
      mailbox.failReads(message, undefined);
      failing.delete(message);
    },
  };
}

function namesOf(all: ReadonlyMap<string, Collection>, id: string): readonly string[] {
  const one = all.get(id);
  if (one === undefined) return [];
  return [...(one.parentId === undefined ? [] : namesOf(all, one.parentId)), one.name];
}

function sameNames(path: readonly string[], other: readonly string[]): boolean {
  return path.length === other.length && path.every((name, level) => name === other[level]);
}

/** What is content, and what is not. */
function split({ subject, body, flag, categories, ...rest }: HistoryChange): {
  readonly content: JsonObject;
  readonly volatile: JsonObject;
} {
  return {
    content: { ...(subject !== undefined && { subject }), ...(body !== undefined && { body: { ...body } }) },
    volatile: {
      ...rest,
      ...(flag !== undefined && { flag: { ...flag } }),
      ...(categories !== undefined && { categories: [...categories] }),
    },
  };
}
