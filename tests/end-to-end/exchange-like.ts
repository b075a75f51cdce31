import { Buffer } from 'node:buffer';
import { noUsage } from '@holdfast/contracts';
import type { Source, SourceItem } from '@holdfast/contracts';
import { seededRandomness } from '@holdfast/testkit';

const PREFIX =
  'AAMkAGI2NGVhZTVlLTI1OGMtNDI4My1iZmE5LTA5OGJiZGEzMTc0YQBGAAAAAADUuTJK1K9aTpCdqXop_4NaBwCd9nJ-tVysQYj2Cekan2baAAAAAAEMAACd';
const WORDS = 'the budget report meeting notes invoice for next week about project review and status update on'.split(
  ' ',
);

/**
 * A message as Exchange Online tells of it, always the same for a number: an id of 152 characters most of which it shares
 * with all others, a change key, people, a flag, categories.
 */
export function exchangeLikeItem(number: number, change: { readonly isRead?: boolean } = {}): SourceItem {
  const { isRead = false } = change;
  const dice = seededRandomness(number * 7 + 1);
  const say = (count: number): string => Array.from({ length: count }, () => dice.pick(WORDS)).join(' ');
  const text = (length: number): string => Buffer.from(dice.bytes(length)).toString('base64url');
  const time = 1_600_000_000_000 + number * 60_000;
  return {
    id: `${PREFIX}${text(24)}`,
    kind: 'message',
    sortTime: time + dice.integer(0, 50_000),
    changeKey: `CQAAABYAAACd9nJ/${text(9)}${isRead ? 'B' : 'A'}`,
    contentKey: text(18),
    summary: {
      subject: `RE: ${say(6)}`,
      from: `${dice.pick(WORDS)}.${dice.pick(WORDS)}@example${dice.integer(1, 50)}.org`,
      to: Array.from({ length: dice.integer(1, 3) }, () => `${dice.pick(WORDS)}@example${dice.integer(1, 20)}.com`),
      date: time,
      size: dice.integer(3000, 90_000),
      hasAttachments: true,
    },
    volatile: {
      isRead,
      flag: { flagStatus: 'notFlagged' },
      categories: ['Blue category', dice.pick(WORDS)],
      importance: 'normal',
    },
    listed: {},
  };
}

/** A mailbox of one folder that tells what it is given. */
export interface ExchangeLikeSource {
  /** The source. */
  readonly source: Source;
  /** What its feed tells next, after the items it had at first. */
  tell(items: readonly SourceItem[]): void;
}

/** Makes an {@link ExchangeLikeSource} with so many items of three small parts each. */
export function exchangeLikeSource(count: number): ExchangeLikeSource {
  let told: readonly SourceItem[] = [];
  let state = 0;
  const source: Source = {
    id: 'exchange-like',
    title: 'ada@example.org',
    usage: noUsage,
    async *collections() {
      const folder = {
        id: 'inbox',
        parentId: undefined,
        path: ['inbox'],
        name: 'Inbox',
        kind: 'mail',
        role: 'inbox',
      } as const;
      yield { type: 'collection-found', collection: { ...folder, hidden: false, metadata: {} } };
    },
    async *changes(_, { cursor } = {}) {
      if (cursor === undefined) {
        for (let i = 0; i < count; i += 1) yield { type: 'item-changed', item: exchangeLikeItem(i) };
      } else if (cursor !== String(state)) {
        for (const item of told) yield { type: 'item-changed', item };
      }
      yield { type: 'checkpoint', cursor: String(state), last: true };
    },
    async read({ contentKey }) {
      const bytes = new TextEncoder().encode(contentKey);
      return {
        parts: ['message.eml', 'properties.json', 'attachments/1.json'].map((name) => ({ name, bytes })),
        omitted: [],
      };
    },
    async *locate(ids) {
      for (const itemId of ids) yield { itemId };
    },
    async [Symbol.asyncDispose]() {},
  };
  return {
    source,
    tell(items) {
      told = items;
      state += 1;
    },
  };
}
