import { createHash } from 'node:crypto';
import { SourceError, noUsage } from '@holdfast/contracts';
import type {
  ChangeEvent,
  Collection,
  ItemContent,
  ItemPresence,
  JsonObject,
  OperationOptions,
  RestorableItem,
  RestoreTarget,
  Source,
  SourceErrorCode,
  SourceItem,
} from '@holdfast/contracts';

/** An item of a {@link MemoryMailbox}. */
export interface MemoryItem {
  /** Its id; survives moves. */
  readonly id: string;
  /** Its subject. */
  readonly subject: string;
  /** When it was created, in milliseconds since 1970. */
  readonly created: number;
  /** Its parts by name. */
  readonly parts: Readonly<Record<string, Uint8Array>>;
  /** Its volatile properties. */
  readonly volatile: JsonObject;
}

/** Options of {@link memoryMailbox}. */
export interface MemoryMailboxOptions {
  /** Id of the source. @defaultValue `'memory:mailbox'` */
  readonly id?: string | undefined;
  /** Items told between two checkpoints. @defaultValue `10` */
  readonly pageSize?: number | undefined;
}

/** What was asked of a {@link MemoryMailbox} so far. */
export interface MemoryMailboxCounts {
  /** Items read. */
  reads: number;
  /** Pages of changes told. */
  pages: number;
  /** Items asked for by {@link @holdfast/contracts!Source.locate | locate}. */
  located: number;
}

/**
 * A mailbox in memory: a source and a restore target with the semantics of the contract, and hands to change it. It
 * reports a move there and back between two looks as a removal alone, as Exchange Online does.
 */
export interface MemoryMailbox extends Source, RestoreTarget {
  /** What was asked so far. */
  readonly counts: MemoryMailboxCounts;
  /** Makes a collection below another one, or at the top. */
  addCollection(id: string, options?: { readonly name?: string; readonly parent?: string }): void;
  /** Removes a collection with its items. */
  removeCollection(id: string): void;
  /** Puts an item into a collection: a new one, or other content or properties of one that is there. */
  put(collection: string, item: MemoryItem): void;
  /** Changes volatile properties of an item. */
  touch(id: string, volatile: JsonObject): void;
  /** Moves an item to another collection. */
  move(id: string, collection: string): void;
  /** Deletes an item. */
  remove(id: string): void;
  /** Makes every cursor handed out so far worthless. */
  expireCursors(): void;
  /** Makes reading an item fail with a code, or work again. */
  failReads(id: string, code: SourceErrorCode | undefined): void;
  /** What is in the mailbox: items by collection. */
  contents(): ReadonlyMap<string, readonly MemoryItem[]>;
}

interface Held {
  item: MemoryItem;
  collection: string;
  changeKey: number;
  /** What it was restored from. */
  readonly origin?: Pick<RestorableItem, 'id' | 'source'> | undefined;
}

interface LogEntry {
  readonly sequence: number;
  readonly collection: string;
  readonly item: string;
  readonly arrived: boolean;
}

/**
 * Makes a {@link MemoryMailbox}.
 *
 * @example A mailbox with one item
 * ```ts
 * import { memoryMailbox } from '@holdfast/testkit';
 *
 * const mailbox = memoryMailbox();
 * mailbox.addCollection('inbox');
 * mailbox.put('inbox', { id: 'a', subject: 'Hello', created: 0, parts: { body: new Uint8Array(3) }, volatile: {} });
 * console.log(mailbox.contents().get('inbox')?.length); // 1
 * ```
 */
