import { generateKey } from '@holdfast/crypto';
import type { CaptureOptions } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';
import type { Harness, HarnessOptions } from '../support/harness.ts';
import { mailboxContents, restoredContents } from '../support/restored.ts';
import { namesOf } from '../support/damage.ts';

const FULL: CaptureOptions = { mode: 'full' };
const DIFFERENTIAL: CaptureOptions = { mode: 'differential' };
const APART: CaptureOptions = { mode: 'full', selfContained: true };
const ITEMS = 30;
/** Large enough not to share a blob with other items, for such blobs come out otherwise in every run. */
const SIZE = 20_000;

async function filled(options: HarnessOptions = {}): Promise<Harness> {
  const harness = await createHarness({ pageSize: 5, ...options });
  for (const name of ['inbox', 'sent']) harness.mailbox.addCollection(name);
  for (let i = 0; i < ITEMS; i += 1)
    harness.mailbox.put(i % 2 === 0 ? 'inbox' : 'sent', sampleItem(`i-${i}`, { size: SIZE }));
  return harness;
}

/** Runs once; tells how many items were read, and how many bytes of data packs that added. */
async function run(
  { repository, mailbox, objects }: Harness,
  capture?: CaptureOptions,
): Promise<{ readonly reads: number; readonly packs: number; readonly id: string; readonly mode: string }> {
  const reads = mailbox.counts.reads;
  const packs = namesOf(objects, 'data/').length;
  const report = await repository.backup(mailbox, { capture });
  expect(report.result).toBe('complete');
  expect(await contentsOf(repository, report.snapshot.id)).toEqual(truthOf(mailbox));
  const { id, capture: told } = report.snapshot;
  expect(report.capture).toEqual(told);
  return {
    id,
    mode: told.selfContained ? `self-contained ${told.mode}` : told.mode,
    reads: mailbox.counts.reads - reads,
    packs: namesOf(objects, 'data/').length - packs,
  };
}

/** Interrupts a run after so many items were stored; checkpoints are written all the time. */
async function interrupt({ repository, mailbox }: Harness, capture: CaptureOptions, after: number): Promise<void> {
  const controller = new AbortController();
  let stored = 0;
  const running = repository.backup(mailbox, {
    capture,
    concurrency: 1,
    checkpoint: { items: 1 },
    signal: controller.signal,
    onProgress({ type }) {
      if (type === 'item-stored') stored += 1;
      if (type === 'checkpoint-written' && stored >= after) controller.abort('enough');
    },
  });
  await expect(running).rejects.toBe('enough');
}

describe('the mode of a run', () => {
  it.each([undefined, DIFFERENTIAL, FULL, { mode: 'incremental' } as const])(
    'is a full where there is no snapshot yet, whatever is asked (%o)',
    async (capture) => {
      expect(await run(await filled(), capture)).toMatchObject({ mode: 'full', reads: ITEMS });
    },
  );

  it('is what the repository was opened with, unless the run says otherwise', async () => {
    const harness = await filled({ capture: FULL });
    await run(harness);
    expect(await run(harness)).toMatchObject({ mode: 'full', reads: ITEMS });
    expect(await run(harness, {})).toMatchObject({ mode: 'incremental', reads: 0 });
  });

  it('is refused if it makes no sense', async () => {
    const { repository, mailbox } = await createHarness();
    for (const capture of [
      { mode: 'whole' },
      { selfContained: true },
      { mode: 'full', selfContained: 1 },
    ] as object[]) {
      await expect(repository.backup(mailbox, { capture })).rejects.toThrow(RangeError);
    }
    await expect(createHarness({ capture: { mode: 'differential', selfContained: true } })).rejects.toThrow(
      'only a full can be selfContained',
    );
  });

  it('is told by snapshots, with what it counts from', async () => {
    const harness = await filled();
    const first = await run(harness);
    const second = await run(harness);
    await run(harness, DIFFERENTIAL);
    await run(harness, APART);
    const listed = await Array.fromAsync((await harness.reopen()).snapshots());
    expect(listed.map(({ capture }) => capture)).toEqual([
      { mode: 'full', base: undefined, selfContained: true },
      { mode: 'differential', base: first.id, selfContained: false },
      { mode: 'incremental', base: first.id, selfContained: false },
      { mode: 'full', base: undefined, selfContained: false },
    ]);
    expect(second.mode).toBe('incremental');
  });
});

