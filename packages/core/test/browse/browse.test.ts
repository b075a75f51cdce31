import type { Source } from '@holdfast/contracts';
import type { BrowseOptions, ItemSortField, ListedItem, Repository } from '@holdfast/core';
import { seededRandomness } from '@holdfast/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';

const COUNT = 130;
const dice = seededRandomness(3);
const people = ['Ada <ada@example.org>', 'bob <bob@example.org>', 'Çelik <c@example.org>', undefined];
const summaries = Array.from({ length: COUNT }, (_, i) => ({
  subject: dice.pick(['Report', 'report of Q1', 'Große Pläne', 'invoice', `unique ${i}`]),
  from: dice.pick(people),
  to: dice.fraction() < 0.5 ? ['Team <team@example.org>', 'x@example.org'] : [],
  date: dice.integer(0, 50) * 1000,
  size: dice.fraction() < 0.2 ? undefined : dice.integer(0, 20),
  hasAttachments: dice.fraction() < 0.3,
}));

let repository: Repository;
let all: readonly ListedItem[];

beforeAll(async () => {
  const harness = await createHarness();
  harness.mailbox.addCollection('inbox');
  for (let i = 0; i < COUNT; i += 1) harness.mailbox.put('inbox', sampleItem(`i-${i}`));
  const source: Source = {
    ...harness.mailbox,
    async *changes(...request) {
      for await (const event of harness.mailbox.changes(...request)) {
        const summary = event.type === 'item-changed' ? summaries[Number(event.item.id.slice(2))] : undefined;
        yield event.type === 'item-changed' && summary ? { ...event, item: { ...event.item, summary } } : event;
      }
    },
  };
  ({ repository } = harness);
  await repository.backup(source);
  all = (await browse({ pageSize: 1000 })).items;
});

const browse = (options: Partial<BrowseOptions>): ReturnType<Repository['browse']> =>
  repository.browse({ snapshot: 'latest', collection: 'inbox', ...options });

