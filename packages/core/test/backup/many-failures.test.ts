import { SourceError } from '@holdfast/contracts';
import type { ChangeEvent } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { createFailureLog } from '../../src/backup/failure-log.ts';
import { createOmissionLog } from '../../src/backup/omission-log.ts';
import { createHarness } from '../support/harness.ts';
import { listedItem, scriptedSource } from '../support/scripted-source.ts';

const MANY = 12_000;
const UNREADABLE = new SourceError('ERR_ITEM_UNREADABLE', { item: 'some', reason: 'sick' });

/** Everything in one folder; in the first run nothing of it can be read. */
function sickFolder(): ReturnType<typeof scriptedSource> {
  return scriptedSource({
    collections: ['inbox'],
    async *changes(run, _, cursor): AsyncGenerator<ChangeEvent> {
      if (cursor === undefined) {
        for (let i = 0; i < MANY; i += 1) yield { type: 'item-changed', item: listedItem(`item-${i}`) };
      }
      yield { type: 'checkpoint', cursor: String(run), last: true };
    },
    read(run, item) {
      if (run === 1) throw UNREADABLE;
      return { parts: [{ name: 'message.eml', bytes: new TextEncoder().encode(item.id) }], omitted: [] };
    },
  });
}

describe('more failures than a report tells one by one', () => {
  it('are all counted, stored as counts, and read by the next run', { timeout: 60_000 }, async () => {
    const { repository, reopen, objects } = await createHarness();
    const { source, next } = sickFolder();
    const first = await repository.backup(source);
    expect(first.result).toBe('complete-with-failures');
    expect(first.coverage.totals).toMatchObject({ covered: 1, failedItems: MANY });
    expect(first.coverage.failures).toHaveLength(10_000);
    expect(first.coverage.leftOut).toEqual({ collections: 0, covered: 0, failures: MANY - 10_000, omitted: 0 });
    expect(first.coverage.collections).toMatchObject([{ id: 'inbox', failed: MANY }]);
    expect(first.snapshot.statistics.failed).toBe(MANY);
    expect(await (await reopen()).coverage({ snapshot: 'latest' })).toEqual(first.coverage);
    const [, object] = [...objects].find(([name]) => name.startsWith('snapshots/')) ?? [];
    expect(object?.bytes.length).toBeLessThan(300_000);

    next();
    const second = await repository.backup(source);
    expect(second).toMatchObject({ result: 'complete', snapshot: { statistics: { items: MANY, added: MANY } } });
    expect(second.coverage.leftOut).toEqual({ collections: 0, covered: 0, failures: 0, omitted: 0 });
    next();
    expect((await repository.backup(source)).unchanged).toBe(true);
  });

  it('of folders are all counted, and of those nobody claims that they are covered', { timeout: 60_000 }, async () => {
    const { repository } = await createHarness();
    const { source } = scriptedSource({
      collections: Array.from({ length: MANY + 1 }, (_, i) => `folder-${i}`),
      async *changes(_, collection): AsyncGenerator<ChangeEvent> {
        if (collection !== 'folder-7') throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'sick' });
        yield { type: 'checkpoint', cursor: 'c', last: true };
      },
    });
    const { coverage, result } = await repository.backup(source);
    expect(result).toBe('complete-with-failures');
    expect(coverage.totals).toMatchObject({ covered: 1, failed: MANY });
    expect(coverage.collections.filter(({ state }) => state === 'failed')).toHaveLength(10_000);
    expect(coverage.leftOut).toMatchObject({ collections: MANY - 10_000 });
    const stored = await repository.coverage({ snapshot: 'latest' });
    expect(stored.totals).toEqual(coverage.totals);
    expect(stored.collections.every(({ state }) => state === 'failed')).toBe(true);
    expect(stored.leftOut).toMatchObject({ collections: MANY - 10_000, covered: 1 });
  });
});

describe('createFailureLog', () => {
  it('takes back what was noted, with a line or without, and nothing else', () => {
    const log = createFailureLog();
    for (let i = 0; i < MANY; i += 1) {
      log.add({
        collection: i % 2 === 0 ? 'a' : 'b',
        item: i % 3 === 0 ? '' : String(i),
        code: 'X',
        reason: undefined,
      });
    }
    log.remove('a', 'never noted');
    log.remove('b', String(MANY - 1));
    log.remove('b', String(MANY - 1));
    log.remove('a', '2');
    expect([log.total, log.countOf('a'), log.countOf('b')]).toEqual([MANY - 2, MANY / 2 - 1, MANY / 2 - 1]);
    log.removeNameless('a');
    expect([log.total, log.countOf('a')]).toEqual([MANY - 2 - MANY / 6, MANY / 2 - 1 - MANY / 6]);
    log.removeAll('b');
    expect([log.total, log.countOf('b')]).toEqual([log.countOf('a'), 0]);
    expect(log.lines.every(({ collection, item }) => collection === 'a' && item !== '')).toBe(true);
  });
});

describe('createOmissionLog', () => {
  it('counts the last that was said of an item, with a line or without', () => {
    const log = createOmissionLog();
    const parts = (collection: string, item: string, lost: readonly boolean[]) =>
      lost.map((isLost, i) => ({ collection, item, part: `p${i}`, reason: 'x', lost: isLost }));
    for (let i = 0; i < MANY; i += 1) log.set(`i${i}`, parts('a', `i${i}`, [true, false]));
    expect([log.total, log.lost, log.countOf('a'), log.lines.length]).toEqual([MANY * 2, MANY, MANY * 2, 10_000]);
    log.delete('never noted');
    for (const item of ['i0', `i${MANY - 1}`]) log.set(item, parts('b', item, [false]));
    expect([log.total, log.lost, log.countOf('a'), log.countOf('b')]).toEqual([
      MANY * 2 - 2,
      MANY - 2,
      MANY * 2 - 4,
      2,
    ]);
    for (let i = 0; i < MANY; i += 1) log.delete(`i${i}`);
    expect([log.total, log.lost, log.countOf('a'), log.countOf('b'), log.lines]).toEqual([0, 0, 0, 0, []]);
  });
});
