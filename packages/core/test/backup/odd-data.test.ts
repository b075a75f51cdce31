import { randomFillSync } from 'node:crypto';
import type { Collection, CollectionEvent, Destination, JsonObject, Source, SourceItem } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { bytesInUse } from '../support/bytes-in-use.ts';
import { createHarness } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';
import { listedItem, scriptedSource, textBytes } from '../support/scripted-source.ts';

const LONE = 'high \uD83D low \uDE00 end \uD83D';
const CONTROL = 'nul \u0000 bell \u0007 del \u007F line \u2028 nel \u0085 bidi \u202E bom \uFEFF not \uFFFF';

/** A source with these items in its only collection. */
function sourceOf(items: readonly SourceItem[], collection: Partial<Collection> = {}): Source {
  const { source } = scriptedSource({
    collections: ['A'],
    async *changes(_run, _collection, cursor) {
      if (cursor === undefined) for (const item of items) yield { type: 'item-changed', item };
      yield { type: 'checkpoint', cursor: 'end', last: true };
    },
    read: (_run, { id }) => ({ parts: [{ name: 'message.eml', bytes: textBytes(id.slice(0, 50)) }], omitted: [] }),
    locate: (_run, itemId) => {
      const item = items.find(({ id }) => id === itemId);
      return item === undefined ? { itemId } : { itemId, found: { collectionId: 'A', item } };
    },
  });
  return {
    ...source,
    async *collections(options): AsyncGenerator<CollectionEvent> {
      for await (const event of source.collections(options)) {
        yield { ...event, collection: { ...event.collection, ...collection } } as CollectionEvent;
      }
    },
  };
}

async function backedUp(source: Source): Promise<Harness> {
  const harness = await createHarness();
  expect((await harness.repository.backup(source)).result).toBe('complete');
  const again = await (await harness.reopen()).backup(source);
  expect(again).toMatchObject({ result: 'complete', unchanged: true });
  expect((await (await harness.reopen()).check({ level: 'decryption' })).problems).toEqual([]);
  return harness;
}

describe('an item of an odd time', () => {
  const times = {
    'year 1': Date.UTC(2000, 0, 1) - 2000 * 365.2425 * 86_400_000,
    1601: Date.UTC(1601, 0, 1),
    1969: -1,
    1970: 0,
    2101: Date.UTC(2101, 0, 1),
    4501: Date.UTC(4501, 0, 1),
    9999: Date.UTC(9999, 11, 31, 23, 59, 59, 999),
    'the last of JavaScript': 8.64e15,
    'the least integer': Number.MIN_SAFE_INTEGER,
    'the greatest integer': Number.MAX_SAFE_INTEGER,
  };

  it('is stored, found, sorted and given back like any other', async () => {
    const expected = Object.entries(times).map(([id, time]) => [id, Math.round(time)] as const);
    const items = expected.map(([id, time]) =>
      listedItem(id, { sortTime: time, summary: { ...listedItem(id).summary, date: time } }),
    );
    const { reopen } = await backedUp(sourceOf(items.toReversed()));
    const repository = await reopen();
    const page = await repository.browse({ snapshot: 'latest', collection: 'A', sortBy: 'date', order: 'ascending' });
    expect(page.items.map(({ id, summary: { date } }) => [id, date])).toEqual(expected.toSorted((a, b) => a[1] - b[1]));
    for (const [id] of expected) {
      const item = await repository.item({ snapshot: 'latest', collection: 'A', item: id });
      expect(new TextDecoder().decode(await item.readPart('message.eml'))).toBe(id);
    }
  });
});

