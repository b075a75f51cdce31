import { SourceError } from '@holdfast/contracts';
import type { RestorableItem, RestoreTarget } from '@holdfast/contracts';
import type { ConflictPolicy, RestorePlan, RestoreReport } from '@holdfast/core';
import { restoreText } from '@holdfast/core';
import { memoryMailbox } from '@holdfast/testkit';
import type { MemoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';

const POLICIES: readonly ConflictPolicy[] = ['copy', 'only-missing', 'replace', 'skip'];

async function backedUp(): Promise<Harness> {
  const harness = await createHarness();
  const { mailbox } = harness;
  mailbox.addCollection('inbox');
  mailbox.addCollection('work', { parent: 'inbox', name: 'Work' });
  mailbox.addCollection('sent');
  for (const id of ['a', 'b', 'c']) mailbox.put('inbox', sampleItem(id));
  for (const id of ['d', 'e']) mailbox.put('work', sampleItem(id));
  mailbox.put('sent', sampleItem('f'));
  await harness.repository.backup(mailbox);
  return harness;
}

function actionsOf({ items }: RestoreReport): Record<string, string> {
  return Object.fromEntries(items.map(({ item, action }) => [item, action]));
}

function idsIn(mailbox: MemoryMailbox): Record<string, readonly string[]> {
  return Object.fromEntries([...mailbox.contents()].map(([id, items]) => [id, items.map((item) => item.id)]));
}

describe('a restore that is run again', () => {
  it.each(POLICIES)(
    'creates nothing with the policy %s, neither in its own mailbox nor in another',
    async (onConflict) => {
      const { mailbox, repository } = await backedUp();
      const other = memoryMailbox({ id: 'memory:other' });
      const plan = await repository.planRestore({ snapshot: 'latest', onConflict });
      expect(await repository.restore(plan, other)).toMatchObject({ restored: 6, skipped: 0, actions: { create: 6 } });
      const once = idsIn(other);
      for (const target of [other, mailbox]) {
        const report = await repository.restore(plan, target);
        expect(report).toMatchObject({ result: 'complete', restored: 0, skipped: 6, planned: 6 });
        expect(report.items.every(({ action, targetId }) => action === 'skip' && targetId !== undefined)).toBe(true);
      }
      expect(idsIn(other)).toEqual(once);
    },
  );
});

describe('an item of which the mailbox holds another version', () => {
  async function changed(
    onConflict: ConflictPolicy,
  ): Promise<{ mailbox: MemoryMailbox; report: RestoreReport; again: RestoreReport }> {
    const { mailbox, repository } = await backedUp();
    mailbox.put('inbox', sampleItem('a', { version: 2, size: 99 }));
    mailbox.remove('b');
    mailbox.move('d', 'sent');
    const plan = await repository.planRestore({ snapshot: 'latest', onConflict });
    const report = await repository.restore(plan, mailbox);
    return { mailbox, report, again: await repository.restore(plan, mailbox) };
  }
  const sizesOfA = (mailbox: MemoryMailbox): number[] =>
    [...mailbox.contents().values()]
      .flat()
      .filter(({ id }) => id === 'a' || id.endsWith('-a'))
      .map(({ parts }) => Object.values(parts).reduce((sum, bytes) => sum + bytes.length, 0))
      .toSorted((x, y) => x - y);

  it('stays as it is with skip', async () => {
    const { mailbox, report, again } = await changed('skip');
    expect(actionsOf(report)).toEqual({ a: 'skip', b: 'create', c: 'skip', d: 'create', e: 'skip', f: 'skip' });
    expect(report.items.find(({ item }) => item === 'a')?.targetId).toBe('a');
    expect(sizesOfA(mailbox)).toEqual([99]);
    expect(again.restored).toBe(0);
  });

  it('stays beside the one restored with copy', async () => {
    const { mailbox, report, again } = await changed('copy');
    expect(actionsOf(report)).toMatchObject({ a: 'copy', b: 'create', c: 'skip' });
    expect(sizesOfA(mailbox)).toEqual([99, 200]);
    expect(again.restored).toBe(0);
  });

  it('is replaced with replace, once the one restored is there', async () => {
    const { mailbox, report, again } = await changed('replace');
    expect(actionsOf(report)).toMatchObject({ a: 'replace', b: 'create', c: 'skip' });
    expect(sizesOfA(mailbox)).toEqual([200]);
    expect(again.restored).toBe(0);
  });

  it('stays, and so does what was moved elsewhere, with only-missing', async () => {
    const { mailbox, report, again } = await changed('only-missing');
    expect(actionsOf(report)).toEqual({ a: 'skip', b: 'create', c: 'skip', d: 'skip', e: 'skip', f: 'skip' });
    expect(sizesOfA(mailbox)).toEqual([99]);
    expect(again.restored).toBe(0);
  });

  it('is still there when the one to replace it cannot be created', async () => {
    const { mailbox, repository } = await backedUp();
    mailbox.put('inbox', sampleItem('a', { version: 2, size: 99 }));
    const refusing: RestoreTarget = {
      ...mailbox,
      createItem: (_, { id }) => Promise.reject(new SourceError('ERR_ITEM_REFUSED', { item: id, reason: 'No' })),
    };
    const plan = await repository.planRestore({ snapshot: 'latest', onConflict: 'replace' });
    expect(await repository.restore(plan, refusing)).toMatchObject({ failures: [{ item: 'a' }] });
    expect(sizesOfA(mailbox)).toEqual([99]);
  });

  it('is deleted by the next run if the first was interrupted between creating and deleting', async () => {
    const { mailbox, repository } = await backedUp();
    mailbox.put('inbox', sampleItem('a', { version: 2, size: 99 }));
    const plan = await repository.planRestore({ snapshot: 'latest', onConflict: 'replace' });
    const dying: RestoreTarget = {
      ...mailbox,
      createItem: (...call) => mailbox.createItem(...call),
      deleteItem: () => Promise.reject(new SourceError('ERR_SOURCE_UNREACHABLE', { reason: 'ECONNRESET' })),
    };
    await expect(repository.restore(plan, dying)).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });
    expect(sizesOfA(mailbox)).toEqual([99, 200]);
    expect(actionsOf(await repository.restore(plan, mailbox))).toMatchObject({ a: 'replace' });
    expect(sizesOfA(mailbox)).toEqual([200]);
  });
});

