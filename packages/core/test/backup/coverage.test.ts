import { SourceError } from '@holdfast/contracts';
import type { ChangeEvent, Collection, CollectionEvent, Source } from '@holdfast/contracts';
import type { BackupReport } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';

const UNREADABLE = new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'a folder that is sick' });

async function filled(): Promise<Harness> {
  const harness = await createHarness();
  const { mailbox } = harness;
  mailbox.addCollection('inbox');
  mailbox.addCollection('below', { parent: 'inbox' });
  mailbox.addCollection('other');
  for (let i = 0; i < 9; i += 1) mailbox.put(['inbox', 'below', 'other'][i % 3] ?? '', sampleItem(`i-${i}`));
  return harness;
}

function lineOf({ coverage }: BackupReport, id: string): unknown {
  return coverage.collections.find((line) => line.id === id);
}

/** The mailbox with a gap in its listing: what is below the inbox cannot be listed. */
function withGap(mailbox: Source): Source {
  return {
    ...mailbox,
    async *collections(options): AsyncGenerator<CollectionEvent> {
      for await (const event of mailbox.collections(options)) {
        if (event.collection.parentId === 'inbox') continue;
        yield event;
        if (event.collection.id === 'inbox') {
          yield { type: 'collection-failed', collection: event.collection, error: UNREADABLE };
        }
      }
    },
  };
}

describe('a coverage report', () => {
  it('counts what was covered, skipped and failed, each by itself and in all', async () => {
    const { mailbox, repository } = await filled();
    mailbox.failReads('i-3', 'ERR_ITEM_UNREADABLE');
    const search: Collection = { ...(await collectionOf(mailbox, 'other')), id: 'search', name: 'Unread' };
    const source: Source = {
      ...mailbox,
      async *collections(options): AsyncGenerator<CollectionEvent> {
        yield* mailbox.collections(options);
        yield { type: 'collection-skipped', collection: search, cause: 'search-folder' };
      },
      async *changes(collection, options): AsyncGenerator<ChangeEvent> {
        if (collection.id === 'other') throw new SourceError('ERR_SOURCE_ACCESS_DENIED', { resource: 'other' });
        yield* mailbox.changes(collection, options);
      },
      async read(item, options) {
        const { parts } = await mailbox.read(item, options);
        const omitted = item.id === 'i-4' ? [{ part: 'attachment/1.bin', reason: 'ErrorCorruptData', lost: true }] : [];
        return { parts, omitted };
      },
    };
    const report = await repository.backup(source);
    expect(report.result).toBe('complete-with-failures');
    expect(lineOf(report, 'inbox')).toMatchObject({ state: 'covered', items: 2, failed: 1, omitted: 0, atRest: true });
    expect(lineOf(report, 'below')).toMatchObject({ state: 'covered', items: 3, failed: 0, omitted: 1, atRest: true });
    const denied = {
      state: 'failed',
      cause: 'ERR_SOURCE_ACCESS_DENIED',
      items: 0,
      failed: 0,
      omitted: 0,
      atRest: false,
    };
    expect(lineOf(report, 'other')).toMatchObject(denied);
    expect(lineOf(report, 'search')).toMatchObject({ state: 'skipped', cause: 'search-folder', items: 0 });
    expect(report.coverage.totals).toEqual({
      covered: 2,
      skipped: 1,
      failed: 1,
      items: 5,
      failedItems: 1,
      omittedParts: 1,
      lostParts: 1,
    });
    expect(await repository.coverage({ snapshot: 'latest' })).toEqual(report.coverage);
  });

  it.each(['folder', 'item', 'part', 'unsettled', 'listing', 'nameless'] as const)(
    'makes the run no success where a failure of kind "%s" is in it, and a success once that is over',
    async (kind) => {
      const { mailbox, repository } = await filled();
      await repository.backup(mailbox);
      mailbox.put('inbox', sampleItem('new'));
      mailbox.move('i-1', 'other');
      mailbox.move('i-1', 'below');
      const report = await repository.backup(withFailure(mailbox, kind));
      expect(report.result).toBe('complete-with-failures');
      expect(report.unchanged).toBe(false);
      const { failed, failedItems, lostParts } = report.coverage.totals;
      expect([failed, failedItems, lostParts].filter((count) => count > 0)).toEqual([1]);
      expect((await repository.backup(mailbox)).result).toBe('complete');
      expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
      expect(await repository.backup(mailbox)).toMatchObject({ result: 'complete', unchanged: true });
    },
  );

  it('tells a folder that vanished in the course of the run as skipped, which is no failure', async () => {
    const { mailbox, repository } = await filled();
    await repository.backup(mailbox);
    const source: Source = {
      ...mailbox,
      async *collections(options): AsyncGenerator<CollectionEvent> {
        yield* mailbox.collections(options);
        mailbox.removeCollection('other');
      },
    };
    const report = await repository.backup(source);
    expect(report.result).toBe('complete');
    expect(lineOf(report, 'other')).toMatchObject({ name: 'other', state: 'skipped', cause: 'vanished', items: 0 });
    expect(report.snapshot.statistics).toMatchObject({ collections: 2, removed: 3 });
    expect((await repository.backup(mailbox)).coverage.totals).toMatchObject({ covered: 2, skipped: 0 });
  });

  it('has a line for a folder without an id', async () => {
    const { mailbox, repository } = await filled();
    const nameless: Collection = { ...(await collectionOf(mailbox, 'other')), id: '', path: [], name: 'Odd' };
    const source: Source = {
      ...mailbox,
      async *collections(options): AsyncGenerator<CollectionEvent> {
        yield* mailbox.collections(options);
        yield { type: 'collection-failed', collection: nameless, error: UNREADABLE };
      },
    };
    const report = await repository.backup(source);
    expect(report.result).toBe('complete-with-failures');
    expect(lineOf(report, '')).toMatchObject({ name: 'Odd', state: 'failed', cause: 'ERR_SOURCE_PROTOCOL', items: 0 });
    expect(report.snapshot.statistics.collections).toBe(3);
  });
});

