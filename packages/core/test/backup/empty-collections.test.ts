import process from 'node:process';
import { SourceError } from '@holdfast/contracts';
import type { ChangeEvent, Collection, CollectionEvent, Source } from '@holdfast/contracts';
import type { CaptureOptions } from '@holdfast/core';
import { memoryMailbox } from '@holdfast/testkit';
import type { MemoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';

const MANY = process.env['SLOW'] === '1' ? 100_000 : 5000;

const CAPTURES: readonly CaptureOptions[] = [
  { mode: 'incremental' },
  { mode: 'differential' },
  { mode: 'full' },
  { mode: 'full', selfContained: true },
];

/** The mailbox with what it says of the number of items in each collection, and the collections that were asked for. */
function counting(mailbox: MemoryMailbox): { readonly source: Source; readonly asked: string[] } {
  const asked: string[] = [];
  const source: Source = {
    ...mailbox,
    async *collections(options): AsyncGenerator<CollectionEvent> {
      const contents = mailbox.contents();
      for await (const event of mailbox.collections(options)) {
        const itemCount = contents.get(event.collection.id)?.length;
        yield { ...event, collection: { ...event.collection, itemCount } } as CollectionEvent;
      }
    },
    async *changes(collection, options): AsyncGenerator<ChangeEvent> {
      asked.push(collection.id);
      yield* mailbox.changes(collection, options);
    },
  };
  return { source, asked };
}

describe('a collection that is told as empty', () => {
  it('is covered without asking for its changes, until something is in it', async () => {
    const { mailbox, repository } = await createHarness();
    for (const id of ['inbox', 'empty']) mailbox.addCollection(id);
    mailbox.put('inbox', sampleItem('a'));
    const { source, asked } = counting(mailbox);
    const first = await repository.backup(source);
    expect(asked).toEqual(['inbox', 'inbox']);
    expect(first.coverage.collections).toMatchObject([
      { id: 'empty', state: 'covered', items: 0, atRest: true },
      { id: 'inbox', state: 'covered', items: 1, atRest: true },
    ]);
    expect(await repository.coverage({ snapshot: 'latest' })).toEqual(first.coverage);
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
    for (let run = 0; run < 4; run += 1) {
      const bytes = run < 2 ? 3072 : Infinity;
      const report = await repository.backup(source);
      expect(report.unchanged).toBe(true);
      expect(report.bytesWritten).toBeLessThanOrEqual(bytes);
    }
    expect(new Set(asked)).toEqual(new Set(['inbox']));
    mailbox.move('a', 'empty');
    expect((await repository.backup(source)).snapshot.statistics).toMatchObject({ items: 1, moved: 1, removed: 0 });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('is asked for its changes if anything of it is stored', async () => {
    const { mailbox, repository } = await createHarness();
    mailbox.addCollection('inbox');
    mailbox.put('inbox', sampleItem('a'));
    const { source, asked } = counting(mailbox);
    await repository.backup(source);
    mailbox.remove('a');
    expect((await repository.backup(source)).snapshot.statistics).toMatchObject({ items: 0, removed: 1 });
    asked.length = 0;
    expect(await repository.backup(source)).toMatchObject({ unchanged: true, result: 'complete' });
    expect(asked).toEqual([]);
  });

  it('is asked for them if an item turns up in it after it was listed', async () => {
    const { mailbox, repository } = await createHarness();
    for (const id of ['inbox', 'empty', 'other']) mailbox.addCollection(id);
    for (const id of ['a', 'b']) mailbox.put('inbox', sampleItem(id));
    await repository.backup(mailbox);
    const { source } = counting(mailbox);
    const moving: Source = {
      ...source,
      async *collections(options): AsyncGenerator<CollectionEvent> {
        yield* source.collections(options);
        mailbox.move('a', 'empty');
      },
      async *locate(ids, options) {
        yield* source.locate(ids, options);
        if (mailbox.contents().get('other')?.length !== 0) return;
        // What is told from its beginning does not tell what left.
        mailbox.move('a', 'other');
        mailbox.put('empty', sampleItem('c'));
      },
    };
    expect((await repository.backup(moving)).snapshot.statistics).toMatchObject({ items: 3, added: 1, removed: 0 });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('is renamed, cannot be looked into, leaves and comes back like any other, in every mode', async () => {
    for (const capture of CAPTURES) {
      const harness = await createHarness();
      const { repository } = harness;
      const mailbox = memoryMailbox({ id: 'changing' });
      let told = new Map<string, Partial<Collection>>();
      let unlisted: string | undefined;
      const source: Source = {
        ...mailbox,
        async *collections(): AsyncGenerator<CollectionEvent> {
          for (const [id, more] of told) {
            const rest = { parentId: undefined, path: [id], kind: 'mail', role: undefined, hidden: false } as const;
            const collection = { id, ...rest, name: id, metadata: {}, itemCount: 0, ...more };
            yield { type: 'collection-found', collection };
            const error = new SourceError('ERR_SOURCE_ACCESS_DENIED', { subject: id });
            if (id === unlisted) yield { type: 'collection-failed', collection, error };
          }
        },
      };
      const names = async (): Promise<readonly string[]> => {
        const found = await Array.fromAsync(harness.repository.collections({ snapshot: 'latest' }));
        return found.map(({ id, name, items }) => `${id} ${name} ${items}`);
      };
      const backUp = (): ReturnType<typeof repository.backup> => repository.backup(source, { capture });
      mailbox.addCollection('b');
      told = new Map([
        ['c', {}],
        ['a', {}],
        ['b', {}],
      ]);
      await backUp();
      expect(await names()).toEqual(['a a 0', 'b b 0', 'c c 0']);
      told = new Map([
        ['b', { name: 'renamed' }],
        ['c', {}],
        ['d', {}],
      ]);
      await backUp();
      expect(await names()).toEqual(['b renamed 0', 'c c 0', 'd d 0']);
      unlisted = 'c';
      // Below what cannot be looked into may be anything: what was known of it stays.
      told.delete('d');
      const gap = await backUp();
      expect(gap.coverage.collections.find(({ id }) => id === 'c')).toMatchObject({ state: 'failed' });
      expect((await names()).slice(0, 2)).toEqual(['b renamed 0', 'c c 0']);
      unlisted = undefined;
      mailbox.put('b', sampleItem('i'));
      told = new Map([
        ['a', {}],
        ['b', { itemCount: 1 }],
      ]);
      expect((await backUp()).result).toBe('complete');
      expect(await names()).toEqual(['a a 0', 'b b 1']);
    }
  });

  it(`costs next to nothing, and nothing when it is unchanged: ${MANY} of them`, { timeout: 120_000 }, async () => {
    const harness = await createHarness();
    const collections: Collection[] = Array.from({ length: MANY }, (_, i) => {
      // Long ids in no order, as services have them.
      const id = `${String((i * 7919) % MANY).padStart(8, '0')}-${'x'.repeat(100)}`;
      const rest = { parentId: undefined, kind: 'mail', role: undefined, hidden: false, metadata: {} } as const;
      return { ...rest, id, path: [id], name: `Folder ${i}`, itemCount: 0 };
    });
    const mailbox = memoryMailbox({ id: 'many' });
    const source: Source = {
      ...mailbox,
      async *collections(): AsyncGenerator<CollectionEvent> {
        for (const collection of collections) yield { type: 'collection-found', collection };
      },
      changes: () => {
        throw new RangeError('no collection is to be asked for');
      },
    };
    const first = await harness.repository.backup(source);
    expect(first.coverage.totals).toMatchObject({ covered: MANY, items: 0 });
    for (let run = 0; run < 4; run += 1) {
      const repository = run === 1 ? await harness.reopen() : harness.repository;
      const { unchanged, objectsWritten, bytesWritten } = await repository.backup(source);
      expect({ unchanged, objectsWritten }).toEqual({ unchanged: true, objectsWritten: 1 });
      expect(bytesWritten).toBeLessThanOrEqual(16_384);
    }
    expect((await harness.repository.coverage({ snapshot: 'latest' })).collections).toHaveLength(MANY);
  });
});
