import { SourceError } from '@holdfast/contracts';
import type { ChangeEvent, Destination } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { contentsOf, createHarness } from '../support/harness.ts';
import { listedItem, scriptedSource, textBytes } from '../support/scripted-source.ts';

const changed = (...args: Parameters<typeof listedItem>): ChangeEvent => ({
  type: 'item-changed',
  item: listedItem(...args),
});
const removed = (itemId: string): ChangeEvent => ({ type: 'item-removed', itemId });
const checkpoint = (cursor: string, end: 'last' | 'more' = 'last'): ChangeEvent => ({
  type: 'checkpoint',
  cursor,
  last: end === 'last',
});

describe('an item that the last run left unsettled', () => {
  const lostPart = { part: 'attachment/1.bin', reason: 'ErrorCannotOpenFileAttachment', lost: true };

  it('is read again although it moved meanwhile, where a part was lost', async () => {
    const { repository } = await createHarness();
    const { source, reads, next } = scriptedSource({
      collections: ['A', 'B'],
      async *changes(run, collection) {
        if (run === 1 && collection === 'A') yield changed('x');
        if (run === 2) yield collection === 'A' ? removed('x') : changed('x', { changeKey: 'k2' });
        yield checkpoint(`${collection}${run}`);
      },
      read: (run) => ({
        parts: [{ name: 'message.eml', bytes: textBytes('text') }],
        omitted: run === 1 ? [lostPart] : [],
      }),
      locate: (run, itemId) => ({
        itemId,
        found: { collectionId: run === 1 ? 'A' : 'B', item: listedItem('x', { changeKey: run === 1 ? 'k1' : 'k2' }) },
      }),
    });
    expect((await repository.backup(source)).result).toBe('complete-with-failures');
    next();
    expect((await repository.backup(source)).result).toBe('complete');
    expect(reads).toEqual(['1:x', '2:x']);
    expect((await repository.item({ snapshot: 'latest', collection: 'B', item: 'x' })).omitted).toEqual([]);
  });

  it.each(['flag', 'move'] as const)('is read again although a %s seems to explain its change', async (kind) => {
    const { repository } = await createHarness();
    const { source, next } = scriptedSource({
      collections: ['A', 'B'],
      async *changes(run, collection) {
        const isA = collection === 'A';
        if (run === 1 && isA) yield changed('x');
        if (run === 2 && isA) yield changed('x', { changeKey: 'k2' });
        if (run === 3 && kind === 'flag' && isA) yield changed('x', { changeKey: 'k3', volatile: { isRead: true } });
        if (run === 3 && kind === 'move') yield isA ? removed('x') : changed('x', { changeKey: 'k3' });
        yield checkpoint(`${collection}${run}`);
      },
      read(run, { id }) {
        if (run === 2) throw new SourceError('ERR_ITEM_UNREADABLE', { item: id, reason: 'ErrorInternalServerError' });
        return { parts: [{ name: 'message.eml', bytes: textBytes(run === 1 ? 'old' : 'new') }], omitted: [] };
      },
      locate: (run, itemId) => ({
        itemId,
        found: {
          collectionId: run === 3 && kind === 'move' ? 'B' : 'A',
          item: listedItem('x', { changeKey: `k${run}` }),
        },
      }),
    });
    for (const result of ['complete', 'complete-with-failures', 'complete']) {
      expect((await repository.backup(source)).result).toBe(result);
      next();
    }
    const collection = kind === 'move' ? 'B' : 'A';
    const item = await repository.item({ snapshot: 'latest', collection, item: 'x' });
    expect(new TextDecoder().decode(await item.readPart('message.eml'))).toBe('new');
  });

  it('stays so when what was read of it is discarded, because its feed failed', async () => {
    const { repository } = await createHarness();
    const { source, reads, next } = scriptedSource({
      collections: ['A'],
      async *changes(run, collection) {
        if (run === 1) yield changed('x');
        if (run === 2 || run === 3) yield changed('x', { changeKey: 'k2', volatile: { isRead: true } });
        if (run === 2) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'no sense' });
        yield checkpoint(`${collection}${run}`);
      },
      read: (run) => ({
        parts: [{ name: 'message.eml', bytes: textBytes('text') }],
        omitted: run === 1 ? [lostPart] : [],
      }),
      locate: (run, itemId) => ({
        itemId,
        found: { collectionId: 'A', item: listedItem('x', { changeKey: `k${run}` }) },
      }),
    });
    const results: string[] = [];
    for (let run = 1; run <= 3; run += 1) {
      results.push((await repository.backup(source)).result);
      next();
    }
    expect(results).toEqual(['complete-with-failures', 'complete-with-failures', 'complete']);
    expect(reads.length).toBeGreaterThan(1);
    expect((await repository.item({ snapshot: 'latest', collection: 'A', item: 'x' })).omitted).toEqual([]);
  });
});