describe('a full', () => {
  it('reads every item again and stores nothing twice', async () => {
    const harness = await filled();
    await run(harness);
    const { reads, packs, id } = await run(harness, FULL);
    expect(reads).toBe(ITEMS);
    // One of trees: cursors are new, and bodies and item trees are the same.
    expect(packs).toBe(1);
    const report = (await Array.fromAsync(harness.repository.snapshots())).find((snapshot) => snapshot.id === id);
    expect(report?.statistics).toMatchObject({ added: 0, changed: 0, moved: 0, removed: 0, items: ITEMS });
    expect(await run(harness)).toMatchObject({ mode: 'incremental', reads: 0 });
  });

  it('finds content that changed without a word of the source', async () => {
    const harness = await filled();
    await run(harness);
    const bytes = harness.mailbox.contents().get('inbox')?.[0]?.parts['message.eml'] as Uint8Array;
    bytes[0] = 0x58;
    const quiet = await harness.repository.backup(harness.mailbox);
    expect(await contentsOf(harness.repository, quiet.snapshot.id)).not.toEqual(truthOf(harness.mailbox));
    await run(harness, FULL);
  });

  it('keeps what is stored of an item that cannot be read, and the next run settles it', async () => {
    for (const capture of [FULL, APART]) {
      const harness = await filled();
      await run(harness);
      harness.mailbox.failReads('i-3', 'ERR_ITEM_UNREADABLE');
      const { result, snapshot, coverage } = await harness.repository.backup(harness.mailbox, { capture });
      expect(result).toBe('complete-with-failures');
      expect(coverage.failures.map(({ item }) => item)).toEqual(['i-3']);
      expect(await contentsOf(harness.repository, snapshot.id)).toEqual(truthOf(harness.mailbox));
      harness.mailbox.failReads('i-3', undefined);
      await run(harness);
    }
  });

  it('moves, removes and adds like any other run', async () => {
    const harness = await filled();
    await run(harness);
    harness.mailbox.move('i-1', 'inbox');
    harness.mailbox.remove('i-2');
    harness.mailbox.put('sent', sampleItem('new'));
    harness.mailbox.removeCollection('nowhere');
    const { snapshot } = await harness.repository.backup(harness.mailbox, { capture: FULL });
    expect(snapshot.statistics).toMatchObject({ added: 1, moved: 1, removed: 1 });
    expect(await contentsOf(harness.repository)).toEqual(truthOf(harness.mailbox));
  });
});

describe('a differential', () => {
  it('reads again what changed since the last full, whatever was read between', async () => {
    const harness = await filled();
    await run(harness);
    harness.mailbox.put('inbox', sampleItem('a'));
    expect(await run(harness)).toMatchObject({ mode: 'incremental', reads: 1 });
    harness.mailbox.put('inbox', sampleItem('b'));
    harness.mailbox.remove('i-0');
    expect(await run(harness, DIFFERENTIAL)).toMatchObject({ mode: 'differential', reads: 2 });
    expect(await run(harness, DIFFERENTIAL)).toMatchObject({ mode: 'differential', reads: 2 });
    expect(await run(harness)).toMatchObject({ mode: 'incremental', reads: 0 });
    await run(harness, FULL);
    expect(await run(harness, DIFFERENTIAL)).toMatchObject({ mode: 'differential', reads: 0 });
  });

  it('is told all again, and reads no more, where the service forgot the cursors of the full', async () => {
    const harness = await filled();
    await run(harness);
    harness.mailbox.put('inbox', sampleItem('a'));
    await run(harness);
    harness.mailbox.expireCursors();
    expect(await run(harness, DIFFERENTIAL)).toMatchObject({ mode: 'differential', reads: 1 });
  });

  it('is a full where no full is left to count from', async () => {
    const harness = await filled();
    await run(harness);
    const [full] = namesOf(harness.objects, 'snapshots/');
    await run(harness);
    harness.objects.delete(full ?? '');
    harness.mailbox.put('inbox', sampleItem('a'));
    expect(await run({ ...harness, repository: await harness.reopen() }, DIFFERENTIAL)).toMatchObject({
      mode: 'full',
      reads: ITEMS + 1,
    });
  });
});