export function memoryMailbox({ id = 'memory:mailbox', pageSize = 10 }: MemoryMailboxOptions = {}): MemoryMailbox {
  const collections = new Map<string, Collection>();
  const held = new Map<string, Held>();
  const log: LogEntry[] = [];
  const failing = new Map<string, SourceErrorCode>();
  /** Items that stand for one asked for since their collection was opened. */
  const taken = new Map<string, string>();
  const counts: MemoryMailboxCounts = { reads: 0, pages: 0, located: 0 };
  let restored = 0;
  let generation = 0;
  let sequence = 0;

  const note = (collection: string, item: string, arrived: boolean): void => {
    sequence += 1;
    log.push({ sequence, collection, item, arrived });
  };
  const holding = (item: string): Held => {
    const found = held.get(item);
    if (found === undefined) throw new RangeError(`there is no item ${item}`);
    return found;
  };
  const itemsOf = (collection: string): Held[] =>
    [...held.values()]
      .filter((one) => one.collection === collection)
      .toSorted((a, b) => (a.item.id < b.item.id ? -1 : 1));

  const childNamed = (parent: string | undefined, name: string): Collection | undefined =>
    [...collections.values()].find((one) => one.name === name && one.parentId === parent);
  const open = (collection: string): void => {
    for (const one of itemsOf(collection)) taken.delete(one.item.id);
  };

  /** Pages of a whole collection, from behind an item on. The cursor remembers when the telling began. */
  function* enumerate(collection: string, began: number, after: string): Generator<ChangeEvent> {
    const left = itemsOf(collection).filter(({ item }) => item.id > after);
    for (let start = 0; start < left.length; start += pageSize) {
      const page = left.slice(start, start + pageSize);
      counts.pages += 1;
      for (const one of page) yield { type: 'item-changed', item: describe(one) };
      const lastId = page.at(-1)?.item.id ?? '';
      yield { type: 'checkpoint', cursor: JSON.stringify({ generation, began, after: lastId }), last: false };
    }
    yield* since(collection, began);
  }

  function* since(collection: string, from: number): Generator<ChangeEvent> {
    counts.pages += 1;
    // What happens while this page is told belongs to the next one.
    const until = sequence;
    const entries = log.filter((entry) => entry.collection === collection && entry.sequence > from);
    for (const [item, events] of Map.groupBy(entries, (entry) => entry.item)) {
      // A departure hides what follows it: the hole of immutable ids.
      const left = events.some(({ arrived }) => !arrived);
      const now = held.get(item);
      if (left || now?.collection !== collection) yield { type: 'item-removed', itemId: item };
      else yield { type: 'item-changed', item: describe(now) };
    }
    yield { type: 'checkpoint', cursor: JSON.stringify({ generation, since: until }), last: true };
  }

  return {
    id,
    title: id,
    usage: noUsage,
    counts,

    async *collections({ signal } = {}) {
      for (const collection of collections.values()) {
        signal?.throwIfAborted();
        yield { type: 'collection-found', collection };
      }
    },

    async *changes({ id: collection }, { cursor, signal } = {}) {
      signal?.throwIfAborted();
      if (!collections.has(collection)) throw new SourceError('ERR_COLLECTION_NOT_FOUND', { collection });
      let events = enumerate(collection, sequence, '');
      if (cursor !== undefined) {
        const read = JSON.parse(cursor) as { generation: number; since?: number; began?: number; after?: string };
        if (read.generation !== generation) yield { type: 'collection-reset' };
        else if (read.since !== undefined) events = since(collection, read.since);
        else events = enumerate(collection, read.began ?? 0, read.after ?? '');
      }
      for (const event of events) {
        signal?.throwIfAborted();
        yield event;
      }
    },

    async read(item, { signal } = {}): Promise<ItemContent> {
      signal?.throwIfAborted();
      counts.reads += 1;
      const code = failing.get(item.id);
      if (code !== undefined) throw new SourceError(code, { item: item.id, reason: 'SimulatedFault' });
      const found = held.get(item.id);
      if (found === undefined) throw new SourceError('ERR_ITEM_NOT_FOUND', { item: item.id });
      const parts = Object.entries(found.item.parts).map(([name, bytes]) => ({ name, bytes }));
      return { parts, omitted: [] };
    },

    async *locate(itemIds, { signal } = {}) {
      for (const itemId of itemIds) {
        signal?.throwIfAborted();
        counts.located += 1;
        const found = held.get(itemId);
        yield found === undefined
          ? { itemId }
          : { itemId, found: { collectionId: found.collection, item: describe(found) } };
      }
    },

    async findCollection(path) {
      let found: Collection | undefined;
      for (const { name } of path) {
        found = childNamed(found?.id, name);
        if (found === undefined) return undefined;
      }
      open(found?.id ?? '');
      return found?.id;
    },

    async prepareCollection(path) {
      let parent: string | undefined;
      for (const { name } of path) {
        const existing = childNamed(parent, name);
        const created: string = existing?.id ?? `${parent ?? ''}/${name}`;
        if (existing === undefined) this.addCollection(created, { name, ...(parent === undefined ? {} : { parent }) });
        parent = created;
      }
      open(parent ?? '');
      return parent ?? '';
    },

    async findItems(collection, items, { scope = 'collection', signal } = {}) {
      const told: ItemPresence[] = [];
      for (const item of items) {
        signal?.throwIfAborted();
        const places = scope === 'everywhere' ? [...held.values()] : itemsOf(collection ?? '');
        const versions = places.filter(
          (one) => isVersionOf(one, item, id) && (taken.get(one.item.id) ?? item.id) === item.id,
        );
        const equal = await Promise.all(versions.map((one) => isEqual(one.item, item, { signal }).catch(() => false)));
        const same = versions.find((_, index) => equal[index])?.item.id;
        if (same !== undefined) taken.set(same, item.id);
        const others = versions.filter((_, index) => !equal[index]).map((one) => one.item.id);
        told.push({ same, whole: true, omitted: [], others });
      }
      return told;
    },

    async createItem(collection, item: RestorableItem, { signal } = {}) {
      signal?.throwIfAborted();
      if (!collections.has(collection)) throw new SourceError('ERR_COLLECTION_NOT_FOUND', { collection });
      const parts: Record<string, Uint8Array> = {};
      for (const name of item.parts) parts[name] = await item.readPart(name, { signal });
      const itemId = `restored-${(restored += 1)}-${item.id}`;
      const { subject, date } = item.summary;
      this.put(collection, { id: itemId, subject, created: date, parts, volatile: item.volatile });
      const { source, id: sourceId } = item;
      held.set(itemId, { ...holding(itemId), origin: { source, id: sourceId } });
      return { itemId, omitted: [] };
    },

    // What is created here is whole at once.
    completeItem: async (itemId) => ({ itemId: holding(itemId).item.id, omitted: [] }),

    async deleteItem(itemId) {
      if (!held.has(itemId)) throw new SourceError('ERR_ITEM_NOT_FOUND', { item: itemId });
      this.remove(itemId);
    },

    addCollection(collection, { name = collection, parent } = {}) {
      const above = parent === undefined ? undefined : collections.get(parent);
      collections.set(collection, {
        id: collection,
        parentId: parent,
        path: [...(above?.path ?? []), collection],
        name,
        kind: 'mail',
        role: undefined,
        hidden: false,
        metadata: {},
      });
    },
    removeCollection(collection) {
      collections.delete(collection);
      for (const { item } of itemsOf(collection)) this.remove(item.id);
    },
    put(collection, item) {
      const before = held.get(item.id);
      if (before !== undefined && before.collection !== collection) note(before.collection, item.id, false);
      held.set(item.id, { ...before, item, collection, changeKey: (before?.changeKey ?? 0) + 1 });
      note(collection, item.id, true);
    },
    touch(item, volatile) {
      const found = holding(item);
      found.item = { ...found.item, volatile };
      found.changeKey += 1;
      note(found.collection, item, true);
    },
    move(item, collection) {
      const found = holding(item);
      note(found.collection, item, false);
      found.collection = collection;
      found.changeKey += 1;
      note(collection, item, true);
    },
    remove(item) {
      note(holding(item).collection, item, false);
      held.delete(item);
    },
    expireCursors() {
      generation += 1;
    },
    failReads(item, code) {
      if (code === undefined) failing.delete(item);
      else failing.set(item, code);
    },
    contents: () => new Map([...collections.keys()].map((one) => [one, itemsOf(one).map(({ item }) => item)])),
    async [Symbol.asyncDispose]() {},
  };
}

