import type { AttachmentContent, MessageState } from '@holdfast/simulators/exchange';
import type { PlanRestoreOptions, RestoreReport } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { fastClock } from './fast-clock.ts';
import { draft, letter } from './letters.ts';
import { ADA, EVE, startWorld } from './world.ts';
import type { World } from './world.ts';

const POLICIES = ['skip', 'copy', 'replace', 'only-missing'] as const;

async function restore(
  { repository, ada, eve }: World,
  choice: Partial<PlanRestoreOptions> = {},
  target: 'ada' | 'eve' = 'ada',
): Promise<RestoreReport> {
  const plan = await repository.planRestore({ snapshot: 'latest', ...choice });
  return repository.restore(plan, target === 'ada' ? ada : eve);
}

function file(number: number): AttachmentContent {
  const bytes = new Uint8Array(200).fill(number);
  const common = { contentType: 'application/octet-stream', isInline: false, contentId: undefined } as const;
  return { kind: 'file', name: `file-${number}.bin`, bytes, ...common };
}

const textOf = ({ content }: MessageState): string => content.body.content;

describe('messages that were restored and are backed up themselves', () => {
  async function restoredAndBackedUp(count = 5): Promise<World> {
    const world = await startWorld({ key: 'none' });
    for (let i = 0; i < count; i += 1) await world.control.addMessage(ADA, 'inbox', letter(i));
    await world.repository.backup(world.ada);
    await loseAll(world);
    await restore(world);
    await world.repository.backup(world.ada);
    return world;
  }
  async function loseAll({ control }: World): Promise<void> {
    for (const { id } of await control.messages(ADA)) control.deleteMessage(ADA, id);
  }

  it.each(POLICIES)('are known again after they were read or flagged (%s)', async (onConflict) => {
    await using world = await restoredAndBackedUp();
    for (const { id } of await world.control.messages(ADA)) {
      world.control.updateMessage(ADA, id, { isRead: true, flag: { flagStatus: 'flagged' } });
    }
    expect(await restore(world, { onConflict })).toMatchObject({ restored: 0, skipped: 5 });
    expect(await world.control.messages(ADA)).toHaveLength(5);
  });

  it('are known to a snapshot of the time before, and to every other one', async () => {
    await using world = await restoredAndBackedUp();
    const snapshots = await Array.fromAsync(world.repository.snapshots());
    expect(snapshots).toHaveLength(2);
    await loseAll(world);
    expect(await restore(world)).toMatchObject({ restored: 5 });
    for (const { id } of snapshots) {
      for (const onConflict of POLICIES) {
        expect(await restore(world, { snapshot: id, onConflict })).toMatchObject({ restored: 0 });
      }
    }
    expect(await world.control.messages(ADA)).toHaveLength(5);
  });

  it('are known in another mailbox that got them from a snapshot before', async () => {
    await using world = await restoredAndBackedUp();
    const snapshots = await Array.fromAsync(world.repository.snapshots());
    const first = snapshots.toSorted((a, b) => a.sequence - b.sequence)[0]?.id ?? '';
    expect(await restore(world, { snapshot: first }, 'eve')).toMatchObject({ restored: 5 });
    expect(await restore(world, {}, 'eve')).toMatchObject({ restored: 0, skipped: 5 });
  });

  it('stay beside each other where the snapshot has two of the same', async () => {
    await using world = await startWorld({ key: 'none' });
    await world.control.addMessage(ADA, 'inbox', letter(1));
    await world.control.addMessage(ADA, 'Archive', letter(1));
    await world.repository.backup(world.ada);
    const flat = { into: ['All'], structure: 'flat' } as const;
    for (const run of [2, 0]) expect(await restore(world, flat, 'eve')).toMatchObject({ restored: run });
  });

  it('are another version once they were edited', async () => {
    await using world = await startWorld({ key: 'none' });
    const { control } = world;
    control.deleteMessage(ADA, await lostDraft(world));
    await restore(world);
    await world.repository.backup(world.ada);
    const [made] = await control.messages(ADA);
    control.updateMessage(ADA, made?.id ?? '', { body: { contentType: 'text', content: 'edited' } });
    expect(await restore(world)).toMatchObject({ restored: 0, skipped: 1 });
    expect(await restore(world, { onConflict: 'replace' })).toMatchObject({ actions: { replace: 1 } });
    expect((await control.messages(ADA)).map(textOf)).toEqual([textOf(made as MessageState)]);
  });

  async function lostDraft({ control, repository, ada }: World): Promise<string> {
    const id = await control.addMessage(ADA, 'drafts', draft(1));
    await repository.backup(ada);
    return id;
  }
});