describe('an item that an interrupted restore left half there', () => {
  it('is completed, not created again', async () => {
    const { repository } = await backedUp();
    const other = memoryMailbox({ id: 'memory:other' });
    const completed: string[] = [];
    const target: RestoreTarget = {
      ...other,
      prepareCollection: (path) => other.prepareCollection(path),
      createItem: (...call) => other.createItem(...call),
      async findItems(...call) {
        const told = await other.findItems(...call);
        return told.map((presence) => ({ ...presence, whole: presence.same?.endsWith('-c') !== true }));
      },
      async completeItem(itemId) {
        completed.push(itemId);
        return { itemId, omitted: [{ part: 'attachment/2', reason: 'TooLarge', lost: true }] };
      },
    };
    const plan = await repository.planRestore({ snapshot: 'latest' });
    await repository.restore(plan, target);
    const before = idsIn(other);
    const report = await repository.restore(plan, target);
    expect(report).toMatchObject({ result: 'complete-with-failures', restored: 1, actions: { complete: 1, skip: 5 } });
    expect(report.omissions).toMatchObject([{ item: 'c', omitted: [{ part: 'attachment/2' }] }]);
    expect(completed).toHaveLength(1);
    expect(idsIn(other)).toEqual(before);
  });
});

describe('a plan', () => {
  const paths = ({ collections }: RestorePlan): Record<string, string> =>
    Object.fromEntries(
      collections.map(({ collection, path, count }) => [
        collection,
        `${path.map(({ name }) => name).join('/')} ${count}`,
      ]),
    );

  it('chooses folders with everything below them, or alone', async () => {
    const { repository } = await backedUp();
    const plan = (choice: object): Promise<RestorePlan> => repository.planRestore({ snapshot: 'latest', ...choice });
    expect(paths(await plan({ collections: ['inbox'] }))).toEqual({ inbox: 'inbox 3' });
    expect(paths(await plan({ collections: ['inbox'], recursive: true }))).toEqual({
      inbox: 'inbox 3',
      work: 'inbox/Work 2',
    });
    const items = [{ collection: 'work', item: 'd' }];
    expect(paths(await plan({ collections: ['inbox'], items }))).toEqual({ inbox: 'inbox 3', work: 'inbox/Work 1' });
  });

  it('goes into another folder: with the folders below what was chosen, or flat', async () => {
    const { repository } = await backedUp();
    const plan = (choice: object): Promise<RestorePlan> =>
      repository.planRestore({ snapshot: 'latest', into: ['Restored', 'Monday'], ...choice });
    expect(paths(await plan({}))).toEqual({
      inbox: 'Restored/Monday/inbox 3',
      work: 'Restored/Monday/inbox/Work 2',
      sent: 'Restored/Monday/sent 1',
    });
    expect(paths(await plan({ collections: ['work'] }))).toEqual({ work: 'Restored/Monday/Work 2' });
    expect(paths(await plan({ items: [{ collection: 'work', item: 'd' }] }))).toEqual({ work: 'Restored/Monday 1' });
    expect(paths(await plan({ structure: 'flat' }))).toEqual({
      inbox: 'Restored/Monday 3',
      work: 'Restored/Monday 2',
      sent: 'Restored/Monday 1',
    });
  });

  it('keeps two folders of one name apart', async () => {
    const { mailbox, repository } = await backedUp();
    mailbox.addCollection('work-2', { parent: 'sent', name: 'WORK' });
    mailbox.put('work-2', sampleItem('g'));
    await repository.backup(mailbox);
    const plan = await repository.planRestore({ snapshot: 'latest', collections: ['work', 'work-2'], into: ['Back'] });
    expect(paths(plan)).toEqual({ work: 'Back/Work 2', 'work-2': 'Back/WORK (2) 1' });
  });

  it('brings everything into the other folder, and again nothing', async () => {
    const { mailbox, repository } = await backedUp();
    const plan = await repository.planRestore({ snapshot: 'latest', into: ['Restored'], structure: 'flat' });
    expect((await repository.restore(plan, mailbox)).restored).toBe(6);
    expect((await repository.restore(plan, mailbox)).restored).toBe(0);
    expect(mailbox.contents().get('/Restored')).toHaveLength(6);
  });

  it('refuses what makes no sense', async () => {
    const { repository } = await backedUp();
    const plan = (choice: object): Promise<unknown> => repository.planRestore({ snapshot: 'latest', ...choice });
    await expect(plan({ onConflict: 'merge' })).rejects.toThrow(RangeError);
    await expect(plan({ structure: 'flat' })).rejects.toThrow(TypeError);
    await expect(plan({ into: [] })).rejects.toThrow(TypeError);
    await expect(plan({ into: ['Restored', ' '] })).rejects.toThrow(TypeError);
    const sound = await repository.planRestore({ snapshot: 'latest' });
    const altered = { ...sound, onConflict: 'merge' as ConflictPolicy };
    await expect(repository.restore(altered, memoryMailbox())).rejects.toThrow(RangeError);
  });
});

