import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DestinationError, HoldfastError } from '@holdfast/contracts';
import { createRepository, openRepository } from '@holdfast/core';
import type { CreateRepositoryOptions, OpenRepositoryOptions } from '@holdfast/core';
import { generateKey, password } from '@holdfast/crypto';
import { localDestination } from '@holdfast/destinations/local';
import { memoryDestination } from '@holdfast/destinations/memory';
import { faultyDestination, seededRandomness, virtualClock } from '@holdfast/testkit';
import type { DestinationFaults } from '@holdfast/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { copyOf, flip, namesOf, rewrite } from '../support/damage.ts';
import type { Objects } from '../support/harness.ts';

const key = generateKey();
let sealed: Objects;
let clear: Objects;

const create = (objects: Objects, options: Partial<CreateRepositoryOptions> = {}) =>
  createRepository({ destination: memoryDestination({ objects }), key: 'none', ...options });

beforeAll(async () => {
  sealed = new Map();
  clear = new Map();
  await create(sealed, { key });
  await create(clear);
});

/** The code that opening fails with; the storage is as it was afterwards. */
async function codeOf(objects: Objects, options: Partial<OpenRepositoryOptions> = {}): Promise<string> {
  const before = copyOf(objects);
  const error: unknown = await openRepository({ destination: memoryDestination({ objects }), ...options }).then(
    () => 'opened',
    (reason: unknown) => reason,
  );
  expect(objects).toEqual(before);
  if (error instanceof HoldfastError) {
    expect(error.message).not.toContain('(unknown)');
    return error.code;
  }
  return String(error);
}

/** Opening after a change of the config. */
function withConfig(change: (bytes: Uint8Array) => Uint8Array, objects = clear): Promise<string> {
  const copy = copyOf(objects);
  rewrite(copy, 'config', change);
  return codeOf(copy);
}

const edited = (edit: (json: Record<string, unknown>) => unknown) => (bytes: Uint8Array) =>
  new TextEncoder().encode(
    JSON.stringify(edit(JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>)),
  );