/** Whether an item is what an item to restore was, in this version or another. */
function isVersionOf({ item, origin }: Held, wanted: RestorableItem, mailbox: string): boolean {
  if (origin !== undefined) return origin.id === wanted.id && origin.source === wanted.source;
  if (wanted.source === mailbox) return item.id === wanted.id;
  return item.subject === wanted.summary.subject && item.created === wanted.summary.date;
}

async function isEqual({ parts }: MemoryItem, wanted: RestorableItem, options: OperationOptions): Promise<boolean> {
  if (Object.keys(parts).toSorted().join() !== wanted.parts.toSorted().join()) return false;
  for (const [name, bytes] of Object.entries(parts)) {
    if (Buffer.compare(bytes, await wanted.readPart(name, options)) !== 0) return false;
  }
  return true;
}

function describe({ item, changeKey }: Held): SourceItem {
  const { id, subject, created, parts, volatile } = item;
  const size = Object.values(parts).reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    id,
    kind: 'message',
    sortTime: created,
    changeKey: String(changeKey),
    contentKey: digestOf(parts),
    summary: { subject, from: undefined, to: [], date: created, size, hasAttachments: false },
    volatile,
    listed: {},
  };
}

function digestOf(parts: MemoryItem['parts']): string {
  const hash = createHash('sha256');
  for (const [name, bytes] of Object.entries(parts))
    hash.update(`${name.length}:${name}:${bytes.length}:`).update(bytes);
  return hash.digest('base64');
}
