import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { testDestination } from '@holdfast/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { localDestination } from '../../src/local/index.ts';

const run = promisify(execFile);

/** Why file systems cannot be mounted here, or `undefined` if they can. */
async function whyNoMount(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  const folder = await mkdtemp(join(tmpdir(), 'mount-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
    await run('umount', [folder]);
    return undefined;
  } catch {
    return 'this account may not mount a tmpfs';
  } finally {
    await rm(folder, { recursive: true });
  }
}

const noMount = await whyNoMount();
const because = noMount === undefined ? '' : ` (skipped: ${noMount})`;
const fat = process.env['HOLDFAST_FAT_FOLDER'];
const noFat = fat === undefined ? ' (skipped: HOLDFAST_FAT_FOLDER names no folder on such a file system)' : '';

async function names(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of localDestination({ path }).list('')) found.push(name);
  return found.toSorted();
}

describe.skipIf(noMount !== undefined)(`localDestination on a mounted file system${because}`, () => {
  let path = '';

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'mounted-'));
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
  });
  afterEach(async () => {
    await run('umount', [path]);
    await rm(path, { recursive: true });
  });

  it('says that the storage is full, keeps what is there and goes on when there is room', async () => {
    const destination = localDestination({ path });
    await destination.put('kept', new Uint8Array(400_000).fill(1));
    const put = destination.put('large', new Uint8Array(900_000));
    await expect(put).rejects.toMatchObject({
      code: 'ERR_STORAGE_FULL',
      temporary: false,
      cause: { code: 'ENOSPC' },
      message: 'The storage is full; large was not written. Free some space, then run the operation again.',
    });
    await expect(destination.put('kept', new Uint8Array(900_000))).rejects.toMatchObject({ code: 'ERR_STORAGE_FULL' });
    expect(await names(path)).toEqual(['kept']);
    expect(await readdir(join(path, '.incoming'))).toEqual([]);
    expect(await destination.get('kept')).toEqual(new Uint8Array(400_000).fill(1));

    await destination.delete('kept');
    await destination.put('large', new Uint8Array(900_000));
    expect(await names(path)).toEqual(['large']);
  });

  it('says that the storage is read-only, and still reads', async () => {
    await localDestination({ path }).put('data/aa', Uint8Array.of(1));
    await run('mount', ['-o', 'remount,ro', path]);
    const destination = localDestination({ path });
    for (const name of ['data/aa', 'data/ab', 'new/folder']) {
      await expect(destination.put(name, Uint8Array.of(2))).rejects.toMatchObject({
        code: 'ERR_READ_ONLY',
        cause: { code: 'EROFS' },
      });
    }
    await expect(destination.delete('data/aa')).rejects.toMatchObject({ code: 'ERR_READ_ONLY' });
    await destination.delete('data/missing');
    expect(await destination.get('data/aa')).toEqual(Uint8Array.of(1));
    expect(await names(path)).toEqual(['data/aa']);
  });

  it('says that a drive is gone that was unmounted', async () => {
    const folder = join(path, 'backups');
    await mkdir(folder);
    const destination = localDestination({ path: folder, create: false });
    await destination.put('config', Uint8Array.of(1));
    await run('umount', [path]);
    try {
      await expect(destination.get('config')).rejects.toMatchObject({ code: 'ERR_DESTINATION_NOT_FOUND' });
      await expect(destination.put('config', Uint8Array.of(1))).rejects.toMatchObject({
        code: 'ERR_DESTINATION_NOT_FOUND',
        message: `There is no folder at ${folder}. Check the path, or connect the drive, then try again.`,
      });
    } finally {
      await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
    }
  });
});

describe.skipIf(process.platform !== 'linux')('localDestination without the right to write (Linux only)', () => {
  it('says that access is denied', async (context) => {
    const path = await mkdtemp(join(tmpdir(), 'denied-'));
    try {
      // Nothing but this attribute stops root.
      await run('chattr', ['+i', path]).catch(() => context.skip('this account may not set the attribute "immutable"'));
      const put = localDestination({ path }).put('config', Uint8Array.of(1));
      await expect(put).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED', cause: { code: 'EPERM' } });
    } finally {
      await run('chattr', ['-i', path]).catch(() => {});
      await rm(path, { recursive: true });
    }
  });
});

describe.skipIf(fat === undefined)(`localDestination on FAT or exFAT${noFat}`, () => {
  testDestination({ describe, it }, () => localDestination({ path: fat ?? '' }));
});