describe('a message without a Message-ID of its own', () => {
  it('is known by its id in the mailbox it was taken from', async () => {
    const clientClock = fastClock(1000);
    await using world = await startWorld({ key: 'none', clientClock });
    const { control, repository, ada } = world;
    const bytes = new TextEncoder().encode('From: eve@example.org\r\nSubject: Nameless\r\n\r\nNo name.\r\n');
    const id = await control.addMessage(ADA, 'inbox', bytes);
    control.failItem(id, { code: 'ErrorInternalServerError', parts: ['body'] });
    await repository.backup(ada);
    control.healItem(id);
    for (let i = 0; i < 600; i += 1) await control.addMessage(ADA, 'inbox', letter(i));
    for (const onConflict of POLICIES) {
      expect(await restore(world, { onConflict }), onConflict).toMatchObject({ restored: 0, skipped: 1 });
    }
    expect(
      (await control.messages(ADA, { mime: false })).filter(({ content }) => content.subject === 'Nameless'),
    ).toHaveLength(1);
  }, 30_000);
});

describe('a message with more attachments than a page of them has', () => {
  it('is whole, and is completed if it is not', async () => {
    await using world = await startWorld({ key: 'none' });
    const { control, repository, ada } = world;
    const attachments = Array.from({ length: 12 }, (_, index) => file(index));
    await control.addMessage(ADA, 'inbox', letter(1, { mime: undefined, attachments }));
    await repository.backup(ada);
    for (const run of [1, 0]) expect(await restore(world, {}, 'eve')).toMatchObject({ restored: run });
    const [made] = await control.messages(EVE);
    control.updateMessage(EVE, made?.id ?? '', { attachments: attachments.slice(0, 11) });
    for (const run of [1, 0]) expect(await restore(world, {}, 'eve')).toMatchObject({ actions: { complete: run } });
    expect((await control.messages(EVE))[0]?.content.attachments).toEqual(attachments);
  });
});

describe('a message of which something cannot be restored', () => {
  it('is told as incomplete by every run, and by none created again', async () => {
    await using world = await startWorld({ key: 'none' });
    const { control, repository, ada } = world;
    const attachments: AttachmentContent[] = [{ kind: 'reference', name: 'Plan.docx', isInline: false }, file(1)];
    const content = letter(1, { mime: undefined, attachments, replyTo: [{ name: 'Bad', address: 'bad' }] });
    control.failItem(await control.addMessage(ADA, 'inbox', content), { code: 'ErrorCorruptData', parts: ['mime'] });
    await repository.backup(ada);
    const first = await restore(world, {}, 'eve');
    expect(first).toMatchObject({ result: 'complete-with-failures', restored: 1 });
    expect(first.omissions[0]?.omitted).toHaveLength(2);
    const again = await restore(world, {}, 'eve');
    expect(again).toMatchObject({ result: 'complete-with-failures', restored: 0, skipped: 1 });
    expect(again.omissions).toEqual(first.omissions);
  });

  it('keeps what was taken as it is, also where a refused attachment has the same name', async () => {
    await using world = await startWorld({ key: 'none' });
    const { control, repository, ada, eve } = world;
    const inner = (bytes: number): AttachmentContent => {
      const attached = { ...file(1), bytes: new Uint8Array(bytes) } as AttachmentContent;
      return {
        kind: 'item',
        name: 'Re: Hello',
        isInline: false,
        item: letter(7, { mime: undefined, subject: 'Re: Hello', attachments: [attached] }),
      };
    };
    await control.addMessage(ADA, 'inbox', letter(1, { mime: undefined, attachments: [inner(4_000_000), inner(10)] }));
    await repository.backup(ada);
    const plan = await repository.planRestore({ snapshot: 'latest' });
    for (const run of ['create', 'complete', 'complete']) {
      const { actions, omissions } = await repository.restore(plan, eve);
      expect(actions).toMatchObject({ [run]: 1 });
      expect(omissions).toMatchObject([{ omitted: [{ part: 'attachment/1', lost: true }] }]);
      expect((await control.messages(EVE))[0]?.content.attachments).toHaveLength(1);
    }
  }, 30_000);

  it('replaces nothing', async () => {
    await using world = await startWorld({ key: 'none' });
    const { control, repository, ada } = world;
    const attachments: AttachmentContent[] = [{ kind: 'reference', name: 'Plan.docx', isInline: false }];
    const id = await control.addMessage(ADA, 'drafts', { ...draft(1), attachments });
    control.failItem(id, { code: 'ErrorCorruptData', parts: ['mime'] });
    await repository.backup(ada);
    control.updateMessage(ADA, id, { body: { contentType: 'text', content: 'edited, with its link' } });
    for (const actions of [{ copy: 1 }, { skip: 1 }, { skip: 1 }]) {
      expect(await restore(world, { onConflict: 'replace' })).toMatchObject({ actions });
      expect((await control.messages(ADA)).map((message) => message.id)).toContain(id);
    }
    expect(await control.messages(ADA)).toHaveLength(2);
  });
});

