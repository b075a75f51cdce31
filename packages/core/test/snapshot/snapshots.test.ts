import { openRepository } from '@holdfast/core';
import type { Repository } from '@holdfast/core';
import { silentLogger } from '@holdfast/contracts';
import type { CryptoError, RepositoryError } from '@holdfast/contracts';
import { generateKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { faultyDestination, memoryMailbox } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { resolveBudget } from '../../src/repository/budget.ts';
import { createVault } from '../../src/repository/vault.ts';
import { createCoverageReport } from '../../src/snapshot/coverage-report.ts';
import { parseCoverage, parseSnapshot, serialiseCoverage } from '../../src/snapshot/snapshot-json.ts';
import { flip, rewrite } from '../support/damage.ts';
import { contentsOf, createHarness, sampleItem, truthOf } from '../support/harness.ts';
import type { Harness } from '../support/harness.ts';
import { keysOf } from '../support/keys-of.ts';

describe('snapshots', () => {
  it('form a chain, and two runs at the same time a fork that the next run joins', async () => {
    const { mailbox, repository, reopen } = await createHarness();
    mailbox.addCollection('inbox');
    for (let i = 0; i < 30; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
    const first = (await repository.backup(mailbox)).snapshot;
    expect(first).toMatchObject({ sequence: 1, continues: [], state: 'complete' });
    mailbox.put('inbox', sampleItem('new'));
    const others = [await reopen(), await reopen()];
    const forks = await Promise.all(others.map((one) => one.backup(mailbox)));
    for (const { snapshot } of forks) expect(snapshot).toMatchObject({ sequence: 2, continues: [first.id] });
    mailbox.remove('i-3');
    const joined = (await repository.backup(mailbox)).snapshot;
    expect(joined.sequence).toBe(3);
    expect(new Set(joined.continues)).toEqual(new Set(forks.map(({ snapshot }) => snapshot.id)));
    expect(await contentsOf(repository)).toEqual(truthOf(mailbox));
    expect((await repository.check({ level: 'decryption' })).problems).toEqual([]);
    expect((await repository.backup(mailbox)).snapshot.continues).toEqual([joined.id]);
  });

  it('may be written by two runs of one open repository at the same time', async () => {
    const { mailbox, repository, reopen } = await createHarness();
    const other = memoryMailbox({ id: 'memory:other' });
    for (const one of [mailbox, other]) {
      one.addCollection('inbox');
      for (let i = 0; i < 40; i += 1) one.put('inbox', sampleItem(`${one.id}-${i}`));
    }
    const runs = await Promise.all([mailbox, other].map((one) => repository.backup(one, { checkpoint: { items: 9 } })));
    const reopened = await reopen();
    expect(await contentsOf(reopened, runs[0]?.snapshot.id)).toEqual(truthOf(mailbox));
    expect(await contentsOf(reopened, runs[1]?.snapshot.id)).toEqual(truthOf(other));
    expect((await reopened.check({ level: 'decryption' })).problems).toEqual([]);
  });

  it('are found as the latest, of a source too, by id or by the beginning of an id', async () => {
    const { mailbox, repository, clock } = await createHarness();
    const other = memoryMailbox({ id: 'memory:other' });
    for (const one of [mailbox, other]) one.addCollection('inbox');
    const ids: string[] = [];
    for (const one of [mailbox, other, mailbox, other]) {
      await clock.advance(1000);
      ids.push((await repository.backup(one)).snapshot.id);
    }
    const found = async (snapshot: string, source?: string): Promise<string> =>
      (await repository.planRestore({ snapshot, source })).snapshot;
    expect(await found('latest')).toBe(ids[3]);
    expect(await found('latest', 'memory:mailbox')).toBe(ids[2]);
    for (const id of ids) {
      expect(await found(id)).toBe(id);
      expect(await found(id.slice(0, 8))).toBe(id);
    }
    for (const nothing of ['', ids[0]?.slice(0, 3) ?? '', 'x'.repeat(32), ids[0]?.toUpperCase() ?? '']) {
      await expect(found(nothing)).rejects.toMatchObject({ code: 'ERR_SNAPSHOT_NOT_FOUND' });
    }
    await expect(found(ids[1] ?? '', 'memory:mailbox')).rejects.toMatchObject({ code: 'ERR_SNAPSHOT_NOT_FOUND' });
    expect((await Array.fromAsync(repository.snapshots())).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const own = await Array.fromAsync(repository.snapshots({ source: 'memory:other' }));
    expect(own.map(({ id }) => id)).toEqual([ids[3], ids[1]]);
  });

  it('are not the latest while they are checkpoints, and are found by their id', async () => {
    const harness = await createHarness();
    const { mailbox, repository } = harness;
    mailbox.addCollection('inbox');
    for (let i = 0; i < 30; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
    mailbox.failReads('i-25', 'ERR_SOURCE_UNREACHABLE');
    await expect(repository.backup(mailbox)).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });
    await expect(repository.planRestore({ snapshot: 'latest' })).rejects.toMatchObject({
      code: 'ERR_NO_SNAPSHOT',
    });
    const [checkpoint] = await Array.fromAsync(repository.snapshots({ checkpoints: true }));
    expect((await repository.planRestore({ snapshot: checkpoint?.id ?? '' })).items).toBeGreaterThan(0);
    expect((await repository.coverage({ snapshot: checkpoint?.id ?? '' })).collections).toHaveLength(1);
  });

  it('are listed from the index, without reading each', async () => {
    const { mailbox, repository, objects } = await createHarness();
    mailbox.addCollection('inbox');
    for (let i = 0; i < 20; i += 1) {
      mailbox.put('inbox', sampleItem(`i-${i}`));
      await repository.backup(mailbox);
    }
    const storage = faultyDestination(memoryDestination({ objects }));
    const reopened = await openRepository({ destination: storage });
    expect(await Array.fromAsync(reopened.snapshots())).toHaveLength(20);
    // Those of the last run or two are in no segment yet.
    const reads = storage.calls.filter(({ kind, name }) => kind === 'get' && name.startsWith('snapshots/'));
    expect(reads.length).toBeLessThanOrEqual(2);
  });
});

describe('a snapshot that is lost', () => {
  /** Three snapshots, the second quiet: the first is in a segment, the others are in none. */
  async function three(): Promise<{ harness: Harness; names: readonly string[]; ids: readonly string[] }> {
    const harness = await createHarness();
    const { mailbox, repository, objects } = harness;
    mailbox.addCollection('inbox');
    mailbox.put('inbox', sampleItem('a'));
    await repository.backup(mailbox);
    mailbox.put('inbox', sampleItem('b'));
    for (let run = 0; run < 2; run += 1) {
      await harness.clock.advance(1000);
      await repository.backup(mailbox);
    }
    const names = [...objects.keys()].filter((name) => name.startsWith('snapshots/'));
    const ids = (await Array.fromAsync(repository.snapshots())).map(({ id }) => id).toReversed();
    return { harness, names, ids };
  }

  const listOf = async (repository: Repository): Promise<{ ids: string[]; lost: unknown[] }> => {
    const lost: unknown[] = [];
    const onUnreadable = ({ details }: RepositoryError | CryptoError): void => void lost.push(details['object']);
    const ids = await Array.fromAsync(repository.snapshots({ onUnreadable }), ({ id }) => id);
    return { ids, lost };
  };

  it('is named by the list, be it in the index or only continued by another one', async () => {
    for (const position of [0, 1]) {
      const { harness, names, ids } = await three();
      harness.objects.delete(names[position] ?? '');
      const repository = await harness.reopen();
      const named = position === 0 ? names[0] : `snapshot ${ids[1]}`;
      const left = ids.filter((id) => id !== ids[position]).toReversed();
      expect(await listOf(repository)).toEqual({ ids: left, lost: [named] });
      const listed: string[] = [];
      const whole = (async () => {
        for await (const { id } of repository.snapshots()) listed.push(id);
      })();
      await expect(whole).rejects.toMatchObject({ code: 'ERR_OBJECT_MISSING', details: { object: named } });
      expect(listed).toEqual(left);
      await expect(repository.coverage({ snapshot: ids[position] ?? '' })).rejects.toMatchObject({
        code: 'ERR_OBJECT_MISSING',
        details: { object: named },
      });
      expect((await repository.planRestore({ snapshot: 'latest' })).snapshot).toBe(ids[2]);
      const { problems } = await repository.check();
      expect(problems.map(({ object }) => object)).toEqual([named]);
    }
  });

  it('does not give its place as the latest to an older one', async () => {
    const { harness, names, ids } = await three();
    const [, , newest = ''] = names;
    rewrite(harness.objects, newest, flip(100));
    const repository = await harness.reopen();
    for (const snapshot of ['latest', ids[2] ?? '']) {
      await expect(repository.planRestore({ snapshot })).rejects.toMatchObject({
        code: 'ERR_OBJECT_DAMAGED',
        details: { object: newest },
      });
    }
    expect((await repository.planRestore({ snapshot: ids[1] ?? '' })).items).toBe(2);
  });

  it('does not hinder the latest where a later one continues it', async () => {
    const { harness, names, ids } = await three();
    rewrite(harness.objects, names[1] ?? '', flip(100));
    const repository = await harness.reopen();
    expect(await listOf(repository)).toEqual({ ids: [ids[2], ids[0]], lost: [names[1]] });
    expect((await repository.planRestore({ snapshot: 'latest' })).snapshot).toBe(ids[2]);
  });

  it('is told of by the repository that wrote it', async () => {
    const { harness, names } = await three();
    harness.objects.delete(names[2] ?? '');
    expect((await listOf(harness.repository)).lost).toEqual([names[2]]);
    await expect(harness.repository.planRestore({ snapshot: 'latest' })).rejects.toMatchObject({
      code: 'ERR_OBJECT_MISSING',
    });
  });
});

describe('snapshots of another time', () => {
  const minimal = {
    holdfast: 'snapshot',
    version: 1,
    id: 'a',
    source: { id: 's', title: 't' },
    state: 'complete',
    sequence: 1,
    continues: [],
    started: '2026-01-01T00:00:00.000Z',
    finished: '2026-01-01T00:00:00.000Z',
    capture: { mode: 'full', base: null, selfContained: false, domain: null },
    generation: 1,
    root: null,
    statistics: {},
    tags: [],
    pinned: false,
  };

  it('are refused if they are of a newer version, and are damaged if they are no snapshot', () => {
    const parse = (change: object): unknown => parseSnapshot(JSON.stringify({ ...minimal, ...change }), 'snapshots/x');
    expect(parse({})).toMatchObject({ generation: 1, root: undefined });
    expect(parse({ surprise: 1 })).toMatchObject({ generation: 1 });
    expect(() => parse({ version: 2 })).toThrow(expect.objectContaining({ code: 'ERR_VERSION_UNSUPPORTED' }));
    for (const change of [{ holdfast: 'x' }, { source: null }, { root: {} }, { state: 'partial' }, { capture: null }]) {
      expect(() => parse(change)).toThrow(expect.objectContaining({ code: 'ERR_OBJECT_DAMAGED' }));
    }
    for (const domain of ['00', 'no hex', 7]) {
      expect(() => parse({ capture: { ...minimal.capture, domain } })).toThrow('malformed');
    }
    for (const text of ['', '{', 'null', '[]', '7']) {
      expect(() => parseSnapshot(text, 'x')).toThrow(expect.objectContaining({ code: 'ERR_OBJECT_DAMAGED' }));
    }
  });

  it('are refused as a whole where the keyring is older than one of them', async () => {
    const key = generateKey();
    const { mailbox, repository, objects, clock, dice, reopen } = await createHarness({ key });
    mailbox.addCollection('inbox');
    await repository.backup(mailbox);
    const destination = memoryDestination({ objects });
    const { config, keyring } = await keysOf(objects, key);
    const environment = { clock, randomness: dice, logger: silentLogger, budget: resolveBudget() };
    const { snapshots } = createVault({ destination, config, keyring, ...environment });
    const text = JSON.stringify({ ...minimal, generation: 2 });
    await expect(snapshots.commit({ text, rootNode: undefined, coverage: '{}' })).rejects.toThrow();
    const reopened = await reopen();
    await expect(Array.fromAsync(reopened.snapshots())).rejects.toMatchObject({ code: 'ERR_KEYRING_OUTDATED' });
    const { size } = objects;
    await expect(reopened.backup(mailbox)).rejects.toMatchObject({ code: 'ERR_KEYRING_OUTDATED' });
    expect(objects.size).toBe(size);
  });
});

describe('a coverage report', () => {
  const failures = [
    { collection: 'a', item: 'x', code: 'ERR_ITEM_UNREADABLE', reason: 'Why' },
    { collection: 'a', item: '', code: 'ERR_ITEM_UNREADABLE', reason: undefined },
  ];
  const omitted = [
    { collection: 'a', item: 'z', part: 'message.eml', reason: 'Why', lost: true },
    { collection: 'c', item: 'y', part: 'message.eml', reason: 'Why', lost: false },
  ];
  const collections = [
    { id: 'a', name: 'Ä', state: 'covered', cause: undefined, items: 3, atRest: true },
    { id: 'b', name: '', state: 'skipped', cause: 'vanished', items: 0, atRest: false },
    { id: 'c', name: 'c', state: 'failed', cause: 'ERR_SOURCE_PROTOCOL', items: 7, atRest: false },
  ] as const;
  const report = createCoverageReport({ collections, failures, omitted });

  it('comes back as it was written', () => {
    expect(report.collections.map(({ failed, omitted: parts }) => [failed, parts])).toEqual([
      [2, 1],
      [0, 0],
      [0, 1],
    ]);
    expect(createCoverageReport(parseCoverage(serialiseCoverage(report), 'x'))).toStrictEqual(report);
    expect(() => parseCoverage('{', 'x')).toThrow(expect.objectContaining({ code: 'ERR_OBJECT_DAMAGED' }));
    expect(() => parseCoverage('{"version":2}', 'x')).toThrow(
      expect.objectContaining({ code: 'ERR_VERSION_UNSUPPORTED' }),
    );
  });

  it('is read also if it was written before there were counts in it', () => {
    const text =
      '{"holdfast":"coverage","version":1,"collections":[{"id":"a","name":"Ä","state":"covered","cause":null,"items":3}],' +
      '"failures":[{"collection":"a","item":"x","code":"ERR_ITEM_UNREADABLE","reason":null}],"omitted":[]}';
    expect(createCoverageReport(parseCoverage(text, 'x'))).toMatchObject({
      totals: { covered: 1, items: 3, failedItems: 1, omittedParts: 0 },
      collections: [{ id: 'a', failed: 1, omitted: 0, atRest: false }],
    });
  });
});
