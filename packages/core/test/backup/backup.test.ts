import { SourceError } from '@holdfast/contracts';
import { generateKey } from '@holdfast/crypto';
import { describe, expect, it } from 'vitest';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';

function fill({ mailbox }: Harness, counts: Readonly<Record<string, number>>): void {
  for (const [collection, count] of Object.entries(counts)) {
    mailbox.addCollection(collection);
    for (let i = 0; i < count; i += 1) mailbox.put(collection, sampleItem(`${collection}-${i}`));
  }
}

describe('backup', () => {
  it('takes everything in on the first run', async () => {
    const harness = await createHarness({ key: generateKey() });
    fill(harness, { inbox: 57, empty: 0, sent: 31 });
    const report = await harness.repository.backup(harness.mailbox);
    expect(report.result).toBe('complete');
    expect(report.snapshot.statistics).toMatchObject({ collections: 3, items: 88, added: 88, changed: 0, removed: 0 });
    expect(report.coverage.collections.map(({ items }) => items).toSorted()).toEqual([0, 31, 57]);
    expect(await contentsOf(await harness.reopen())).toEqual(truthOf(harness.mailbox));
  });

  it('reads and stores nothing when nothing changed, and says so', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 120, sent: 30 });
    await harness.repository.backup(harness.mailbox);
    const reads = harness.mailbox.counts.reads;
    const before = harness.objects.size;
    const report = await (await harness.reopen()).backup(harness.mailbox);
    expect(report.unchanged).toBe(true);
    expect(harness.mailbox.counts.reads).toBe(reads);
    expect(harness.objects.size - before).toBe(1);
    expect(report.objectsWritten).toBe(1);
    expect(report.snapshot.statistics.items).toBe(150);
  });

  it('reads only what is new or changed in content', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 100, sent: 10, archive: 0 });
    const { mailbox, repository } = harness;
    await repository.backup(mailbox);
    const reads = mailbox.counts.reads;
    mailbox.put('inbox', sampleItem('new-1'));
    mailbox.put('inbox', sampleItem('inbox-3', { version: 2, size: 300 }));
    mailbox.touch('inbox-4', { isRead: true });
    mailbox.move('inbox-5', 'archive');
    mailbox.remove('inbox-6');
    const report = await repository.backup(mailbox);
    expect(mailbox.counts.reads - reads).toBe(2);
    expect(report.snapshot.statistics).toMatchObject({ items: 110, added: 1, changed: 2, moved: 1, removed: 1 });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
    const [, first] = await Array.fromAsync(repository.snapshots());
    expect(Object.keys((await contentsOf(repository, first?.id))['inbox'] ?? {})).toHaveLength(100);
  });

  it('reads an item again when a change is explained by nothing that can be seen', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 20 });
    const { mailbox, repository } = harness;
    await repository.backup(mailbox);
    const reads = mailbox.counts.reads;
    mailbox.touch('inbox-1', { isRead: false });
    await repository.backup(mailbox);
    expect(mailbox.counts.reads - reads).toBe(1);
  });

  it('does not lose an item that moved away and back', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 20, other: 2 });
    const { mailbox, repository } = harness;
    await repository.backup(mailbox);
    const reads = mailbox.counts.reads;
    mailbox.move('inbox-1', 'other');
    mailbox.move('inbox-1', 'inbox');
    const report = await repository.backup(mailbox);
    expect(mailbox.counts.reads).toBe(reads);
    expect(report.snapshot.statistics.removed).toBe(0);
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('starts a collection anew when its cursor has expired, without reading anything again', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 45, other: 3 });
    const { mailbox, repository } = harness;
    await repository.backup(mailbox);
    const reads = mailbox.counts.reads;
    mailbox.expireCursors();
    mailbox.remove('inbox-7');
    mailbox.move('inbox-8', 'other');
    mailbox.put('inbox', sampleItem('new-1'));
    const report = await repository.backup(mailbox);
    expect(mailbox.counts.reads - reads).toBe(1);
    expect(report.snapshot.statistics).toMatchObject({ added: 1, moved: 1, removed: 1 });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('drops a collection that is gone and takes over renamed ones', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 5, old: 4 });
    const { mailbox, repository } = harness;
    await repository.backup(mailbox);
    mailbox.move('old-0', 'inbox');
    mailbox.removeCollection('old');
    mailbox.addCollection('inbox', { name: 'Posteingang' });
    const report = await repository.backup(mailbox);
    expect(report.snapshot.statistics).toMatchObject({ collections: 1, items: 6, moved: 1, removed: 3 });
    const [collection] = await Array.fromAsync(repository.collections({ snapshot: 'latest' }));
    expect(collection).toMatchObject({ id: 'inbox', name: 'Posteingang', items: 6 });
  });

  it('reports an item that cannot be read, keeps what it had of it, and tries again the next time', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 12 });
    const { mailbox, repository } = harness;
    mailbox.failReads('inbox-3', 'ERR_ITEM_UNREADABLE');
    const report = await repository.backup(mailbox);
    expect(report.result).toBe('complete-with-failures');
    expect(report.coverage.failures).toEqual([
      { collection: 'inbox', item: 'inbox-3', code: 'ERR_ITEM_UNREADABLE', reason: 'SimulatedFault' },
    ]);
    expect(report.snapshot.statistics).toMatchObject({ items: 11, failed: 1 });
    expect(await repository.coverage({ snapshot: 'latest' })).toEqual(report.coverage);
    const again = await repository.backup(mailbox);
    expect(again.result).toBe('complete-with-failures');
    mailbox.failReads('inbox-3', undefined);
    const healed = await repository.backup(mailbox);
    expect(healed).toMatchObject({ result: 'complete', snapshot: { statistics: { items: 12, added: 1 } } });
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('goes on from its last checkpoint after the source failed as a whole', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 95 });
    const { mailbox, repository } = harness;
    mailbox.failReads('inbox-60', 'ERR_SOURCE_UNREACHABLE');
    const failure = await repository.backup(mailbox).catch((error: unknown) => error);
    expect(SourceError.is(failure, 'ERR_SOURCE_UNREACHABLE')).toBe(true);
    expect(await Array.fromAsync(repository.snapshots())).toEqual([]);
    const [checkpoint] = await Array.fromAsync(repository.snapshots({ checkpoints: true }));
    expect(checkpoint?.state).toBe('checkpoint');
    const reads = mailbox.counts.reads;
    mailbox.failReads('inbox-60', undefined);
    const report = await (await harness.reopen()).backup(mailbox);
    expect(mailbox.counts.reads - reads).toBeLessThan(60);
    expect(report.snapshot.continues).toEqual([checkpoint?.id]);
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('rejects with the reason of the abort itself and commits nothing afterwards', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 95 });
    const { mailbox, repository, objects } = harness;
    const controller = new AbortController();
    const reason = { why: 'changed my mind' };
    let atAbort = 0;
    let stored = 0;
    const backup = repository.backup(mailbox, {
      signal: controller.signal,
      onProgress({ type }) {
        if (type === 'item-stored') stored += 1;
        if (stored === 40) {
          controller.abort(reason);
          atAbort = objects.size;
        }
      },
    });
    expect(await backup.catch((error: unknown) => error)).toBe(reason);
    expect(objects.size).toBe(atAbort);
    await repository.backup(mailbox);
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('writes checkpoints at the interval, each of them whole', async () => {
    const harness = await createHarness();
    fill(harness, { inbox: 95, sent: 55 });
    const { mailbox, repository } = harness;
    const checkpoints: string[] = [];
    await repository.backup(mailbox, {
      checkpoint: { items: 30 },
      onProgress: (event) => event.type === 'checkpoint-written' && checkpoints.push(event.snapshot.id),
    });
    expect(checkpoints.length).toBeGreaterThanOrEqual(3);
    for (const id of checkpoints) {
      const contents = await contentsOf(repository, id);
      const truth = truthOf(mailbox);
      for (const [collection, items] of Object.entries(contents)) expect(truth[collection]).toMatchObject(items);
    }
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
    expect((await repository.check({ level: 'decryption' })).problems).toEqual([]);
  });
});