describe('a preview', () => {
  it('says of each item what the restore then does, and writes nothing', async () => {
    const { mailbox, repository } = await backedUp();
    mailbox.put('inbox', sampleItem('a', { version: 2, size: 99 }));
    mailbox.remove('b');
    mailbox.removeCollection('sent');
    for (const onConflict of POLICIES) {
      const plan = await repository.planRestore({ snapshot: 'latest', onConflict });
      const before = idsIn(mailbox);
      const preview = await repository.previewRestore(plan, mailbox);
      expect(idsIn(mailbox)).toEqual(before);
      expect(JSON.parse(JSON.stringify(preview)), 'a preview is plain data').toEqual(preview);
      const told = preview.collections.flatMap(({ previewed }) => previewed.map(({ item, action }) => [item, action]));
      expect(Object.fromEntries(told)).toEqual({
        a: { copy: 'copy', replace: 'replace', skip: 'skip', 'only-missing': 'skip' }[onConflict],
        b: 'create',
        c: 'skip',
        d: 'skip',
        e: 'skip',
        f: 'create',
      });
      expect(preview.collections.find(({ collection }) => collection === 'sent')?.exists).toBe(false);
      const text = restoreText(plan, preview);
      expect(text).toContain('1 of sent (new folder): create 1');
      expect(text).toMatch(/^ {4}create {4}Subject of b$/m);
    }
  });

  it('is text that no subject can break', async () => {
    const { mailbox, repository } = await backedUp();
    mailbox.put('sent', { ...sampleItem('x'), subject: 'one\r\n  create  two\u001b[2J\u2028' });
    await repository.backup(mailbox);
    const plan = await repository.planRestore({ snapshot: 'latest', collections: ['sent'] });
    const text = restoreText(plan, await repository.previewRestore(plan, memoryMailbox({ id: 'memory:other' })));
    expect(text.split('\n').filter((line) => line.startsWith('    '))).toHaveLength(2);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u2028]/);
    expect(restoreText(plan)).toBe(
      `restore of memory:mailbox, snapshot ${plan.snapshot}\n2 items in 1 folder; another version there stays as it is\n  2 of sent\n`,
    );
  });
});

