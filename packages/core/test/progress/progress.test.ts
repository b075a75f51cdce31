import { createPause } from '@holdfast/core';
import type { OperationProgress } from '@holdfast/core';
import type { Source } from '@holdfast/contracts';
import { memoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';

const ITEMS = 60;

async function filled(): Promise<Harness> {
  const harness = await createHarness({ pageSize: 10 });
  for (const name of ['inbox', 'sent']) harness.mailbox.addCollection(name);
  for (let i = 0; i < ITEMS; i += 1) harness.mailbox.put(i % 2 === 0 ? 'inbox' : 'sent', sampleItem(`i-${i}`));
  return harness;
}

/** The mailbox, with how many items each collection holds, and half a second for each read. */
function toldAndSlow({ mailbox, clock }: Harness, { counts = true } = {}): Source {
  return {
    ...mailbox,
    async *collections() {
      for await (const event of mailbox.collections()) {
        const itemCount = counts ? mailbox.contents().get(event.collection.id)?.length : undefined;
        yield { ...event, collection: { ...event.collection, itemCount } };
      }
    },
    async read(...request) {
      await clock.sleep(500);
      return mailbox.read(...request);
    },
  };
}

const isProgress = (event: { readonly type: string }): event is OperationProgress => event.type === 'progress';

describe('progress of a backup', () => {
  it('tells phases, items, bytes, rates and the end, which is near the truth', async () => {
    const harness = await filled();
    const { repository, clock } = harness;
    const told: OperationProgress[] = [];
    const onProgress = (event: { readonly type: string }): void => void (isProgress(event) && told.push(event));
    const report = await clock.runUntil(repository.backup(toldAndSlow(harness), { onProgress, concurrency: 1 }));
    const end = clock.now();
    const phases = told.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]);
    expect(phases.slice(0, 3)).toEqual(['listing', 'reading', 'settling']);
    expect(phases.slice(-2)).toEqual(['storing', 'committing']);
    expect(told.at(-1)).toMatchObject({
      items: { expected: ITEMS },
      bytes: { done: report.snapshot.statistics.bytesRead, expected: undefined },
    });
    expect(told.at(-1)?.items.done).toBe(ITEMS);
    const middle = told.filter(({ items: { done } }) => done > 10 && done < ITEMS);
    expect(middle.length).toBeGreaterThan(20);
    for (const { itemsPerSecond, estimatedEnd } of middle) {
      expect(itemsPerSecond).toBeCloseTo(2, 0);
      expect(Math.abs((estimatedEnd?.getTime() ?? 0) - end)).toBeLessThan(3000);
    }
    for (const [i, { items, bytes }] of told.entries()) {
      expect(items.done).toBeGreaterThanOrEqual(told[i - 1]?.items.done ?? 0);
      expect(bytes.done).toBeGreaterThanOrEqual(told[i - 1]?.bytes.done ?? 0);
    }
  });

  it('expects what the last snapshot has where the source does not say, and nothing of changes', async () => {
    const harness = await filled();
    const { repository, clock } = harness;
    const source = toldAndSlow(harness, { counts: false });
    const expectedOf = async (mode: 'incremental' | 'full'): Promise<Set<number | undefined>> => {
      const seen = new Set<number | undefined>();
      const onProgress = (event: { readonly type: string }): void =>
        void (isProgress(event) && event.phase === 'committing' && seen.add(event.items.expected));
      await clock.runUntil(repository.backup(source, { capture: { mode }, onProgress }));
      return seen;
    };
    expect(await expectedOf('incremental'), 'of the first run nobody knows').toEqual(new Set([undefined]));
    expect(await expectedOf('full')).toEqual(new Set([ITEMS]));
    expect(await expectedOf('incremental')).toEqual(new Set([undefined]));
  });

  it('does not look at the clock for an item where nobody listens', async () => {
    const looksFor = async (items: number, listener: (() => void) | undefined): Promise<number> => {
      const harness = await createHarness({ pageSize: 1000 });
      harness.mailbox.addCollection('inbox');
      for (let i = 0; i < items; i += 1) harness.mailbox.put('inbox', sampleItem(`i-${i}`));
      let looks = 0;
      const { clock } = harness;
      const now = clock.now.bind(clock);
      clock.now = () => {
        looks += 1;
        return now();
      };
      await harness.repository.backup(harness.mailbox, { onProgress: listener });
      return looks;
    };
    const perItem = async (listener: (() => void) | undefined): Promise<number> =>
      ((await looksFor(300, listener)) - (await looksFor(10, listener))) / 290;
    expect(await perItem(undefined)).toBe(0);
    expect(await perItem(() => {})).toBeGreaterThan(1);
  });
});