describe('an enumeration', () => {
  it('that failed and is gone on with is brought up to date in the same run', async () => {
    const { repository } = await createHarness();
    const { source, next } = scriptedSource({
      collections: ['A'],
      // The enumeration ends with what there was at its beginning; m3 came later.
      async *changes(run, _collection, cursor) {
        if (cursor === undefined) {
          yield changed('m1');
          yield checkpoint('mid', 'more');
          if (run === 1) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'no sense' });
        }
        if (cursor === undefined || cursor === 'mid') {
          yield changed('m2');
          yield checkpoint('end');
          return;
        }
        yield changed('m3');
        yield checkpoint('end-2');
      },
    });
    expect((await repository.backup(source)).result).toBe('complete-with-failures');
    next();
    expect((await repository.backup(source)).result).toBe('complete');
    expect(Object.keys((await contentsOf(repository))['A'] ?? {}).toSorted()).toEqual(['m1', 'm2', 'm3']);
  });

  it('that fails while items move into its collection has them in the report', async () => {
    const { repository } = await createHarness();
    const { source, next } = scriptedSource({
      collections: ['A', 'B'],
      async *changes(run, collection) {
        if (run === 1) yield changed(collection === 'A' ? 'x' : 'y');
        if (run === 2 && collection === 'A') yield removed('x');
        if (run === 2 && collection === 'B') {
          yield { type: 'collection-reset' };
          yield changed('x', { changeKey: 'k2' });
          yield checkpoint('B-mid', 'more');
          throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'no sense' });
        }
        yield checkpoint(`${collection}${run}`);
      },
      locate: (_run, itemId) => ({
        itemId,
        found: { collectionId: 'B', item: listedItem(itemId, { changeKey: 'k2' }) },
      }),
    });
    await repository.backup(source);
    next();
    const report = await repository.backup(source);
    expect(report.result).toBe('complete-with-failures');
    const shown = Object.values(await contentsOf(repository)).flatMap((items) => Object.keys(items));
    const failed = report.coverage.failures.map(({ item }) => item);
    expect([...shown, ...failed]).toContain('x');
  });
});

