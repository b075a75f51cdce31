import { SourceError } from '@holdfast/contracts';
import type { RestoreTarget } from '@holdfast/contracts';
import { memoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';

const ITEMS = 3;

describe('collections of a restore', () => {
  it.each([3, 100])(
    'that the target refuses are told, and a line for each of their items: %i others',
    async (count) => {
      const { repository, mailbox } = await createHarness();
      for (let i = 0; i < count; i += 1) mailbox.addCollection(`plain-${i}`);
      for (const name of ['refused-empty', 'refused-full']) mailbox.addCollection(name);
      for (let i = 0; i < ITEMS; i += 1) {
        mailbox.put('refused-full', sampleItem(`lost-${i}`));
        mailbox.put('plain-0', sampleItem(`kept-${i}`));
      }
      await repository.backup(mailbox);
      const inner = memoryMailbox({ id: 'memory:target' });
      const target: RestoreTarget = {
        ...inner,
        prepareCollection: (path, options) =>
          path.at(-1)?.name.startsWith('refused') === true
            ? Promise.reject(new SourceError('ERR_COLLECTION_REFUSED', { reason: 'ErrorInvalidProperty' }))
            : inner.prepareCollection(path, options),
      };
      const plan = await repository.planRestore({ snapshot: 'latest' });
      const report = await repository.restore(plan, target);
      expect(report).toMatchObject({ result: 'complete-with-failures', restored: ITEMS, planned: 2 * ITEMS });
      const lines = report.failures.map(({ collection, item, code }) => `${collection} ${item} ${code}`);
      expect(lines.toSorted()).toEqual([0, 1, 2].map((number) => `refused-full lost-${number} ERR_COLLECTION_REFUSED`));
      expect(report.failedCollections.map(({ collection, code }) => `${collection} ${code}`).toSorted()).toEqual([
        'refused-empty ERR_COLLECTION_REFUSED',
        'refused-full ERR_COLLECTION_REFUSED',
      ]);
    },
  );

  it.each([1, 100])('that are not in the snapshot of the plan end it with a typed error: %i planned', async (count) => {
    const { repository, mailbox } = await createHarness();
    for (let i = 0; i < count; i += 1) mailbox.addCollection(`plain-${i}`);
    await repository.backup(mailbox);
    const plan = await repository.planRestore({ snapshot: 'latest' });
    const [first] = plan.collections;
    if (first === undefined) throw new RangeError('no collection');
    const wrong = { ...plan, collections: [...plan.collections, { ...first, collection: 'nowhere' }] };
    const code = 'ERR_COLLECTION_NOT_IN_SNAPSHOT';
    await expect(repository.previewRestore(wrong, memoryMailbox({ id: 'memory:x' }))).rejects.toMatchObject({ code });
    await expect(repository.restore(wrong, memoryMailbox({ id: 'memory:x' }))).rejects.toMatchObject({ code });
  });

  it('that are put beside each other under one name get numbers, each one of its own', async () => {
    const { repository, mailbox } = await createHarness();
    const ids = Array.from({ length: 500 }, (_, number) => `c-${number}`);
    for (const id of ids) mailbox.addCollection(id, { name: 'Same' });
    await repository.backup(mailbox);
    const plan = await repository.planRestore({ snapshot: 'latest', collections: ids, into: ['Restored'] });
    const names = new Set(plan.collections.map(({ path }) => path.at(-1)?.name));
    expect(names.size).toBe(ids.length);
    expect(names).toContain('Same (500)');
  });
});