describe('a self-contained full', () => {
  it('is not gone behind by a differential, whatever older fulls are left', async () => {
    const harness = await filled();
    await run(harness);
    const before = namesOf(harness.objects, 'data/');
    const known = namesOf(harness.objects, 'snapshots/');
    await run(harness, APART);
    const apart = namesOf(harness.objects, 'snapshots/').find((name) => !known.includes(name));
    await run(harness);
    harness.objects.delete(apart ?? '');
    for (const name of before) harness.objects.delete(name);
    const reopened = { ...harness, repository: await harness.reopen() };
    expect(await run(reopened, DIFFERENTIAL)).toMatchObject({ mode: 'full', reads: ITEMS });
  });

  it.each(['none', generateKey()] as const)('needs no pack of before, and neither do later runs (%#)', async (key) => {
    const harness = await filled({ key });
    await run(harness);
    const before = namesOf(harness.objects, 'data/');
    const expected = [await run(harness, APART)];
    const texts = [mailboxContents(harness.mailbox)];
    harness.mailbox.put('inbox', sampleItem('later'));
    harness.mailbox.move('i-1', 'inbox');
    for (const capture of [undefined, DIFFERENTIAL, FULL]) {
      expected.push(await run(harness, capture));
      texts.push(mailboxContents(harness.mailbox));
    }
    for (const name of before) expect(harness.objects.delete(name)).toBe(true);
    const reopened = await harness.reopen();
    for (const [position, { id }] of expected.entries()) {
      expect(await restoredContents(reopened, id)).toEqual(texts[position]);
    }
    harness.mailbox.touch('i-5', { isRead: true });
    expect(await run({ ...harness, repository: reopened })).toMatchObject({ mode: 'incremental', reads: 0 });
  });

  it('shows what it could not tell out of copies of its own', async () => {
    const harness = await filled();
    await run(harness);
    const before = namesOf(harness.objects, 'data/');
    const text = mailboxContents(harness.mailbox);
    const broken = { ...harness.mailbox, usage: harness.mailbox.usage };
    const { SourceError } = await import('@holdfast/contracts');
    broken.changes = async function* changes(collection, options) {
      for await (const event of harness.mailbox.changes(collection, options)) {
        if (collection.id === 'sent') throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'broken' });
        yield event;
      }
    };
    const { result, snapshot } = await harness.repository.backup(broken, { capture: APART });
    expect(result).toBe('complete-with-failures');
    for (const name of before) harness.objects.delete(name);
    const reopened = await harness.reopen();
    expect(await restoredContents(reopened, snapshot.id)).toEqual(text);
    await run({ ...harness, repository: reopened });
  });

  it('does not show as a change between snapshots', async () => {
    const harness = await filled();
    const first = await run(harness);
    harness.mailbox.put('inbox', sampleItem('i-0', { version: 2 }));
    harness.mailbox.move('i-1', 'inbox');
    const second = await run(harness, APART);
    const differences = await Array.fromAsync(harness.repository.diff({ from: first.id, to: second.id }));
    expect(differences.map(({ type, item }) => [type, item.id])).toEqual([
      ['item-changed', 'i-0'],
      ['item-moved', 'i-1'],
    ]);
  });

  it('stores a body once that several items have', async () => {
    const harness = await filled();
    await run(harness);
    await run(harness, APART);
    harness.mailbox.put('inbox', { ...sampleItem('i-0', { size: SIZE }), id: 'copy' });
    const { packs, reads } = await run(harness);
    // Trees only.
    expect({ packs, reads }).toEqual({ packs: 1, reads: 1 });
  });
});

