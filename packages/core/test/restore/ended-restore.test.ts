import { SourceError } from '@holdfast/contracts';
import type { RestoreTarget } from '@holdfast/contracts';
import { memoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';

describe('a restore into a target that takes no more', () => {
  it.each(['ERR_SOURCE_QUOTA_EXCEEDED', 'ERR_SOURCE_ACCESS_DENIED'] as const)(
    'ends at %s and says so',
    async (code) => {
      const { repository, mailbox } = await createHarness();
      for (const collection of ['inbox', 'sent']) {
        mailbox.addCollection(collection);
        for (let i = 0; i < 100; i += 1) mailbox.put(collection, sampleItem(`${collection}-${i}`));
      }
      await repository.backup(mailbox);

      const inner = memoryMailbox({ id: 'memory:target' });
      let asked = 0;
      const target: RestoreTarget = {
        ...inner,
        async createItem(collection, item, options) {
          asked += 1;
          if (asked > 30) throw new SourceError(code, { mailbox: 'memory:target' });
          return inner.createItem(collection, item, options);
        },
      };
      const report = await repository.restore(await repository.planRestore({ snapshot: 'latest' }), target, {
        concurrency: 2,
      });
      expect(report).toMatchObject({ result: 'complete-with-failures', restored: 30, planned: 200 });
      expect(report.ended?.code).toBe(code);
      expect(report.failures.length).toBeLessThanOrEqual(2);
      expect(asked).toBeLessThanOrEqual(32);
    },
  );
});