it('replaces at once what an interrupted run had begun to replace', async () => {
  await using world = await startWorld({ key: 'none' });
  const { control, repository, ada } = world;
  const attachments = [file(1), file(2)];
  const id = await control.addMessage(ADA, 'drafts', { ...draft(1), attachments });
  await repository.backup(ada);
  const edited = { body: { contentType: 'text', content: 'edited' } } as const;
  control.updateMessage(ADA, id, edited);
  await restore(world, { onConflict: 'copy' });
  const made = (await control.messages(ADA)).find((message) => message.id !== id);
  control.updateMessage(ADA, made?.id ?? '', { attachments: [file(1)] });
  expect(await restore(world, { onConflict: 'replace' })).toMatchObject({ actions: { replace: 1 } });
  expect((await control.messages(ADA)).map(({ content }) => content.attachments)).toEqual([attachments]);
  expect(await restore(world, { onConflict: 'replace' })).toMatchObject({ restored: 0 });
});

describe('a look into a folder', () => {
  it('overlooks nothing that moves to another page while it is listed', async () => {
    await using world = await startWorld({ key: 'none' });
    const { control, repository, ada } = world;
    // Whichever way the list is ordered, one of these is on its first page.
    const passing = [await control.addMessage(ADA, 'inbox', letter(0))];
    for (let i = 1; i < 1100; i += 1) await control.addMessage(ADA, 'inbox', letter(i));
    passing.push(await control.addMessage(ADA, 'inbox', letter(1100)));
    await repository.backup(ada);
    let pages = 0;
    const end = control.onRequest(({ path }) => {
      if (!/\/messages\?.*top=500/.test(path)) return;
      pages += 1;
      if (pages === 2) for (const id of passing) control.deleteMessage(ADA, id);
    });
    const report = await restore(world, { onConflict: 'skip' });
    end();
    expect(pages).toBeGreaterThan(2);
    // Of the two that are gone, one was seen before.
    expect(report.restored).toBeLessThanOrEqual(1);
    const subjects = (await control.messages(ADA, { mime: false })).map(({ content }) => content.subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  }, 30_000);

  it('takes a service that fails for no proof that nothing is there', async () => {
    await using world = await startWorld({ key: 'none', clientClock: fastClock(10_000) });
    const { control, repository, ada } = world;
    for (let i = 0; i < 600; i += 1) await control.addMessage(EVE, 'inbox', letter(1000 + i));
    await control.addMessage(ADA, 'inbox', letter(1));
    await control.addMessage(EVE, 'inbox', letter(1));
    await repository.backup(ada);
    // As often as one request is tried.
    control.throttle({ count: 8, status: 503, kinds: ['messages'] });
    await expect(restore(world, {}, 'eve')).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });
    expect(await control.messages(EVE, { mime: false })).toHaveLength(601);
  }, 60_000);
});

it('is previewed as it is done where one message of the target is all that there is of two', async () => {
  await using world = await startWorld({ key: 'none' });
  const { control, repository, ada, eve } = world;
  for (const folder of ['inbox', 'Archive']) await control.addMessage(ADA, folder, letter(1));
  await control.addMessage(EVE, 'drafts', letter(1));
  await repository.backup(ada);
  const plan = await repository.planRestore({ snapshot: 'latest', onConflict: 'only-missing', into: ['New'] });
  const { actions } = await repository.previewRestore(plan, eve);
  expect((await repository.restore(plan, eve)).actions).toEqual(actions);
});
