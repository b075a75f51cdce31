import { noUsage } from '@holdfast/contracts';
import type { Source, SourceItem } from '@holdfast/contracts';
import { createDice } from '../corpus/dice.ts';
import { paragraph } from '../corpus/vocabulary.ts';

/** Items of one collection. */
const EACH = 20_000;
const PAGE = 1000;
/** Bytes of an item. */
const SIZE = 2000;
const POOL = 8_000_000;

/**
 * A source of any number of items of 2 KB in collections of 20,000, which makes each item as it is asked for: nothing of
 * its time or memory grows but with the item at hand. Texts are cut out of 8 MB of words at places of chance.
 */
export function growthSource(count: number): Source {
  const collections = Math.ceil(count / EACH);
  const pool = makePool();
  const title = `${count} items`;

  function describe(index: number): SourceItem {
    const created = 1_700_000_000_000 + index * 1000;
    const key = String(index);
    return {
      id: `item-${key.padStart(9, '0')}`,
      kind: 'message',
      sortTime: created,
      changeKey: key,
      contentKey: key,
      summary: {
        subject: `Message ${key}`,
        from: 'A <a@example.org>',
        to: [],
        date: created,
        size: SIZE,
        hasAttachments: false,
      },
      volatile: { isRead: true },
      listed: {},
    };
  }

  return {
    id: 'growth:mailbox',
    title,
    usage: noUsage,

    async *collections() {
      for (let i = 0; i < collections; i += 1) {
        const [id, name] = [`folder-${i}`, `Folder ${i}`];
        const collection = {
          id,
          name,
          parentId: undefined,
          path: [id],
          kind: 'mail',
          role: undefined,
          hidden: false,
          metadata: {},
        } as const;
        yield { type: 'collection-found', collection };
      }
    },

    async *changes({ id }, { cursor } = {}) {
      const first = Number(id.replace('folder-', '')) * EACH;
      const end = Math.min(count, first + EACH);
      for (let at = first + Number(cursor ?? 0); at < end; at += PAGE) {
        const until = Math.min(end, at + PAGE);
        for (let index = at; index < until; index += 1) yield { type: 'item-changed', item: describe(index) };
        if (until < end) yield { type: 'checkpoint', cursor: String(until - first), last: false };
      }
      yield { type: 'checkpoint', cursor: String(EACH), last: true };
    },

    async read({ id, summary }) {
      const dice = createDice(Number(id.replace('item-', '')));
      const head = Buffer.from(
        `Subject: ${summary.subject}\r\nMessage-ID: <${dice.bytes(12).toString('hex')}@example.org>\r\n\r\n`,
      );
      const from = dice.integer(0, POOL - SIZE);
      const bytes = new Uint8Array(SIZE);
      bytes.set(head);
      bytes.set(pool.subarray(from, from + SIZE - head.length), head.length);
      return { parts: [{ name: 'message.eml', bytes }], omitted: [] };
    },

    async *locate(itemIds) {
      for (const itemId of itemIds) {
        const index = Number(itemId.replace('item-', ''));
        yield { itemId, found: { collectionId: `folder-${Math.floor(index / EACH)}`, item: describe(index) } };
      }
    },

    async [Symbol.asyncDispose]() {},
  };
}

function makePool(): Buffer {
  const dice = createDice(13);
  const pool = Buffer.alloc(POOL);
  for (let at = 0; at < POOL;) at += pool.write(`${paragraph(dice, 400)}\r\n`, at);
  return pool;
}
