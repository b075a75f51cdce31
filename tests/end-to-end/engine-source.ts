import { noUsage } from '@holdfast/contracts';
import type { Collection, ItemContent, ItemPart, Source, SourceItem } from '@holdfast/contracts';

/** What an {@link engineSource} has. */
export interface EngineSourceContent {
  /** Folders, each without an item. */
  readonly emptyFolders?: number;
  /** Items of the folder that is not empty, by id: their parts, made anew whenever they are read. */
  readonly items: Readonly<Record<string, () => readonly ItemPart[] | Promise<readonly ItemPart[]>>>;
  /** Change keys of items that have changed. @defaultValue `'1'` each */
  readonly changeKeys?: Readonly<Record<string, string>>;
}

/** A source of one folder with items, and of empty ones; what it has is asked for at each run. */
export function engineSource(content: () => EngineSourceContent): Source {
  const itemOf = (id: string): SourceItem => {
    const changeKey = content().changeKeys?.[id] ?? '1';
    return {
      id,
      kind: 'message',
      sortTime: 1000,
      changeKey,
      contentKey: changeKey,
      summary: { subject: id, from: undefined, to: [], date: 0, size: 100, hasAttachments: false },
      volatile: {},
      listed: {},
    };
  };
  return {
    id: 'engine',
    title: 'engine',
    usage: noUsage,
    async *collections() {
      yield { type: 'collection-found', collection: folder('inbox', {}) };
      for (let i = 0; i < (content().emptyFolders ?? 0); i += 1) {
        const id = `AAMkAGI2NGVhZTVlLTI1OGMtNDI4My1iZmE5LTA5OGJiZGEzMTc0YQAuAAAAAADUuTJK1K9aTpCdqXop${String(i).padStart(9, '0')}`;
        yield { type: 'collection-found', collection: folder(id, { itemCount: 0 }) };
      }
    },
    async *changes(_, { cursor } = {}) {
      const { items, changeKeys } = content();
      const state = JSON.stringify([Object.keys(items), changeKeys ?? {}]);
      if (cursor !== state) for (const id of Object.keys(items)) yield { type: 'item-changed', item: itemOf(id) };
      yield { type: 'checkpoint', cursor: state, last: true };
    },
    async read({ id }): Promise<ItemContent> {
      return { parts: (await content().items[id]?.()) ?? [], omitted: [] };
    },
    async *locate(ids) {
      for (const itemId of ids) {
        const isThere = Object.hasOwn(content().items, itemId);
        yield isThere ? { itemId, found: { collectionId: 'inbox', item: itemOf(itemId) } } : { itemId };
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

function folder(id: string, more: Partial<Collection>): Collection {
  const kind = 'mail';
  return { id, parentId: undefined, path: [id], name: id, kind, role: undefined, hidden: false, metadata: {}, ...more };
}

/** Parts of an ordinary letter. */
export function ordinaryParts(id: string): readonly ItemPart[] {
  return [{ name: 'message.eml', bytes: new TextEncoder().encode(`Subject: ${id}\r\n\r\n${`${id} `.repeat(50)}\r\n`) }];
}

/** So many bytes that do not repeat and do not compress, always the same, a piece at a time. */
export async function* streamOf(bytes: number): AsyncGenerator<Uint8Array, void, void> {
  let word = 0x9e37_79b9;
  for (let left = bytes; left > 0;) {
    const piece = new Uint8Array(Math.min(left, 65_536));
    for (let i = 0; i < piece.length; i += 1) {
      word ^= word << 13;
      word ^= word >>> 17;
      word ^= word << 5;
      piece[i] = word;
    }
    left -= piece.length;
    yield piece;
  }
}

/** A message with so many attachments of so many bytes each, a piece at a time. */
export async function* streamedMessage(attachments: number, bytes: number): AsyncGenerator<Uint8Array, void, void> {
  const text = new TextEncoder();
  yield text.encode('Subject: many\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n');
  // Of random bytes that are long enough, a stretch from another place is another attachment.
  const random = Buffer.concat(await Array.fromAsync(streamOf(BLOCK + LINE * attachments)));
  for (let i = 0; i < attachments; i += 1) {
    yield text.encode('--b\r\nContent-Transfer-Encoding: base64\r\n\r\n');
    const block = random.subarray(LINE * i, LINE * i + BLOCK);
    const lines = text.encode(block.toString('base64').replaceAll(/.{76}/g, '$&\r\n'));
    for (let left = bytes; left > 0; left -= BLOCK) yield lines;
  }
  yield text.encode('--b--\r\n');
}

/** Bytes of a line of base64. */
const LINE = 57;
const BLOCK = LINE * 4096;
