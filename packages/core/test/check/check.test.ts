import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CryptoError, RepositoryError } from '@holdfast/contracts';
import { openRepository } from '@holdfast/core';
import type { CheckLevel, CheckReport, Repository } from '@holdfast/core';
import { generateKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { beforeAll, describe, expect, it } from 'vitest';
import { copyOf, flip, namesOf, rewrite } from '../support/damage.ts';
import { createHarness, sampleItem } from '../support/harness.ts';
import type { Harness, Objects } from '../support/harness.ts';

const LEVELS: readonly CheckLevel[] = ['listing', 'index', 'ciphertext', 'decryption'];
const key = generateKey();

/** What lies where, in a repository of two runs. */
interface Known {
  readonly harness: Harness;
  /** An open repository, and its storage, which every test damages anew. */
  readonly opened: Repository;
  readonly storage: Objects;
  readonly data: string;
  readonly tree: string;
  readonly segments: readonly string[];
  readonly snapshots: readonly string[];
}

let sealed: Known;
let clear: Known;

async function make(secret: typeof key | 'none'): Promise<Known> {
  const harness = await createHarness({ key: secret });
  const { mailbox, repository, objects } = harness;
  mailbox.addCollection('inbox');
  for (let i = 0; i < 40; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
  await repository.backup(mailbox);
  const snapshots = namesOf(objects, 'snapshots/');
  const packs = namesOf(objects, 'data/');
  const kindOf = (name: string): number | undefined => objects.get(name)?.bytes[8];
  const data = packs.find((name) => kindOf(name) === 1) ?? '';
  const tree = packs.find((name) => kindOf(name) === 2) ?? '';
  const segments = namesOf(objects, 'index/');
  mailbox.touch('i-3', { isRead: true });
  await repository.backup(mailbox);
  const storage = copyOf(objects);
  const destination = memoryDestination({ objects: storage });
  const opened = await openRepository({ destination, ...(secret === 'none' ? {} : { key: secret }) });
  return { harness, opened, storage, data, tree, segments, snapshots };
}

beforeAll(async () => {
  sealed = await make(key);
  clear = await make('none');
});

async function checkOf(known: Known, level: CheckLevel, damage: (objects: Objects) => void): Promise<CheckReport> {
  const { harness, opened, storage } = known;
  storage.clear();
  for (const [name, object] of copyOf(harness.objects)) storage.set(name, object);
  damage(storage);
  return opened.check({ level });
}

/** The first level that finds the damage, and that no deeper one misses it. */
async function foundAt(
  known: Known,
  object: string,
  damage: (objects: Objects) => void,
): Promise<CheckLevel | 'never'> {
  const found: boolean[] = [];
  for (const level of LEVELS) {
    const { problems, result } = await checkOf(known, level, damage);
    expect(result).toBe(problems.length === 0 ? 'sound' : 'damaged');
    found.push(problems.some((problem) => problem.object.includes(object)));
  }
  const first = found.indexOf(true);
  if (first >= 0) expect(found.slice(first), 'deeper levels find it too').not.toContain(false);
  return LEVELS[first] ?? 'never';
}

describe('check', () => {
  it('finds nothing wrong with a sound repository, and counts what it saw', async () => {
    for (const known of [sealed, clear]) {
      for (const level of LEVELS) {
        const report = await checkOf(known, level, () => {});
        expect(report).toMatchObject({ level, result: 'sound', problems: [], snapshots: 2 });
        expect(report.objects).toBe(known.harness.objects.size);
        expect(report.blobs > 0).toBe(level === 'decryption');
      }
    }
  });

  it('finds objects that are missing when it lists', async () => {
    const { data, tree, snapshots } = sealed;
    for (const object of [data, tree, snapshots[0] ?? '', 'config']) {
      expect(await foundAt(sealed, object, (objects) => objects.delete(object)), object).toBe('listing');
    }
    const keys = namesOf(sealed.harness.objects, 'keys/')[0] ?? '';
    expect(await foundAt(sealed, 'keys/', (objects) => objects.delete(keys))).toBe('listing');
  });

  it('finds objects that are cut short, or longer, when it lists', async () => {
    for (const object of [sealed.data, sealed.tree]) {
      const cut = (objects: Objects): void => rewrite(objects, object, (bytes) => bytes.subarray(0, -1));
      expect(await foundAt(sealed, object, cut)).toBe('listing');
      const grown = (objects: Objects): void => rewrite(objects, object, (bytes) => Uint8Array.of(...bytes, 0));
      expect(await foundAt(sealed, object, grown)).toBe('listing');
    }
  });

  it('finds config and keys that are not what they were when it lists', async () => {
    const keys = namesOf(sealed.harness.objects, 'keys/')[0] ?? '';
    expect(await foundAt(sealed, keys, (objects) => rewrite(objects, keys, flip(200)))).toBe('listing');
    const later = (bytes: Uint8Array): Uint8Array =>
      new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"created": "2026', '"created": "2025'));
    expect(await foundAt(sealed, 'config', (objects) => rewrite(objects, 'config', later))).toBe('listing');
  });

  it('finds a damaged segment when it lists, a damaged snapshot or node with the index', async () => {
    for (const known of [sealed, clear]) {
      for (const segment of known.segments) {
        expect(await foundAt(known, segment, (objects) => rewrite(objects, segment, flip(100)))).toBe('listing');
      }
      const [snapshot = ''] = known.snapshots;
      expect(await foundAt(known, snapshot, (objects) => rewrite(objects, snapshot, flip(100)))).toBe('index');
      // More than one byte: in clear, a single bit of a Zstandard frame may mean nothing, and the content is verified.
      const scratch = (bytes: Uint8Array): Uint8Array =>
        bytes.map((byte, i) => (i >= 60 && i < 90 ? byte ^ 0xff : byte));
      const { problems } = await checkOf(known, 'index', (objects) => rewrite(objects, known.tree, scratch));
      expect(problems).not.toEqual([]);
    }
  });

  it('finds a segment that is missing with the index, by its name in a snapshot', async () => {
    for (const known of [sealed, clear]) {
      for (const segment of namesOf(known.harness.objects, 'index/')) {
        expect(await foundAt(known, segment, (objects) => objects.delete(segment))).toBe('index');
      }
    }
  });

  it('finds that a segment is missing by what nothing but hints leads to', async () => {
    let harmless = 0;
    for (const segment of sealed.segments) {
      const found = await foundAt(sealed, 'index segment of', (objects) => objects.delete(segment));
      // Without summaries of snapshots nothing is lost: they are read themselves.
      if (found === 'never') harmless += 1;
      else expect(found).toBe('index');
    }
    expect(harmless).toBe(sealed.segments.length - 2);
  });

  it('shows segments that no snapshot names, which are no problem', async () => {
    const newest = namesOf(sealed.harness.objects, 'snapshots/').find((name) => !sealed.snapshots.includes(name)) ?? '';
    const later = namesOf(sealed.harness.objects, 'index/').filter((name) => !sealed.segments.includes(name));
    const { result, unclaimed } = await checkOf(sealed, 'index', (objects) => objects.delete(newest));
    expect({ result, unclaimed: unclaimed.toSorted() }).toEqual({ result: 'sound', unclaimed: later });
    expect((await checkOf(sealed, 'index', () => {})).unclaimed).toEqual([]);
  });

  it('finds every flipped byte of every object when it reads the ciphertext', async () => {
    const missed: string[] = [];
    for (const [name, { bytes }] of sealed.harness.objects) {
      // The config is compared by its meaning: its white space may change.
      if (name === 'config') continue;
      for (const at of [0, 9, 50, bytes.length >> 1, bytes.length - 1]) {
        const { problems } = await checkOf(sealed, 'ciphertext', (copy) => rewrite(copy, name, flip(at)));
        if (!problems.some(({ object }) => object === name)) missed.push(`${name} at ${at}`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('looks at the storage and not at what an open repository remembers', async () => {
    const harness = await createHarness();
    const { mailbox, repository, objects } = harness;
    mailbox.addCollection('inbox');
    for (let i = 0; i < 20; i += 1) mailbox.put('inbox', sampleItem(`i-${i}`));
    await repository.backup(mailbox);
    const tree = namesOf(objects, 'data/').find((name) => objects.get(name)?.bytes[8] === 2) ?? '';
    rewrite(objects, tree, flip(60));
    rewrite(objects, namesOf(objects, 'index/')[0] ?? '', flip(60));
    expect((await repository.check({ level: 'index' })).problems.length).toBeGreaterThanOrEqual(2);
  });

  it('leaves no file behind in the temporary directory', async () => {
    const temporaryDirectory = await mkdtemp(join(tmpdir(), 'holdfast-check-'));
    try {
      const destination = memoryDestination({ objects: copyOf(clear.harness.objects) });
      const repository = await openRepository({ destination, budget: { index: 'disk', temporaryDirectory } });
      expect(await repository.check({ level: 'decryption' })).toMatchObject({ result: 'sound' });
      await repository.close();
      expect(await readdir(temporaryDirectory)).toEqual([]);
    } finally {
      await rm(temporaryDirectory, { recursive: true });
    }
  });

  it('ends with the reason of an abort itself', async () => {
    const controller = new AbortController();
    const reason = { why: 'enough' };
    const check = sealed.harness.repository.check({
      level: 'decryption',
      signal: controller.signal,
      onProgress: (event) => event.type === 'object-checked' && event.done === 3 && controller.abort(reason),
    });
    expect(await check.catch((error: unknown) => error)).toBe(reason);
  });
});

describe('a damaged repository', () => {
  it('still lists and restores what does not depend on the damaged object', async () => {
    for (const object of [...sealed.segments, ...sealed.snapshots]) {
      const objects = copyOf(sealed.harness.objects);
      // The summaries would hide that a snapshot is damaged.
      if (sealed.snapshots.includes(object)) for (const name of namesOf(objects, 'index/')) objects.delete(name);
      rewrite(objects, object, flip(100));
      const warnings: string[] = [];
      const warn = (message: string): void => void warnings.push(message);
      const repository = await openRepository({
        destination: memoryDestination({ objects }),
        key,
        logger: { debug() {}, info() {}, warn, error() {} },
      });
      const unreadable: string[] = [];
      const onUnreadable = ({ details }: RepositoryError | CryptoError): void =>
        void unreadable.push(String(details['object']));
      const [latest] = await Array.fromAsync(repository.snapshots({ onUnreadable }));
      expect(latest?.statistics).toMatchObject({ items: 40, changed: 1 });
      expect(unreadable).toEqual(sealed.snapshots.includes(object) ? [object] : []);
      const item = await repository.item({ snapshot: 'latest', collection: 'inbox', item: 'i-3' });
      expect((await item.readPart('message.eml')).length).toBe(200);
      expect(warnings.length).toBeGreaterThan(0);
    }
  });

  it('names the damaged snapshot when that may be the one meant', async () => {
    const objects = copyOf(sealed.harness.objects);
    for (const name of namesOf(objects, 'index/')) objects.delete(name);
    const [snapshot = ''] = sealed.snapshots;
    rewrite(objects, snapshot, flip(100));
    const repository = await openRepository({ destination: memoryDestination({ objects }), key });
    await expect(repository.coverage({ snapshot: '0123456789' })).rejects.toMatchObject({
      code: 'ERR_OBJECT_DAMAGED',
      details: { object: snapshot },
    });
  });
});
