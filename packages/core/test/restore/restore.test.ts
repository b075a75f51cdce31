import { SourceError } from '@holdfast/contracts';
import type { RestoreTarget } from '@holdfast/contracts';
import { memoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { flip, namesOf, rewrite } from '../support/damage.ts';
import { createHarness, sampleItem, truthOf } from '../support/harness.ts';
import type { ConflictPolicy } from '../../src/restore/restore-action.ts';
import type { Harness, HarnessOptions } from '../support/harness.ts';

async function backedUp(options: HarnessOptions = {}): Promise<Harness> {
  const harness = await createHarness(options);
  const { mailbox } = harness;
  mailbox.addCollection('inbox');
  mailbox.addCollection('sub', { parent: 'inbox', name: 'Sub folder' });
  mailbox.addCollection('empty');
  for (let i = 0; i < 70; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
  for (let i = 0; i < 5; i += 1) mailbox.put('sub', sampleItem(`s-${i}`, { size: 3000 }));
  await harness.repository.backup(mailbox);
  return harness;
}

/** What is in a mailbox, without ids: they are new after a restore. */
function textsOf(mailbox: Harness['mailbox']): string[] {
  return Object.values(truthOf(mailbox))
    .flatMap((items) => Object.values(items))
    .toSorted();
}

describe('restore', () => {
  it('creates everything in another mailbox, folders too', async () => {
    const { mailbox, repository } = await backedUp();
    const target = memoryMailbox({ id: 'memory:other' });
    const plan = await repository.planRestore({ snapshot: 'latest' });
    expect(JSON.parse(JSON.stringify(plan)), 'a plan is plain data').toEqual(plan);
    expect(plan.items).toBe(75);
    const seen: number[] = [];
    const report = await repository.restore(plan, target, {
      onProgress: (event) => event.type === 'progress' || seen.push(event.done),
    });
    expect(report).toMatchObject({ result: 'complete', restored: 75, planned: 75, failures: [], omissions: [] });
    expect(report.bytesRead).toBe(70 * 200 + 5 * 3000);
    expect(seen).toEqual(Array.from({ length: 75 }, (_, i) => i + 1));
    expect(textsOf(target)).toEqual(textsOf(mailbox));
    expect([...target.contents().keys()].toSorted()).toEqual(['/empty', '/inbox', '/inbox/Sub folder']);
  });

  it('creates one collection, or single items, and nothing else', async () => {
    const { repository } = await backedUp();
    for (const [choice, count] of [
      [{ collections: ['sub'] }, 5],
      [{ items: [{ collection: 'inbox', item: 'i-3' }] }, 1],
      [
        {
          collections: ['sub'],
          items: [
            { collection: 'inbox', item: 'i-3' },
            { collection: 'sub', item: 's-1' },
          ],
        },
        6,
      ],
      [{ collections: ['empty'] }, 0],
    ] as const) {
      const target = memoryMailbox({ id: 'memory:other' });
      const plan = await repository.planRestore({ snapshot: 'latest', ...choice });
      expect(plan.items).toBe(count);
      expect((await repository.restore(plan, target)).restored).toBe(count);
      expect(textsOf(target)).toHaveLength(count);
    }
  });

  it('refuses to plan what is not there', async () => {
    const { repository } = await backedUp();
    const plan = (choice: object): Promise<unknown> => repository.planRestore({ snapshot: 'latest', ...choice });
    await expect(plan({ collections: ['nope'] })).rejects.toMatchObject({ code: 'ERR_COLLECTION_NOT_IN_SNAPSHOT' });
    const items = [{ collection: 'inbox', item: 'nope' }];
    await expect(plan({ items })).rejects.toMatchObject({ code: 'ERR_ITEM_NOT_IN_SNAPSHOT' });
    await expect(plan({ snapshot: 'feed' })).rejects.toMatchObject({ code: 'ERR_SNAPSHOT_NOT_FOUND' });
  });

  it('makes a line of an item that the target refuses, and of one that the plan only claims', async () => {
    const { repository } = await backedUp();
    const other = memoryMailbox({ id: 'memory:other' });
    const target: RestoreTarget = {
      ...other,
      prepareCollection: (path) => other.prepareCollection(path),
      async createItem(collection, item, options) {
        if (item.id === 'i-7') throw new SourceError('ERR_ITEM_REFUSED', { item: item.id, reason: 'TooOld' });
        const created = await other.createItem(collection, item, options);
        return item.id === 'i-8'
          ? { ...created, omitted: [{ part: 'flag', reason: 'NotSupported', lost: true }] }
          : created;
      },
    };
    const plan = await repository.planRestore({ snapshot: 'latest', collections: ['inbox'] });
    const report = await repository.restore(plan, target);
    expect(report).toMatchObject({ result: 'complete-with-failures', restored: 69 });
    expect(report.failures).toMatchObject([{ collection: 'inbox', item: 'i-7', code: 'ERR_ITEM_REFUSED' }]);
    expect(report.omissions).toMatchObject([
      { item: 'i-8', omitted: [{ part: 'flag', reason: 'NotSupported', lost: true }] },
    ]);

    const [planned] = plan.collections;
    const altered = {
      ...plan,
      items: 2,
      collections: planned ? [{ ...planned, items: ['i-1', 'gone'], count: 2 }] : [],
    };
    const second = await repository.restore(altered, memoryMailbox({ id: 'memory:third' }));
    expect(second).toMatchObject({ result: 'complete-with-failures', restored: 1 });
    expect(second.failures).toMatchObject([{ item: 'gone', code: 'ERR_ITEM_NOT_IN_SNAPSHOT' }]);
  });

  it('makes lines of the items of a collection that cannot be prepared, and goes on', async () => {
    const { repository } = await backedUp();
    const other = memoryMailbox({ id: 'memory:other' });
    const target: RestoreTarget = {
      ...other,
      createItem: (...request) => other.createItem(...request),
      async prepareCollection(path) {
        if (path.length === 2) throw new SourceError('ERR_SOURCE_ACCESS_DENIED', { resource: 'Sub', reason: 'Denied' });
        return other.prepareCollection(path);
      },
    };
    const report = await repository.restore(await repository.planRestore({ snapshot: 'latest' }), target);
    expect(report).toMatchObject({ result: 'complete-with-failures', restored: 70 });
    expect(report.failures.map(({ item, code }) => `${item} ${code}`).toSorted()).toEqual(
      [0, 1, 2, 3, 4].map((i) => `s-${i} ERR_SOURCE_ACCESS_DENIED`),
    );
  });

  it('tells a folder without items that cannot be made', async () => {
    const { repository } = await backedUp();
    const other = memoryMailbox({ id: 'memory:other' });
    const target: RestoreTarget = {
      ...other,
      createItem: (...request) => other.createItem(...request),
      async prepareCollection(path) {
        if (path[0]?.name === 'empty') throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'ErrorFolderExists' });
        return other.prepareCollection(path);
      },
    };
    const report = await repository.restore(await repository.planRestore({ snapshot: 'latest' }), target);
    expect(report).toMatchObject({ result: 'complete-with-failures', restored: 75, failures: [] });
    expect(report.failedCollections).toMatchObject([{ collection: 'empty', code: 'ERR_SOURCE_PROTOCOL' }]);
  });

  it('loses only the item whose blob is damaged', async () => {
    const harness = await createHarness();
    const { mailbox, objects } = harness;
    mailbox.addCollection('inbox');
    // Too long for a group, which would be lost as a whole.
    for (let i = 0; i < 5; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`, { size: 20_000 }));
    await harness.repository.backup(mailbox);
    const data = namesOf(objects, 'data/').find((name) => objects.get(name)?.bytes[8] === 1) ?? '';
    // Some byte of the first blob, which begins after the header.
    rewrite(objects, data, flip(48 + 30));
    const repository = await harness.reopen();
    const target = memoryMailbox({ id: 'memory:other' });
    const report = await repository.restore(await repository.planRestore({ snapshot: 'latest' }), target);
    expect(report).toMatchObject({ result: 'complete-with-failures', restored: 4 });
    expect(report.failures).toHaveLength(1);
    expect(report.failures[0]?.code).toMatch(/ERR_OBJECT_DAMAGED|ERR_SEAL_BROKEN/);
  });

  it('ends at once with a target that is unreachable, and with the reason of an abort itself', async () => {
    const { repository } = await backedUp();
    const plan = await repository.planRestore({ snapshot: 'latest' });
    const other = memoryMailbox({ id: 'memory:other' });
    const target: RestoreTarget = {
      ...other,
      prepareCollection: (path) => other.prepareCollection(path),
      createItem: () => Promise.reject(new SourceError('ERR_SOURCE_UNREACHABLE', { reason: 'ECONNREFUSED' })),
    };
    await expect(repository.restore(plan, target)).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });

    const controller = new AbortController();
    const reason = { why: 'enough' };
    const restore = repository.restore(plan, memoryMailbox({ id: 'memory:third' }), {
      signal: controller.signal,
      onProgress: (event) => event.type !== 'progress' && event.done === 10 && controller.abort(reason),
    });
    expect(await restore.catch((error: unknown) => error)).toBe(reason);
  });
});

describe('what a target takes at a time', () => {
  /** How many calls of `createItem`, and of `findItems` and `createItem` together, there were at once. */
  async function atOnce(
    ofTarget: number | undefined,
    ofCaller?: number,
    onConflict: ConflictPolicy = 'skip',
  ): Promise<{ readonly items: number; readonly groups: number }> {
    const harness = await createHarness();
    const { mailbox, repository } = harness;
    mailbox.addCollection('inbox');
    for (let i = 0; i < 600; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
    await repository.backup(mailbox);
    const inner = memoryMailbox({ id: 'memory:other' });
    const open = new Set<string>();
    const groupOf = new Map<string, number>();
    let [items, groups, found] = [0, 0, 0];
    const target: RestoreTarget = {
      ...inner,
      concurrency: ofTarget,
      findItems(collection, some, options) {
        for (const { id } of some) groupOf.set(id, found);
        found += 1;
        return inner.findItems(collection, some, options);
      },
      async createItem(collection, item, options) {
        open.add(item.id);
        items = Math.max(items, open.size);
        groups = Math.max(groups, new Set([...open].map((id) => groupOf.get(id))).size);
        await new Promise((resolve) => setTimeout(resolve, 1));
        const created = await inner.createItem(collection, item, options);
        open.delete(item.id);
        return created;
      },
    };
    const plan = await repository.planRestore({ snapshot: 'latest', onConflict });
    const report = await repository.restore(plan, target, { concurrency: ofCaller });
    expect(report).toMatchObject({ result: 'complete', restored: 600 });
    return { items, groups };
  }

  it('is three items, or what it says, or what the caller says', async () => {
    expect(await atOnce(undefined)).toEqual({ items: 3, groups: 1 });
    expect(await atOnce(7)).toEqual({ items: 7, groups: 1 });
    expect(await atOnce(1024, 2)).toEqual({ items: 2, groups: 1 });
  });

  it('is one group after the other where something may be replaced, however many it takes', async () => {
    const { items, groups } = await atOnce(1024, undefined, 'replace');
    expect(items).toBeGreaterThan(3);
    expect(groups).toBe(1);
  });

  it('is several groups of 256 items, if it takes so many', async () => {
    const { items, groups } = await atOnce(512);
    expect(items).toBeGreaterThan(256);
    expect(items).toBeLessThanOrEqual(512);
    expect(groups).toBe(2);
  });
});