describe('a folder that is deleted in the middle of a restore', () => {
  it('is made again, and nothing but what it held is missing', async () => {
    const { mailbox, repository } = await backedUp();
    for (let i = 0; i < 150; i += 1) mailbox.put('inbox', sampleItem(`more-${i}`));
    await repository.backup(mailbox);
    const other = memoryMailbox({ id: 'memory:other' });
    const plan = await repository.planRestore({ snapshot: 'latest', collections: ['inbox'] });
    let lost = 0;
    const report = await repository.restore(plan, other, {
      onProgress(event) {
        if (event.type === 'progress' || event.done !== 100) return;
        lost = other.contents().get('/inbox')?.length ?? 0;
        other.removeCollection('/inbox');
      },
    });
    expect(report).toMatchObject({ result: 'complete', restored: 153 });
    expect(lost).toBeGreaterThan(90);
    expect((await repository.restore(plan, other)).restored).toBe(lost);
    expect(other.contents().get('/inbox')).toHaveLength(153);
  });
});

it('keeps lines of exceptions alone, if that is what is wanted', async () => {
  const { mailbox, repository } = await backedUp();
  mailbox.put('inbox', sampleItem('a', { version: 2, size: 99 }));
  const plan = await repository.planRestore({ snapshot: 'latest', onConflict: 'copy' });
  const failing: RestoreTarget = {
    ...memoryMailbox({ id: 'memory:other' }),
    prepareCollection: () => Promise.resolve('x'),
    createItem: (_, { id }: RestorableItem) =>
      id === 'c'
        ? Promise.reject(new SourceError('ERR_ITEM_REFUSED', { item: id, reason: 'No' }))
        : Promise.resolve({ itemId: `new-${id}`, omitted: [] }),
  };
  const report = await repository.restore(plan, failing, { lines: 'exceptions' });
  expect(report.items).toEqual([
    { collection: 'inbox', item: 'c', subject: 'Subject of c', action: 'fail', targetId: undefined },
  ]);
  expect(await repository.restore(plan, mailbox, { lines: 'exceptions' })).toMatchObject({
    items: [{ item: 'a', action: 'copy' }],
  });
});