describe('a run that was interrupted', () => {
  it.each([
    ['full', FULL, undefined],
    ['full', FULL, DIFFERENTIAL],
    ['full', FULL, FULL],
    ['self-contained full', APART, undefined],
    ['self-contained full', APART, APART],
  ] as const)('is gone on with as a %s, and reads each item once (%#)', async (mode, first, then) => {
    const harness = await filled();
    await run(harness);
    const { reads } = harness.mailbox.counts;
    await interrupt(harness, first, 12);
    const done = harness.mailbox.counts.reads - reads;
    expect(done).toBeGreaterThanOrEqual(12);
    expect(done).toBeLessThan(ITEMS);
    // A folder that the source does not list for a while is not taken for read.
    const rest = await run({ ...harness, repository: await harness.reopen() }, then);
    expect(rest.mode).toBe(mode);
    expect(done + rest.reads).toBeGreaterThanOrEqual(ITEMS);
    expect(done + rest.reads, 'what was read before the checkpoint is not read again').toBeLessThanOrEqual(ITEMS + 5);
    expect(await run(harness)).toMatchObject({ mode: 'incremental', reads: 0 });
  });

  it('as a full reads what it could not read before, although the source says that it is the same', async () => {
    const harness = await filled();
    await run(harness);
    harness.mailbox.failReads('i-0', 'ERR_ITEM_UNREADABLE');
    await interrupt(harness, FULL, 12);
    harness.mailbox.failReads('i-0', undefined);
    const item = harness.mailbox
      .contents()
      .get('inbox')
      ?.find(({ id }) => id === 'i-0');
    item?.parts['message.eml']?.fill(0x58);
    expect(await run(harness)).toMatchObject({ mode: 'full' });
  });

  it('gives way to one that is to be more', async () => {
    const harness = await filled();
    const first = await run(harness);
    for (let i = 0; i < 20; i += 1) harness.mailbox.put('inbox', sampleItem(`n-${i}`));
    await interrupt(harness, {}, 8);
    expect(await run(harness, DIFFERENTIAL)).toMatchObject({ mode: 'differential', reads: 20 });
    expect((await Array.fromAsync(harness.repository.snapshots()))[0]?.capture.base).toBe(first.id);
    harness.mailbox.put('inbox', sampleItem('last'));
    await interrupt(harness, DIFFERENTIAL, 8);
    expect(await run(harness, FULL)).toMatchObject({ mode: 'full', reads: ITEMS + 21 });
    await interrupt(harness, FULL, 8);
    expect(await run(harness, APART)).toMatchObject({ mode: 'self-contained full', reads: ITEMS + 21 });
  });

  it('as a full does not take a folder for read that was not listed for a while', async () => {
    const harness = await filled();
    await run(harness);
    const partly = {
      ...harness.mailbox,
      async *collections() {
        for await (const event of harness.mailbox.collections()) if (event.collection.id !== 'sent') yield event;
      },
    };
    const { reads } = harness.mailbox.counts;
    await interrupt({ ...harness, mailbox: partly }, FULL, 8);
    const done = harness.mailbox.counts.reads - reads;
    const rest = await run(harness);
    expect(rest.mode).toBe('full');
    expect(done + rest.reads).toBeGreaterThanOrEqual(ITEMS);
  });

  it('as a self-contained full is whole at its end without any pack of before', async () => {
    const harness = await filled();
    await run(harness);
    const before = namesOf(harness.objects, 'data/');
    await interrupt(harness, APART, 12);
    harness.mailbox.failReads('i-29', 'ERR_ITEM_UNREADABLE');
    const { snapshot } = await harness.repository.backup(harness.mailbox);
    expect(snapshot.capture.selfContained).toBe(true);
    for (const name of before) harness.objects.delete(name);
    const reopened = await harness.reopen();
    expect(await restoredContents(reopened, snapshot.id)).toEqual(mailboxContents(harness.mailbox));
  });
});
