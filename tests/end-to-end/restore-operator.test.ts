import type { AttachmentContent, MessageState } from '@holdfast/simulators/exchange';
import type { ConflictPolicy, PlanRestoreOptions, RestoreReport } from '@holdfast/core';
import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { draft, letter } from './letters.ts';
import { ADA, EVE, startWorld } from './world.ts';
import type { World } from './world.ts';

const FOLDERS = ['inbox', 'Projects/Bridge', 'Archive'];

/** A mailbox of some letters in three folders, backed up. */
async function backedUp(options: { readonly letters?: number } = {}): Promise<{ world: World; ids: string[] }> {
  const world = await startWorld({ key: 'none' });
  const ids: string[] = [];
  for (let i = 0; i < (options.letters ?? 12); i += 1) {
    ids.push(await world.control.addMessage(ADA, FOLDERS[i % 3] ?? '', letter(i)));
  }
  await world.repository.backup(world.ada);
  return { world, ids };
}

async function restore(
  { repository, ada, eve }: World,
  choice: Partial<PlanRestoreOptions> = {},
  target: 'ada' | 'eve' = 'ada',
): Promise<RestoreReport> {
  const plan = await repository.planRestore({ snapshot: 'latest', ...choice });
  return repository.restore(plan, target === 'ada' ? ada : eve);
}

/** Messages by folder and subject, as people see them. */
async function seen({ control }: World, mailbox: string): Promise<string[]> {
  return (await control.messages(mailbox))
    .map(({ folder, content }) => `${folder.join('/')}: ${content.subject}`)
    .toSorted();
}

const textOf = ({ content }: MessageState): string => content.body.content;

describe('a restore into the mailbox it was taken from', () => {
  it('brings back what was deleted, where it was, and touches nothing else', async () => {
    const { world, ids } = await backedUp();
    await using _ = world;
    const before = await seen(world, ADA);
    for (const id of ids.slice(0, 5)) world.control.deleteMessage(ADA, id);
    const kept = new Set(ids.slice(5));
    world.exchange.requests.reset();
    const report = await restore(world);
    expect(report).toMatchObject({ result: 'complete', restored: 5, skipped: 7, actions: { create: 5, skip: 7 } });
    expect(await seen(world, ADA)).toEqual(before);
    const now = new Set((await world.control.messages(ADA)).map(({ id }) => id));
    for (const id of kept) expect(now).toContain(id);
    expect(world.exchange.requests.counts).toMatchObject({ create: 5, update: 0 });

    world.exchange.requests.reset();
    expect(await restore(world)).toMatchObject({ restored: 0, skipped: 12 });
    expect(world.exchange.requests.counts).toMatchObject({ create: 0, update: 0, attach: 0, upload: 0 });
  });

  it('takes a message that was read or flagged since for the same', async () => {
    const { world, ids } = await backedUp();
    await using _ = world;
    for (const id of ids) world.control.updateMessage(ADA, id, { isRead: true, flag: { flagStatus: 'flagged' } });
    for (const onConflict of ['skip', 'copy', 'replace', 'only-missing'] as const) {
      expect(await restore(world, { onConflict })).toMatchObject({ restored: 0, skipped: 12 });
    }
  });

  it.each<[ConflictPolicy, readonly string[], number]>([
    ['skip', ['changed'], 0],
    ['only-missing', ['changed'], 0],
    ['copy', ['changed', 'original'], 1],
    ['replace', ['original'], 1],
  ])('treats an edited draft by the policy %s', async (onConflict, left, restored) => {
    await using world = await startWorld({ key: 'none' });

    const body = (content: string) => ({ body: { contentType: 'text' as const, content } });
    const id = await world.control.addMessage(ADA, 'drafts', { ...draft(1), ...body('original') });
    await world.repository.backup(world.ada);
    world.control.updateMessage(ADA, id, body('changed'));
    expect((await restore(world, { onConflict })).restored).toBe(restored);
    expect((await world.control.messages(ADA)).map(textOf).toSorted()).toEqual(left);
    expect((await restore(world, { onConflict })).restored).toBe(0);
    expect((await world.control.messages(ADA)).map(textOf).toSorted()).toEqual(left);
    expect((await world.control.messages(ADA)).every(({ content }) => content.isDraft)).toBe(true);
  });

  it('keeps two messages of one Message-ID apart, the same and other ones', async () => {
    await using world = await startWorld({ key: 'none' });
    const { control } = world;
    const list = letter(1, { mime: undefined, body: { contentType: 'text', content: 'sent to the whole list' } });
    const ids = [letter(1), letter(1), list].map((content) => control.addMessage(ADA, 'inbox', content));
    const [first = ''] = await Promise.all(ids);
    await world.repository.backup(world.ada);
    const texts = (await control.messages(ADA)).map(textOf).toSorted();
    for (const onConflict of ['skip', 'copy', 'replace', 'only-missing'] as const) {
      expect((await restore(world, { onConflict })).restored).toBe(0);
    }
    control.deleteMessage(ADA, first);
    expect((await restore(world)).restored).toBe(1);
    expect((await control.messages(ADA)).map(textOf).toSorted()).toEqual(texts);
    for (let run = 0; run < 2; run += 1) {
      await restore(world, { onConflict: 'replace' }, 'eve');
      expect((await control.messages(EVE)).map(textOf).toSorted()).toEqual(texts);
    }
  });

  it('takes a copy that came back by other means for the same', async () => {
    const { world, ids } = await backedUp();
    await using _ = world;
    const [lost = ''] = ids;
    world.control.deleteMessage(ADA, lost);
    await world.control.addMessage(ADA, 'inbox', letter(0));
    expect((await restore(world, { onConflict: 'copy' })).restored).toBe(0);
  });

  it('with only-missing leaves what was moved, and brings back what was thrown away', async () => {
    const { world, ids } = await backedUp();
    await using _ = world;
    const [moved = '', thrown = '', deep = '', purged = ''] = ids;
    world.control.moveMessage(ADA, moved, 'Elsewhere');
    world.control.moveMessage(ADA, thrown, 'deleteditems');
    world.control.createFolder(ADA, ['Deleted Items', 'Old']);
    world.control.moveMessage(ADA, deep, ['Deleted Items', 'Old']);
    world.control.deleteMessage(ADA, purged);
    const report = await restore(world, { onConflict: 'only-missing' });
    expect(
      report.items
        .filter(({ action }) => action === 'create')
        .map(({ item }) => item)
        .toSorted(),
    ).toEqual([thrown, deep, purged].toSorted());
    expect((await restore(world, { onConflict: 'only-missing' })).restored).toBe(0);
    expect((await restore(world)).restored, 'skip looks in the folder alone').toBe(1);
  });
});

