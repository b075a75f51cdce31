import { noUsage } from '@holdfast/contracts';
import { memoryMailbox } from '@holdfast/testkit';
import type { MemoryMailbox } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';

/** A mailbox that counts what is read of it and written into it as if a service did. */
function counting(mailbox: MemoryMailbox): MemoryMailbox {
  let created = 0;
  const { reads: readBefore } = mailbox.counts;
  return {
    ...mailbox,
    get usage() {
      const message = mailbox.counts.reads - readBefore;
      return { ...noUsage, byKind: { message, create: created }, total: message + created, throttledMs: 100 * message };
    },
    prepareCollection: (path, options) => mailbox.prepareCollection(path, options),
    createItem(collection, item, options) {
      created += 1;
      return mailbox.createItem(collection, item, options);
    },
  };
}

it('tells in the report of each run what was asked of the service during that run alone', async () => {
  const { mailbox, repository } = await createHarness();
  mailbox.addCollection('inbox');
  for (const id of ['a', 'b', 'c']) mailbox.put('inbox', sampleItem(id));
  const source = counting(mailbox);
  const first = await repository.backup(source);
  expect(first.usage).toMatchObject({ byKind: { message: 3 }, total: 3, throttledMs: 300 });
  mailbox.put('inbox', sampleItem('d'));
  const second = await repository.backup(source);
  expect(second.usage).toMatchObject({ byKind: { message: 1 }, total: 1, throttledMs: 100 });
  expect((await repository.backup(source)).usage).toEqual(noUsage);

  const plan = await repository.planRestore({ snapshot: 'latest' });
  const report = await repository.restore(plan, counting(memoryMailbox({ id: 'memory:other' })));
  expect(report.usage).toMatchObject({ byKind: { create: 4 }, total: 4 });
});