describe('progress of a restore and of a check', () => {
  it('has the same form', async () => {
    const { repository, mailbox } = await filled();
    await repository.backup(mailbox);
    const told: OperationProgress[] = [];
    const onProgress = (event: { readonly type: string }): void => void (isProgress(event) && told.push(event));
    const plan = await repository.planRestore({ snapshot: 'latest' });
    const report = await repository.restore(plan, memoryMailbox({ id: 'memory:other' }), { onProgress });
    expect(told.map(({ phase }) => phase)).toEqual(['listing', 'restoring', 'restoring']);
    expect(told.at(-1)).toMatchObject({
      items: { done: ITEMS, expected: ITEMS },
      bytes: { done: report.bytesRead, expected: undefined },
    });
  });

  it.each(['listing', 'index', 'ciphertext', 'decryption'] as const)(
    'of a check at level %s ends with all that was expected',
    async (level) => {
      const { repository, mailbox } = await filled();
      await repository.backup(mailbox);
      await repository.backup(mailbox, { capture: { mode: 'full', selfContained: true } });
      const told: OperationProgress[] = [];
      let objects = 0;
      const report = await repository.check({
        level,
        onProgress(event) {
          if (event.type === 'progress') told.push(event);
          else objects += 1;
        },
      });
      expect(report.result).toBe('sound');
      const last = told.at(-1);
      expect(told.map(({ phase }) => phase)).toEqual(['listing', 'reading', 'reading']);
      expect(last?.items).toEqual({ done: objects, expected: objects });
      const readsAll = level === 'ciphertext' || level === 'decryption';
      expect(last?.bytes.expected).toBe(readsAll ? last?.bytes.done : undefined);
    },
  );
});

describe('a pause', () => {
  it('holds a backup up between two items, for as long as it lasts', async () => {
    const harness = await filled();
    const { repository, mailbox, clock } = harness;
    const pause = createPause();
    const held = Promise.withResolvers<void>();
    const slow = toldAndSlow(harness);
    const source: Source = {
      ...slow,
      read(...request) {
        if (mailbox.counts.reads === 20) {
          pause.pause();
          held.resolve();
        }
        return slow.read(...request);
      },
    };
    const backup = repository.backup(source, { pause, concurrency: 2 });
    await clock.runUntil(held.promise);
    await clock.advance(3_600_000);
    const { reads } = mailbox.counts;
    expect(reads).toBeLessThanOrEqual(20 + 4);
    await clock.advance(3_600_000);
    expect(mailbox.counts.reads).toBe(reads);
    expect(pause.paused).toBe(true);
    pause.resume();
    await clock.runUntil(backup);
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
  });

  it('can be ended by an abort, with the reason itself', async () => {
    const { repository, mailbox } = await filled();
    await repository.backup(mailbox);
    const plan = await repository.planRestore({ snapshot: 'latest' });
    const operations: readonly ((options: {
      signal: AbortSignal;
      pause: ReturnType<typeof createPause>;
    }) => unknown)[] = [
      (options) => repository.backup(mailbox, { ...options, capture: { mode: 'full' } }),
      (options) => repository.restore(plan, memoryMailbox({ id: 'memory:other' }), options),
      (options) => repository.check(options),
    ];
    for (const begin of operations) {
      const controller = new AbortController();
      const pause = createPause();
      pause.pause();
      const running = Promise.resolve(begin({ signal: controller.signal, pause })).catch((error: unknown) => error);
      const reason = { why: 'enough' };
      setTimeout(() => controller.abort(reason), 20);
      expect(await running).toBe(reason);
    }
  });

  it('holds a restore and a check up, and lets them go on', async () => {
    const { repository, mailbox } = await filled();
    await repository.backup(mailbox);
    const plan = await repository.planRestore({ snapshot: 'latest' });
    const other = memoryMailbox({ id: 'memory:other' });
    const pause = createPause();
    pause.pause();
    const restore = repository.restore(plan, other, { pause });
    const check = repository.check({ pause });
    await new Promise((resolve) => void setTimeout(resolve, 50));
    expect([...other.contents().values()].flat()).toEqual([]);
    pause.resume();
    expect(await restore).toMatchObject({ result: 'complete', restored: ITEMS });
    expect(await check).toMatchObject({ result: 'sound' });
  });

  it('that is closed again before anybody had a turn still holds', async () => {
    const pause = createPause();
    pause.resume();
    await pause.whenOpen();
    pause.pause();
    pause.pause();
    let open = false;
    const waiting = pause.whenOpen().then(() => (open = true));
    pause.resume();
    pause.pause();
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect(open).toBe(false);
    pause.resume();
    await waiting;
    const aborted = new AbortController();
    aborted.abort('over');
    await expect(pause.whenOpen({ signal: aborted.signal })).rejects.toBe('over');
  });
});