describe('a folder that cannot be listed because its parent is sick', () => {
  it('keeps what the last snapshot has of it, and is followed all the same', async () => {
    const { mailbox, repository } = await filled();
    await repository.backup(mailbox);
    mailbox.put('below', sampleItem('new-below'));
    const report = await repository.backup(withGap(mailbox));
    expect(report.result).toBe('complete-with-failures');
    expect(lineOf(report, 'inbox')).toMatchObject({ state: 'failed', cause: 'ERR_SOURCE_PROTOCOL', items: 3 });
    expect(report.snapshot.statistics).toMatchObject({ added: 1, removed: 0 });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('is gone only when its own feed says so', async () => {
    const { mailbox, repository } = await filled();
    await repository.backup(mailbox);
    mailbox.removeCollection('below');
    const report = await repository.backup(withGap(mailbox));
    expect(lineOf(report, 'below')).toMatchObject({ state: 'skipped', cause: 'vanished' });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });
});

async function collectionOf(source: Source, id: string): Promise<Collection> {
  for await (const { collection } of source.collections()) if (collection.id === id) return collection;
  throw new RangeError(`no collection ${id}`);
}

function withFailure(mailbox: Source, kind: 'folder' | 'item' | 'part' | 'unsettled' | 'listing' | 'nameless'): Source {
  if (kind === 'listing') return withGap(mailbox);
  return {
    ...mailbox,
    async *changes(collection, options): AsyncGenerator<ChangeEvent> {
      if (kind === 'folder' && collection.id === 'other') throw UNREADABLE;
      for await (const event of mailbox.changes(collection, options)) {
        if (kind === 'nameless' && event.type === 'item-changed') {
          yield { type: 'item-failed', itemId: undefined, error: UNREADABLE };
        } else yield event;
      }
    },
    async read(item, options) {
      if (kind === 'item') throw new SourceError('ERR_ITEM_UNREADABLE', { item: item.id, reason: 'ErrorCorruptData' });
      const { parts } = await mailbox.read(item, options);
      return { parts, omitted: kind === 'part' ? [{ part: 'attachment/1.bin', reason: 'Lost', lost: true }] : [] };
    },
    async *locate(ids, options) {
      if (kind === 'unsettled') throw UNREADABLE;
      yield* mailbox.locate(ids, options);
    },
  };
}