describe('a checkpoint', () => {
  it('holds what its cursors stand for, although a collection is told anew while it is being written', async () => {
    let blocks = false;
    const atPut = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const wrap = (inner: Destination): Destination => ({
      ...inner,
      async put(name, bytes, options) {
        if (blocks && name.startsWith('data/')) {
          blocks = false;
          atPut.resolve();
          await gate.promise;
        }
        await inner.put(name, bytes, options);
      },
    });
    const harness = await createHarness({ wrap });
    const crash = new AbortController();
    const untilCrash = (): Promise<never> =>
      new Promise((_, reject) => {
        if (crash.signal.aborted) reject(crash.signal.reason);
        crash.signal.addEventListener('abort', () => reject(crash.signal.reason));
      });
    const told = Promise.withResolvers<void>();
    const { source, next } = scriptedSource({
      collections: ['A', 'B'],
      async *changes(run, collection) {
        if (run === 2) {
          yield checkpoint(`${collection}:3`);
          return;
        }
        if (collection === 'A') {
          yield changed('A-new');
          yield checkpoint('A:2', 'more');
          await atPut.promise;
          yield { type: 'collection-reset' };
          gate.resolve();
        } else {
          await told.promise;
          blocks = true;
          for (const id of ['B1', 'B2', 'B3']) yield changed(id);
          yield checkpoint('B:2', 'more');
        }
        await untilCrash();
      },
    });
    const interrupted = harness.repository.backup(source, {
      signal: crash.signal,
      checkpoint: { items: 4 },
      onProgress(event) {
        // A moment later its cursor is taken over too, and B may begin.
        if (event.type === 'item-stored' && event.item === 'A-new') setTimeout(told.resolve, 50);
        if (event.type === 'checkpoint-written') setTimeout(() => crash.abort('crash'), 1);
      },
    });
    await expect(interrupted).rejects.toBe('crash');
    next();
    const repository = await harness.reopen();
    expect((await repository.backup(source)).result).toBe('complete');
    expect(Object.keys((await contentsOf(repository))['A'] ?? {})).toEqual(['A-new']);
  });
});

describe('a summary that reading shows', () => {
  it('takes the place of the one that was told, and stays while the item is not read again', async () => {
    const { repository } = await createHarness();
    const { source, reads, next } = scriptedSource({
      collections: ['A'],
      async *changes(run) {
        if (run > 1) yield { type: 'collection-reset' };
        yield changed('x', { changeKey: run < 3 ? 'k1' : 'k3', contentKey: run < 3 ? 'c1' : 'c3' });
        yield checkpoint(`${run}`);
      },
      read: (run, item) => ({
        parts: [{ name: 'message.eml', bytes: textBytes(`text ${run}`) }],
        omitted: [],
        summary: { ...item.summary, subject: `read in run ${run}` },
      }),
    });
    const subjects: string[] = [];
    for (let run = 1; run <= 3; run += 1) {
      await repository.backup(source);
      subjects.push((await repository.item({ snapshot: 'latest', collection: 'A', item: 'x' })).summary.subject);
      next();
    }
    expect(reads).toEqual(['1:x', '3:x']);
    expect(subjects).toEqual(['read in run 1', 'read in run 1', 'read in run 3']);
  });
});

describe('collections', () => {
  /** In which order items were read, by their collections, where each tells of ten. */
  async function readInTurn(collectionsAtOnce: number | undefined): Promise<string> {
    const { repository } = await createHarness();
    const { source, reads } = scriptedSource({
      collections: ['A', 'B', 'C'],
      async *changes(_run, collection) {
        for (let i = 0; i < 10; i += 1) {
          await new Promise(setImmediate);
          yield changed(`${collection}${i}`);
        }
        yield checkpoint(collection);
      },
    });
    await repository.backup({ ...source, collectionsAtOnce });
    return reads.map((read) => read.slice(2, 3)).join('');
  }

  it('are taken in one after the other if the source wants it so', async () => {
    expect(await readInTurn(1)).toMatch(/^(A{10}|B{10}|C{10}){3}$/);
    expect(await readInTurn(undefined)).toMatch(/^(?!(A{10}|B{10}|C{10}))/);
  });

  it('that tell of nothing wait for no other', async () => {
    const { repository } = await createHarness();
    const { promise: quietOne, resolve: isQuiet } = Promise.withResolvers<void>();
    const { source } = scriptedSource({
      collections: ['A', 'B'],
      async *changes(_run, collection) {
        if (collection === 'A') {
          yield changed('x');
          await quietOne;
        } else isQuiet();
        yield checkpoint(collection);
      },
    });
    expect((await repository.backup({ ...source, collectionsAtOnce: 1 })).result).toBe('complete');
  });
});