describe('a restore into another mailbox or another folder', () => {
  it('brings everything once, however often it is run', async () => {
    const { world } = await backedUp();
    await using _ = world;
    for (const run of [12, 0, 0]) expect((await restore(world, {}, 'eve')).restored).toBe(run);
    expect(await seen(world, EVE)).toEqual(await seen(world, ADA));

    for (const run of [12, 0]) expect((await restore(world, { into: ['Restored'] }, 'eve')).restored).toBe(run);
    const below = (await seen(world, EVE)).filter((line) => line.startsWith('Restored/'));
    expect(below).toEqual((await seen(world, ADA)).map((line) => `Restored/${line}`));

    const flat = { into: ['Restored', 'All'], structure: 'flat' } as const;
    for (const run of [12, 0]) expect((await restore(world, flat)).restored).toBe(run);
    expect((await seen(world, ADA)).filter((line) => line.startsWith('Restored/All: '))).toHaveLength(12);
  });

  it('takes for the same what both mailboxes received', async () => {
    const { world } = await backedUp();
    await using _ = world;
    await world.control.addMessage(EVE, 'inbox', letter(0));
    expect(await restore(world, {}, 'eve')).toMatchObject({ restored: 11, skipped: 1 });
  });

  it('costs few requests: a list of what a folder holds, or a look for each message', async () => {
    const { world } = await backedUp({ letters: 90 });
    await using _ = world;
    await restore(world, {}, 'eve');
    const { requests } = world.exchange;
    requests.reset();
    expect((await restore(world, {}, 'eve')).skipped).toBe(90);
    expect(requests.counts.messages).toBeLessThanOrEqual(3);
    requests.reset();
    for (let i = 0; i < 700; i += 1) await world.control.addMessage(EVE, 'inbox', letter(1000 + i));
    const { collection = '', items } =
      (await world.repository.planRestore({ snapshot: 'latest' })).collections.find(({ count }) => count > 0) ?? {};
    expect(items).toBe('all');
    const page = await world.repository.browse({ snapshot: 'latest', collection, pageSize: 1 });
    const one = [{ collection, item: page.items[0]?.id ?? '' }];
    expect(await restore(world, { items: one }, 'eve')).toMatchObject({ skipped: 1 });
    expect(requests.counts.messages).toBeLessThanOrEqual(3);
  });
});

describe('a message whose restore was interrupted', () => {
  function files(): AttachmentContent[] {
    const random = seededRandomness(4);
    return [1, 2, 3, 4].map((number) => ({
      kind: 'file',
      name: number === 3 ? 'same name.bin' : 'data.bin',
      contentType: 'application/octet-stream',
      isInline: false,
      contentId: undefined,
      bytes: random.bytes(number === 4 ? 3_500_000 : 500),
    }));
  }

  it.each([0, 1, 2, 3])(
    'is completed by the next run, which keeps the %i attachments that are there',
    async (present) => {
      await using world = await startWorld({ key: 'none' });
      const { control, repository, ada, eve } = world;
      await control.addMessage(ADA, 'inbox', letter(1, { mime: undefined, attachments: files() }));
      await control.addMessage(ADA, 'inbox', letter(2));
      await repository.backup(ada);
      await restore(world, {}, 'eve');
      const made = (await control.messages(EVE)).find(({ content }) => content.attachments.length > 0);
      // What a process that dies in the middle leaves behind.
      control.updateMessage(EVE, made?.id ?? '', { attachments: files().slice(0, present) });

      world.exchange.requests.reset();
      const plan = await repository.planRestore({ snapshot: 'latest' });
      const { actions } = await repository.previewRestore(plan, eve);
      expect(actions).toMatchObject({ complete: 1, skip: 1, create: 0 });
      expect(await repository.restore(plan, eve)).toMatchObject({
        result: 'complete',
        actions: { complete: 1, skip: 1 },
      });
      expect(world.exchange.requests.counts).toMatchObject({ create: 0, attach: 3 - Math.min(present, 3) });
      const messages = await control.messages(EVE);
      expect(messages).toHaveLength(2);
      expect(messages.find(({ id }) => id === made?.id)?.content.attachments).toEqual(files());
      expect((await repository.restore(plan, eve)).restored).toBe(0);
    },
  );
});