describe('createRepository', () => {
  it('makes a repository that opens with its key, and names itself', async () => {
    const opened = await openRepository({ destination: memoryDestination({ objects: sealed }), key });
    expect(opened).toMatchObject({ encrypted: true });
    expect(opened.id).toMatch(/^[0-9a-f]{64}$/);
    expect(namesOf(sealed, '').map((name) => name.split('/')[0])).toEqual(['config', 'keys', 'keys']);
  });

  it('refuses a storage that holds one, and leaves it alone', async () => {
    for (const objects of [sealed, clear]) {
      const before = copyOf(objects);
      await expect(create(objects)).rejects.toMatchObject({ code: 'ERR_REPOSITORY_EXISTS' });
      expect(objects).toEqual(before);
    }
  });

  it('refuses a storage with snapshots that has lost its config, which opening says', async () => {
    const objects: Objects = copyOf(clear);
    objects.delete('config');
    expect(await codeOf(objects)).toBe('ERR_REPOSITORY_NOT_FOUND');
    objects.set(`snapshots/${'0'.repeat(64)}`, { bytes: new Uint8Array(1), modified: 0 });
    expect(await codeOf(objects)).toBe('ERR_CONFIG_DAMAGED');
    await expect(create(objects)).rejects.toMatchObject({ code: 'ERR_REPOSITORY_EXISTS' });
    expect(objects.has('config')).toBe(false);
  });

  it('starts anew after it was interrupted at any point', async () => {
    for (let puts = 1; puts <= 3; puts += 1) {
      const objects: Objects = new Map();
      let count = 0;
      const plan: DestinationFaults = {
        put: ({ name }) =>
          (count += 1) === puts ? { error: new DestinationError('ERR_STORAGE_FULL', { name }) } : undefined,
      };
      const destination = faultyDestination(memoryDestination({ objects }), { faults: plan });
      await expect(createRepository({ destination, key })).rejects.toMatchObject({ code: 'ERR_STORAGE_FULL' });
      expect(await codeOf(objects, { key })).toBe('ERR_REPOSITORY_NOT_FOUND');
      const second = generateKey();
      const { id } = await create(objects, { key: second });
      expect((await openRepository({ destination: memoryDestination({ objects }), key: second })).id).toBe(id);
    }
  });

  it('takes its own config for its own when the answer was lost', async () => {
    const objects: Objects = new Map();
    let lost = false;
    const plan: DestinationFaults = {
      put({ name }) {
        if (name !== 'config' || lost) return undefined;
        lost = true;
        return { landed: true, error: new DestinationError('ERR_UNAVAILABLE', { name }) };
      },
    };
    const clock = virtualClock();
    const destination = faultyDestination(memoryDestination({ objects }), { faults: plan });
    const creating = createRepository({ destination, key: 'none', clock, randomness: seededRandomness(1) });
    const { id } = await clock.runUntil(creating);
    expect(lost).toBe(true);
    expect((await openRepository({ destination: memoryDestination({ objects }) })).id).toBe(id);
  });

  it('lets only one of two win', async () => {
    const objects: Objects = new Map();
    const results = await Promise.allSettled([create(objects), create(objects)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await codeOf(objects)).toBe('opened');
  });

  it('refuses sizes of packs that cannot be, and an abort that came before', async () => {
    const objects: Objects = new Map();
    for (const packTarget of [0, 4 * 1024 * 1024 - 1, 64 * 1024 * 1024 + 1, 5_000_000.5, Number.NaN]) {
      await expect(create(objects, { packTarget })).rejects.toThrow(RangeError);
    }
    const reason = { why: 'no' };
    const created = create(objects, { signal: AbortSignal.abort(reason) });
    expect(await created.catch((error: unknown) => error)).toBe(reason);
    expect(objects.size).toBe(0);
  });

  it('names a storage that is read-only, full or denies access', async () => {
    for (const code of ['ERR_READ_ONLY', 'ERR_STORAGE_FULL', 'ERR_QUOTA_EXCEEDED', 'ERR_ACCESS_DENIED'] as const) {
      const plan: DestinationFaults = { put: ({ name }) => ({ error: new DestinationError(code, { name }) }) };
      const destination = faultyDestination(memoryDestination(), { faults: plan });
      await expect(createRepository({ destination, key: 'none' })).rejects.toMatchObject({ code });
    }
  });
});

describe('openRepository', () => {
  it('says that there is none in an empty storage, and in an interrupted creation', async () => {
    expect(await codeOf(new Map(), { key })).toBe('ERR_REPOSITORY_NOT_FOUND');
    const objects = copyOf(sealed);
    objects.delete('config');
    expect(await codeOf(objects, { key })).toBe('ERR_REPOSITORY_NOT_FOUND');
  });

  it('tells a missing key from a wrong one and from damage', async () => {
    expect(await codeOf(sealed)).toBe('ERR_KEY_MISSING');
    expect(await codeOf(sealed, { key: generateKey() })).toBe('ERR_KEY_WRONG');
    expect(await codeOf(sealed, { key: password('guess') })).toBe('ERR_KEY_WRONG');
    expect(await codeOf(clear, { key })).toBe('ERR_KEY_WRONG');
    for (const name of namesOf(sealed, 'keys/')) {
      const objects = copyOf(sealed);
      rewrite(objects, name, flip(300));
      expect(await codeOf(objects, { key })).toBe('ERR_KEYRING_DAMAGED');
      objects.delete(name);
      expect(await codeOf(objects, { key })).toBe('ERR_KEYRING_DAMAGED');
    }
  });

  it('names a config that was cut off, wherever', async () => {
    for (const objects of [sealed, clear]) {
      const length = objects.get('config')?.bytes.length ?? 0;
      // The last byte is the end of the line.
      for (let end = 0; end < length - 1; end += 1) {
        expect(await withConfig((bytes) => bytes.subarray(0, end), objects), `${end} bytes`).toBe('ERR_CONFIG_DAMAGED');
      }
    }
  });

  it('names a config with any byte changed', async () => {
    const length = clear.get('config')?.bytes.length ?? 0;
    for (let at = 0; at < length - 1; at += 1) {
      const code = await withConfig(flip(at));
      // A digit of the version may have become a later one; another id is that of another repository.
      expect(code, `byte ${at}`).toMatch(/^ERR_(CONFIG_DAMAGED|VERSION_UNSUPPORTED|KEYRING_FORGED)$/);
    }
  });

  it('refuses a newer version before it looks at anything else', async () => {
    expect(await withConfig(edited((json) => ({ ...json, version: 2 })))).toBe('ERR_VERSION_UNSUPPORTED');
    expect(await withConfig(edited(() => ({ holdfast: 'repository', version: 9 })))).toBe('ERR_VERSION_UNSUPPORTED');
  });

  it('refuses configs that say something impossible', async () => {
    const chunker = { algorithm: 'fastcdc-gear32', threshold: 1, min: 3, mean: 2, max: 1 };
    for (const change of [
      { holdfast: 'else' },
      { version: 0 },
      { version: '1' },
      { id: 'x' },
      { encrypted: 'no' },
      { chunker },
      { chunker: null },
      { pack: { target: -1 } },
      { extra: true },
      { mac: '0'.repeat(64) },
    ]) {
      expect(await withConfig(edited((json) => ({ ...json, ...change }))), JSON.stringify(change)).toBe(
        'ERR_CONFIG_DAMAGED',
      );
    }
    for (const text of ['', 'null', '[]', '7', '"x"', ' '.repeat(70_000)]) {
      expect(await withConfig(() => new TextEncoder().encode(text))).toBe('ERR_CONFIG_DAMAGED');
    }
  });

  it('does not open with the config of another repository', async () => {
    const other: Objects = new Map();
    await create(other);
    const foreign = other.get('config')?.bytes ?? new Uint8Array();
    expect(await withConfig(() => foreign)).toMatch(/ERR_KEYRING_FORGED|ERR_CONFIG_DAMAGED/);
    const mixed = copyOf(sealed);
    rewrite(mixed, 'config', () => foreign);
    expect(await codeOf(mixed, { key }), 'a clear one in the place of a sealed one').toBe('ERR_KEY_WRONG');
  });

  it('names a folder that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
    await rm(folder, { recursive: true });
    const destination = localDestination({ path: join(folder, 'gone') });
    await expect(openRepository({ destination })).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_(REPOSITORY|DESTINATION)_NOT_FOUND$/) as string,
    });
  });
});
