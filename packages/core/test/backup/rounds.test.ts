import type { ChangeEvent, CollectionEvent, Source } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';
import { listedItem, scriptedSource } from '../support/scripted-source.ts';

const changed = (...args: Parameters<typeof listedItem>): ChangeEvent => ({
  type: 'item-changed',
  item: listedItem(...args),
});

describe('a collection', () => {
  it('is asked once if it tells nothing, and once more if it told something', async () => {
    const { repository } = await createHarness();
    const asked: string[] = [];
    const { source, next } = scriptedSource({
      collections: ['A', 'B'],
      async *changes(run, collection, cursor) {
        asked.push(`${run}${collection}`);
        if (collection === 'A' && cursor === undefined) yield changed('x');
        yield { type: 'checkpoint', cursor: collection, last: true };
      },
    });
    for (let run = 1; run <= 2; run += 1) {
      const { coverage } = await repository.backup(source, { concurrency: 1 });
      expect(coverage.collections.map(({ atRest }) => atRest)).toEqual([true, true]);
      next();
    }
    expect(asked).toEqual(['1A', '1B', '1A', '2A', '2B']);
  });

  it('is at rest when it tells the same again, as one without change tracking does', async () => {
    const { repository } = await createHarness();
    let rounds = 0;
    const { source, reads } = scriptedSource({
      collections: ['A'],
      async *changes(_run, _collection, cursor) {
        rounds += 1;
        if (cursor !== undefined) yield { type: 'collection-reset' };
        yield changed('x');
        yield changed('y', { changeKey: rounds === 1 ? 'k1' : 'k2', contentKey: rounds === 1 ? 'c1' : 'c2' });
        yield { type: 'checkpoint', cursor: 'untracked', last: true };
      },
    });
    const { coverage } = await repository.backup(source);
    expect(coverage.collections).toMatchObject([{ state: 'covered', items: 2, atRest: true }]);
    expect(rounds).toBe(3);
    expect(reads.toSorted()).toEqual(['1:x', '1:y', '1:y']);
  });

  it('that changes whenever it is asked is left after a while, which is no failure', async () => {
    const { repository } = await createHarness();
    let rounds = 0;
    const { source } = scriptedSource({
      collections: ['A'],
      async *changes() {
        yield changed(`x-${(rounds += 1)}`);
        yield { type: 'checkpoint', cursor: String(rounds), last: true };
      },
    });
    const { result, coverage } = await repository.backup(source);
    expect(result).toBe('complete');
    expect(coverage.collections).toMatchObject([{ state: 'covered', cause: undefined, items: 6, atRest: false }]);
    expect(rounds).toBe(6);
    expect(await repository.coverage({ snapshot: 'latest' })).toEqual(coverage);
  });

  it('that was not there when the run began is followed if something known is found in it', async () => {
    const { mailbox, repository } = await createHarness();
    mailbox.addCollection('inbox');
    for (let i = 0; i < 12; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
    await repository.backup(mailbox);
    let listings = 0;
    const source: Source = {
      ...mailbox,
      async *collections(options): AsyncGenerator<CollectionEvent> {
        listings += 1;
        yield* mailbox.collections(options);
        if (listings > 1) return;
        mailbox.addCollection('late');
        mailbox.put('late', sampleItem('only-there'));
        mailbox.move('i-3', 'late');
        mailbox.remove('i-4');
      },
    };
    const report = await repository.backup(source);
    expect(report.snapshot.statistics).toMatchObject({ collections: 2, moved: 1, added: 1, removed: 1 });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
    expect(listings).toBe(2);
    await repository.backup(source);
    expect(listings, 'nothing is open any more').toBe(3);
  });

  it('is listed once more at most, whatever is found where nothing is backed up', async () => {
    const { repository } = await createHarness();
    let listings = 0;
    const { source, next } = scriptedSource({
      collections: ['A'],
      async *changes(run, _collection, cursor) {
        if (run === 1 && cursor === undefined) for (const id of ['x', 'y', 'z']) yield changed(id);
        if (run === 2 && cursor !== 'end') for (const itemId of ['x', 'y', 'z']) yield { type: 'item-removed', itemId };
        yield { type: 'checkpoint', cursor: run === 1 ? 'middle' : 'end', last: true };
      },
      locate: (_run, itemId) => ({ itemId, found: { collectionId: `bin-${itemId}`, item: listedItem(itemId) } }),
    });
    const counting: Source = {
      ...source,
      async *collections(options) {
        listings += 1;
        yield* source.collections(options);
      },
    };
    await repository.backup(counting);
    next();
    const { result, snapshot } = await repository.backup(counting);
    expect(result).toBe('complete');
    expect(snapshot.statistics).toMatchObject({ items: 0, removed: 3 });
    expect(listings).toBe(3);
  });
});
