import { SourceError } from '@holdfast/contracts';
import type { OmittedPart, RestoreTarget } from '@holdfast/contracts';
import { memoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';

async function backedUp(): Promise<Harness> {
  const harness = await createHarness();
  harness.mailbox.addCollection('inbox');
  for (const id of ['a', 'b', 'c']) harness.mailbox.put('inbox', sampleItem(id));
  await harness.repository.backup(harness.mailbox);
  return harness;
}

describe('a restore that is aborted', () => {
  const refused = new SourceError('ERR_ITEM_REFUSED', { item: 'a', reason: 'No' });
  const calls = ['prepareCollection', 'findItems', 'createItem'] as const;

  it.each(calls)('tells the reason itself, also if %s fails at that moment', async (call) => {
    const { repository } = await backedUp();
    const inner = memoryMailbox({ id: 'memory:other' });
    const controller = new AbortController();
    const reason = { why: 'enough' };
    const target: RestoreTarget = {
      ...inner,
      prepareCollection: (path) => inner.prepareCollection(path),
      createItem: (...request) => inner.createItem(...request),
      [call]: () => {
        controller.abort(reason);
        return Promise.reject(refused);
      },
    };
    const plan = await repository.planRestore({ snapshot: 'latest' });
    const restore = repository.restore(plan, target, { signal: controller.signal });
    expect(await restore.catch((error: unknown) => error)).toBe(reason);
  });

  it('deletes no other version any more', async () => {
    const { mailbox, repository } = await backedUp();
    mailbox.put('inbox', sampleItem('a', { version: 2, size: 99 }));
    const controller = new AbortController();
    const reason = { why: 'enough' };
    const target: RestoreTarget = {
      ...mailbox,
      async createItem(...request) {
        const created = await mailbox.createItem(...request);
        controller.abort(reason);
        return created;
      },
      deleteItem: (...request) => mailbox.deleteItem(...request),
    };
    const plan = await repository.planRestore({ snapshot: 'latest', onConflict: 'replace' });
    const restore = repository.restore(plan, target, { signal: controller.signal });
    expect(await restore.catch((error: unknown) => error)).toBe(reason);
    expect(mailbox.contents().get('inbox')).toHaveLength(4);
    expect(await repository.restore(plan, mailbox)).toMatchObject({ actions: { replace: 1, skip: 2 } });
    expect(mailbox.contents().get('inbox')).toHaveLength(3);
  });

  it('ends with what its listener throws, whatever that is, and counts the item once', async () => {
    const { repository } = await backedUp();
    const plan = await repository.planRestore({ snapshot: 'latest' });
    const told: string[] = [];
    const restore = repository.restore(plan, memoryMailbox({ id: 'memory:other' }), {
      concurrency: 1,
      onProgress(event) {
        if (event.type === 'progress') return;
        told.push(`${event.type} ${event.item}`);
        throw refused;
      },
    });
    await expect(restore).rejects.toBe(refused);
    expect(told).toEqual(['item-restored a']);
  });
});

describe('a version that the target takes only in part', () => {
  it('is put beside the other one, which no run deletes', async () => {
    const { mailbox, repository } = await backedUp();
    mailbox.put('inbox', sampleItem('a', { version: 2, size: 99 }));
    const omitted: OmittedPart[] = [{ part: 'attachment/1', reason: 'TooLarge', lost: true }];
    const target: RestoreTarget = {
      ...mailbox,
      createItem: async (...request) => ({ ...(await mailbox.createItem(...request)), omitted }),
      findItems: async (...request) =>
        (await mailbox.findItems(...request)).map((told) =>
          told.same?.startsWith('restored-') === true ? { ...told, omitted } : told,
        ),
      deleteItem: (...request) => mailbox.deleteItem(...request),
    };
    const plan = await repository.planRestore({ snapshot: 'latest', onConflict: 'replace' });
    const report = await repository.restore(plan, target);
    expect(report).toMatchObject({ actions: { copy: 1, replace: 0 }, omissions: [{ item: 'a', omitted }] });
    const again = await repository.restore(plan, target);
    expect(again).toMatchObject({ restored: 0, skipped: 3, result: 'complete-with-failures' });
    expect(again.omissions).toMatchObject([{ item: 'a', omitted }]);
    expect(mailbox.contents().get('inbox')).toHaveLength(4);
  });
});