describe('odd text', () => {
  it.each([
    ['halves of surrogate pairs', LONE, LONE.toWellFormed()],
    ['control characters', CONTROL, CONTROL],
  ])('in subject, people and folder name does no harm: %s', async (_name, text, kept) => {
    const summary = { ...listedItem('x').summary, subject: text, from: text, to: [text, ''] };
    // Two names that differ in what cannot be stored alone.
    const volatile: JsonObject = { categories: [text], [text]: { 'a\uD83D': 1, 'a\uDE00': 2, [text]: text } };
    const source = sourceOf([listedItem('x', { summary, volatile, changeKey: text, contentKey: text, kind: text })], {
      name: text,
      metadata: { [text]: text },
    });
    const repository = await (await backedUp(source)).reopen();
    const [collection] = await Array.fromAsync(repository.collections({ snapshot: 'latest' }));
    expect(collection).toMatchObject({ name: kept, items: 1 });
    const item = await repository.item({ snapshot: 'latest', collection: 'A', item: 'x' });
    expect(item.summary).toMatchObject({ subject: kept, from: kept, to: [kept, ''] });
    expect(item.volatile).toEqual({ categories: [kept], [kept]: { 'a\uFFFD': 2, [kept]: kept } });
    expect((await repository.coverage({ snapshot: 'latest' })).collections).toMatchObject([{ name: kept }]);
  });
});

describe('an id', () => {
  it.each([
    ['very long', 'x'.repeat(100_000)],
    ['of other scripts', 'Ünïcode/🙂\u0000\n'],
  ])('may be %s', async (_name, id) => {
    const items = [listedItem(id), listedItem(`${id}2`), listedItem('m')];
    const repository = await (await backedUp(sourceOf(items))).reopen();
    for (const { id: one } of items) {
      const item = await repository.item({ snapshot: 'latest', collection: 'A', item: one });
      expect(await item.readPart('message.eml')).toEqual(textBytes(one.slice(0, 50)));
    }
  });
});

describe('an id that cannot be stored', () => {
  it.each([
    ['empty', ''],
    ['half a surrogate pair', 'x\uD83D'],
  ])('makes a line in the report, of an item as of a folder: %s', async (_name, id) => {
    const { repository } = await createHarness();
    const items = await repository.backup(sourceOf([listedItem(id), listedItem('sound')]));
    expect(items.result).toBe('complete-with-failures');
    expect(items.coverage.failures).toMatchObject([{ collection: 'A', item: '', code: 'ERR_SOURCE_PROTOCOL' }]);
    expect(items.snapshot.statistics.items).toBe(1);

    const folders = await repository.backup(sourceOf([], { id }));
    expect(folders.result).toBe('complete-with-failures');
    expect(folders.coverage.collections).toMatchObject([{ id: '', name: 'A', state: 'failed' }, { id: 'A' }]);
  });
});

describe('a part of 150 MB', () => {
  it('is held in memory once', { timeout: 60_000 }, async () => {
    let most = 0;
    let before = 0;
    let packs = 0;
    // What is in packs stays out of memory, as on a disk.
    const wrap = (inner: Destination): Destination => ({
      ...inner,
      async put(name, data, options) {
        most = Math.max(most, bytesInUse() - before);
        if (data.length < 1024 * 1024) await inner.put(name, data, options);
        else packs += 1;
      },
    });
    const { repository } = await createHarness({ wrap });
    const bytes = randomFillSync(new Uint8Array(150 * 1024 * 1024));
    const { source } = scriptedSource({
      collections: ['A'],
      async *changes(_run, _collection, cursor) {
        if (cursor === undefined) yield { type: 'item-changed', item: listedItem('large') };
        yield { type: 'checkpoint', cursor: 'end', last: true };
      },
      read: () => ({ parts: [{ name: 'message.eml', bytes }], omitted: [] }),
    });
    before = bytesInUse();
    const report = await repository.backup(source);
    expect(report).toMatchObject({ result: 'complete', snapshot: { statistics: { bytesRead: bytes.length } } });
    // Eight packs that are filled, sealed or on their way, and no second copy of the part.
    expect(most).toBeLessThan(8 * 16 * 1024 * 1024);
    expect(packs).toBeGreaterThan(5);
  });
});