describe('browse', () => {
  it('lists pages of 50, those created last first', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map((page) => browse({ page })));
    expect(pages.map(({ items }) => items.length)).toEqual([50, 50, 30, 0]);
    for (const { total, pages: count } of pages) expect([total, count]).toEqual([COUNT, 3]);
    const listed = pages.flatMap(({ items }) => items);
    expect(listed).toEqual(all);
    expect(new Set(listed.map(({ id }) => id)).size).toBe(COUNT);
    const times = listed.map(({ sort }) => sort);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(listed[0]?.summary).toEqual(summaries[Number(listed[0]?.id.slice(2))]);
  });

  it('sorts by every field, from either end, in one order for all pages', async () => {
    const values: Readonly<Record<ItemSortField, (item: ListedItem) => string | number>> = {
      created: ({ sort }: ListedItem) => sort,
      date: ({ summary }: ListedItem) => summary.date,
      size: ({ summary }: ListedItem) => summary.size ?? 0,
      from: ({ summary }: ListedItem) => (summary.from ?? '').toLowerCase(),
      subject: ({ summary }: ListedItem) => summary.subject.toLowerCase(),
    };
    for (const sortBy of ['created', 'date', 'size', 'from', 'subject'] as const) {
      const ascending = (await browse({ sortBy, order: 'ascending', pageSize: 1000 })).items;
      const keys = ascending.map(values[sortBy]);
      const isOrdered = keys.every((value, i) => i === 0 || (keys[i - 1] ?? value) <= value);
      expect(isOrdered, sortBy).toBe(true);
      expect((await browse({ sortBy, pageSize: 1000 })).items).toEqual(ascending.toReversed());
      const paged: ListedItem[] = [];
      for (let page = 1; page <= 19; page += 1) {
        paged.push(...(await browse({ sortBy, order: 'ascending', page, pageSize: 7 })).items);
      }
      expect(paged).toEqual(ascending);
    }
  });

  it('filters by every condition, and by all of them together', async () => {
    const conditions: [BrowseOptions['filter'], (item: ListedItem) => boolean][] = [
      [{ subject: 'REPORT' }, ({ summary }) => summary.subject.toLowerCase().includes('report')],
      [{ subject: 'GROSSE' }, () => false],
      [{ subject: 'große' }, ({ summary }) => summary.subject === 'Große Pläne'],
      [{ from: 'ÇELIK' }, ({ summary }) => summary.from?.startsWith('Çelik') === true],
      [{ from: '@example' }, ({ summary }) => summary.from !== undefined],
      [{ to: 'team@' }, ({ summary }) => summary.to.length > 0],
      [{ since: new Date(20_000) }, ({ summary }) => summary.date >= 20_000],
      [{ until: new Date(20_000) }, ({ summary }) => summary.date < 20_000],
      [{ hasAttachments: true }, ({ summary }) => summary.hasAttachments],
      [{ hasAttachments: false }, ({ summary }) => !summary.hasAttachments],
    ];
    for (const [filter, fits] of conditions) {
      const expected = all.filter(fits);
      const found = await browse({ filter, pageSize: 1000 });
      expect(found, JSON.stringify(filter)).toMatchObject({ items: expected, total: expected.length });
    }
    const both = { subject: 'report', hasAttachments: true, since: new Date(10_000) };
    expect((await browse({ filter: both, pageSize: 1000 })).items).toEqual(
      all.filter(
        (item) =>
          item.summary.subject.toLowerCase().includes('report') &&
          item.summary.hasAttachments &&
          item.summary.date >= 10_000,
      ),
    );
    expect(await browse({ filter: { subject: 'nowhere' } })).toMatchObject({ items: [], total: 0, pages: 1 });
  });

  it('refuses pages that cannot be, and names what is not there', async () => {
    for (const options of [{ page: 0 }, { page: 1.5 }, { pageSize: 0 }, { pageSize: 1001 }]) {
      await expect(browse(options)).rejects.toThrow(RangeError);
    }
    await expect(browse({ collection: 'nope' })).rejects.toMatchObject({ code: 'ERR_COLLECTION_NOT_IN_SNAPSHOT' });
    const item = repository.item({ snapshot: 'latest', collection: 'inbox', item: 'nope' });
    await expect(item).rejects.toMatchObject({ code: 'ERR_ITEM_NOT_IN_SNAPSHOT' });
    const found = await repository.item({ snapshot: 'latest', collection: 'inbox', item: 'i-1' });
    await expect(found.readPart('nope')).rejects.toMatchObject({ code: 'ERR_PART_NOT_IN_ITEM' });
  });

  it('gives the memory of an item back when it is released, and reads it again when it is asked', async () => {
    const item = await repository.item({ snapshot: 'latest', collection: 'inbox', item: 'i-1' });
    const first = await item.readPart('message.eml');
    const copy = first.slice();
    item.release();
    expect(first.length).toBe(0);
    expect(await item.readPart('message.eml')).toEqual(copy);
  });
});

describe('diff', () => {
  const summary = async ({ repository: opened }: Harness, from: string, to: string): Promise<string[]> => {
    const differences = await Array.fromAsync(opened.diff({ from, to }));
    return differences
      .map(({ type, item, from: left, to: right }) => `${type} ${item.id} ${left?.name ?? '-'} ${right?.name ?? '-'}`)
      .toSorted();
  };

  it('tells what was added, removed, changed and moved, in both directions', async () => {
    const harness = await createHarness();
    const { mailbox, repository: opened } = harness;
    for (const collection of ['inbox', 'old', 'archive']) mailbox.addCollection(collection);
    for (let i = 0; i < 60; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
    mailbox.put('old', sampleItem('o-1'));
    const before = (await opened.backup(mailbox)).snapshot.id;
    mailbox.put('inbox', sampleItem('new'));
    mailbox.put('inbox', sampleItem('i-1', { version: 2, size: 300 }));
    mailbox.touch('i-2', { isRead: true });
    mailbox.move('i-3', 'archive');
    mailbox.remove('i-4');
    mailbox.removeCollection('old');
    const after = (await opened.backup(mailbox)).snapshot.id;
    expect(await summary(harness, before, after)).toEqual([
      'item-added new - inbox',
      'item-changed i-1 inbox inbox',
      'item-changed i-2 inbox inbox',
      'item-moved i-3 inbox archive',
      'item-removed i-4 inbox -',
      'item-removed o-1 old -',
    ]);
    expect(await summary(harness, after, before)).toEqual([
      'item-added i-4 - inbox',
      'item-added o-1 - old',
      'item-changed i-1 inbox inbox',
      'item-changed i-2 inbox inbox',
      'item-moved i-3 archive inbox',
      'item-removed new inbox -',
    ]);
    expect(await summary(harness, before, before)).toEqual([]);
  });
});
