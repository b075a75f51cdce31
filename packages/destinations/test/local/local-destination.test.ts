import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { testDestination } from '@holdfast/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { localDestination } from '../../src/local/index.ts';
import { answers, modelRuns, predictions, steps } from '../model.ts';

const BYTES = Uint8Array.of(1, 2, 3);

describe('localDestination', () => {
  let base = '';
  let path = '';

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'local-destination-'));
  });
  beforeEach(async () => {
    path = join(await mkdtemp(join(base, 'test-')), 'backups', 'ada');
  });
  afterAll(() => rm(base, { recursive: true }));

  async function names(prefix = ''): Promise<string[]> {
    const found: string[] = [];
    for await (const { name } of localDestination({ path }).list(prefix)) found.push(name);
    return found.toSorted();
  }

  testDestination({ describe, it }, () => localDestination({ path }));

  it('answers any sequence of calls as a map would', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const folder = await mkdtemp(join(base, 'model-'));
        expect(await answers(localDestination({ path: folder }), sequence)).toEqual(predictions(sequence));
        await rm(folder, { recursive: true });
      }),
      { numRuns: modelRuns },
    );
  });

  it('shows its folder in its title', () => {
    expect(localDestination({ path: '/backups/ada/../bob' }).title).toBe('folder /backups/bob');
  });

  it('keeps each object as a file of its name', async () => {
    await localDestination({ path }).put('data/ab/abcd', BYTES);
    expect(new Uint8Array(await readFile(join(path, 'data', 'ab', 'abcd')))).toEqual(BYTES);
  });

  it('never leaves its folder, whatever the name', async () => {
    const destination = localDestination({ path });
    const segment = fc.constantFrom('..', '.', '', 'a', 'A', '~', '\\', '\0', 'con', '.incoming', 'escaped');
    const anyName = fc.array(segment, { maxLength: 6 }).map((segments) => segments.join('/'));
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        await destination.put(name, BYTES).catch(() => {});
        await destination.delete(name).catch(() => {});
        const outside = await readdir(join(path, '..', '..'));
        expect(outside.filter((entry) => entry !== 'backups')).toEqual([]);
        expect((await readdir(join(path, '..')).catch(() => [])).filter((entry) => entry !== 'ada')).toEqual([]);
      }),
    );
  });

  it('leaves nothing behind when a put is aborted half-way', async () => {
    const controller = new AbortController();
    const put = localDestination({ path }).put('big', new Uint8Array(64 << 20), { signal: controller.signal });
    put.catch(() => {}); // it rejects before anybody waits for it below
    while ((await readdir(join(path, '.incoming')).catch(() => [])).length === 0) await wait(1);
    controller.abort('changed my mind');
    await expect(put).rejects.toBe('changed my mind');
    expect(await readdir(join(path, '.incoming'))).toEqual([]);
    expect(await names()).toEqual([]);
  });

  it('removes what a crash left behind more than a day ago, and nothing younger', async () => {
    const incoming = join(path, '.incoming');
    await mkdir(incoming, { recursive: true });
    const now = Date.now() / 1000;
    for (const [name, hours] of [
      ['old.tmp', 25],
      ['young.tmp', 23],
    ] as const) {
      await writeFile(join(incoming, name), BYTES);
      await utimes(join(incoming, name), now, now - hours * 3600);
    }
    expect(await names()).toEqual([]);
    await localDestination({ path }).put('config', BYTES);
    expect(await readdir(incoming)).toEqual(['young.tmp']);
    expect(await names()).toEqual(['config']);
  });

  it('passes over files that are no objects', async () => {
    await localDestination({ path }).put('config', BYTES);
    for (const name of ['.DS_Store', 'Thumbs.db', 'read me.txt']) await writeFile(join(path, name), BYTES);
    expect(await names()).toEqual(['config']);
  });

  it('makes a folder again that somebody has removed', async () => {
    const destination = localDestination({ path });
    await destination.put('data/aa', BYTES);
    await rm(path, { recursive: true });
    await destination.put('data/ab', BYTES);
    expect(await names()).toEqual(['data/ab']);
  });

  it('refuses a name that is an object and the beginning of another', async () => {
    const destination = localDestination({ path });
    await destination.put('a/b', BYTES);
    for (const ifAbsent of [false, true]) {
      await expect(destination.put('a', BYTES, { ifAbsent })).rejects.toMatchObject({ code: 'ERR_NAME_INVALID' });
      await expect(destination.put('a/b/c', BYTES, { ifAbsent })).rejects.toMatchObject({ code: 'ERR_NAME_INVALID' });
    }
    await expect(destination.get('a')).rejects.toMatchObject({ code: 'ERR_OBJECT_NOT_FOUND' });
    await expect(destination.get('a/b/c')).rejects.toMatchObject({ code: 'ERR_OBJECT_NOT_FOUND' });
    await destination.delete('a');
    expect(await names()).toEqual(['a/b']);
    expect(await readdir(join(path, '.incoming'))).toEqual([]);
  });

  it('refuses an empty path', () => {
    expect(() => localDestination({ path: '' })).toThrow(TypeError);
    expect(() => localDestination({ path: 'a\0b' })).toThrow(TypeError);
  });

  describe('with a symbolic link below the folder', () => {
    it.skipIf(process.platform === 'win32')(
      'neither follows nor lists it (not on Windows, where links need a privilege)',
      async () => {
        const outside = join(path, '..', 'outside');
        await mkdir(outside, { recursive: true });
        await writeFile(join(outside, 'secret'), BYTES);
        const destination = localDestination({ path });
        await destination.put('config', BYTES);
        await symlink(outside, join(path, 'data'));
        await symlink(join(outside, 'secret'), join(path, 'link'));

        await expect(destination.put('data/aa', BYTES)).rejects.toMatchObject({ code: 'ERR_DESTINATION_FAULT' });
        for (const name of ['data/secret', 'link']) {
          await expect(destination.get(name)).rejects.toMatchObject({ code: 'ERR_OBJECT_NOT_FOUND' });
          await expect(destination.stat(name)).rejects.toMatchObject({ code: 'ERR_OBJECT_NOT_FOUND' });
          await destination.delete(name);
        }
        expect(await names()).toEqual(['config']);
        expect(await names('data/')).toEqual([]);
        // A put replaces the link itself and not what it points to.
        await destination.put('link', Uint8Array.of(9));
        expect(await readdir(outside)).toEqual(['secret']);
        expect(new Uint8Array(await readFile(join(outside, 'secret')))).toEqual(BYTES);
      },
    );

    it.skipIf(process.platform === 'win32')(
      'follows one that is the folder itself (not on Windows, where links need a privilege)',
      async () => {
        const real = join(path, '..', 'real');
        await mkdir(real, { recursive: true });
        await symlink(real, path);
        await localDestination({ path }).put('config', BYTES);
        expect(await names()).toEqual(['config']);
        expect(await readdir(real)).toContain('config');
      },
    );
  });

  describe('that must not be created', () => {
    it('says that the folder is missing, whatever is asked', async () => {
      const destination = localDestination({ path, create: false });
      const calls = [
        () => destination.put('data/aa', BYTES),
        () => destination.get('data/aa'),
        () => destination.stat('config'),
        () => destination.delete('config'),
        () => destination.list('data/')[Symbol.asyncIterator]().next(),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'ERR_DESTINATION_NOT_FOUND' });
      expect(await readdir(join(path, '..', '..'))).toEqual([]);
    });

    it('notices when the folder goes away, and when it comes back', async () => {
      await mkdir(path, { recursive: true });
      const destination = localDestination({ path, create: false });
      await destination.put('data/aa', BYTES);
      await rm(path, { recursive: true });
      await expect(destination.put('data/ab', BYTES)).rejects.toMatchObject({ code: 'ERR_DESTINATION_NOT_FOUND' });
      await expect(destination.get('data/aa')).rejects.toMatchObject({ code: 'ERR_DESTINATION_NOT_FOUND' });
      await mkdir(path);
      await destination.put('data/ab', BYTES);
      expect(await names()).toEqual(['data/ab']);
    });

    it('says so too when the path is a file', async () => {
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, BYTES);
      for (const create of [true, false]) {
        const put = localDestination({ path, create }).put('config', BYTES);
        await expect(put).rejects.toMatchObject({ code: 'ERR_DESTINATION_NOT_FOUND', details: { path } });
      }
    });
  });
});
