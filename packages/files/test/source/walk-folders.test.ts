import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { filesSource } from '@holdfast/files';
import { describe, expect, it } from 'vitest';
import {
  changesOf,
  collectionEvents,
  emptyFolder,
  expectCode,
  folderWith,
  itemsIn,
  withoutRights,
} from '../support.ts';

const told = async (path: string): Promise<string[]> =>
  (await collectionEvents(filesSource({ path }))).map((event) => {
    const cause = event.type === 'collection-skipped' ? ` ${event.cause}` : '';
    return `${event.type} ${event.collection.id}${cause}`;
  });

describe('the folders of a folder', () => {
  it('are told with the folder itself, parents before children', async () => {
    const path = await folderWith({ 'a/b/one.txt': '1', 'c/two.txt': '2', 'three.txt': '3' });
    const events = await collectionEvents(filesSource({ path }));
    expect(events.map(({ collection }) => [collection.id, collection.parentId, collection.path])).toEqual([
      ['.', undefined, ['.']],
      ['a', '.', ['.', 'a']],
      ['a/b', 'a', ['.', 'a', 'a/b']],
      ['c', '.', ['.', 'c']],
    ]);
    expect(events.map(({ collection }) => collection.itemCount)).toEqual([1, 0, 1, 1]);
    expect(events.map(({ collection }) => collection.role)).toEqual(['root', undefined, undefined, undefined]);
  });

  it('are hidden if their name begins with a dot', async () => {
    const path = await folderWith({ '.git/a': '', 'b/a': '' });
    const events = await collectionEvents(filesSource({ path }));
    expect(events.map(({ collection }) => [collection.name, collection.hidden]).slice(1)).toEqual([
      ['.git', true],
      ['b', false],
    ]);
  });

  it('are followed through no symbolic link, and each link is told as skipped', async (context) => {
    const outside = await folderWith({ 'secret.txt': 's' });
    const path = await folderWith({ 'a/one.txt': '1' });
    try {
      await symlink(outside, join(path, 'a', 'out'), 'junction');
      await symlink(path, join(path, 'a', 'up'), 'junction');
    } catch {
      context.skip('this account may not make symbolic links');
    }
    expect(await told(path)).toEqual([
      'collection-found .',
      'collection-found a',
      'collection-skipped a/out kind-not-supported',
      'collection-skipped a/up kind-not-supported',
    ]);
    expect(itemsIn(await changesOf(filesSource({ path }), 'a')).map(({ id }) => id)).toEqual(['a/one.txt']);
    await expectCode(changesOf(filesSource({ path }), 'a/out'), 'ERR_COLLECTION_NOT_FOUND');
  });

  it('are told without sockets and pipes, which are skipped', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no sockets and pipes among files');
    const path = await folderWith({ 'one.txt': '1' });
    execFileSync('mkfifo', [join(path, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(join(path, 'socket'), resolve);
    });
    try {
      expect(await told(path)).toEqual([
        'collection-found .',
        'collection-skipped pipe kind-not-supported',
        'collection-skipped socket kind-not-supported',
      ]);
      expect(itemsIn(await changesOf(filesSource({ path }), '.'))).toHaveLength(1);
    } finally {
      server.close();
    }
  });

  it('end where a folder is one of those above it once more', async (context) => {
    const path = await folderWith({ 'a/one.txt': '1' });
    await mkdir(join(path, 'a', 'again'));
    const mount = (...args: string[]): void => void execFileSync('mount', args, { stdio: 'ignore' });
    try {
      mount('--bind', path, join(path, 'a', 'again'));
    } catch {
      context.skip('this account may not mount a folder a second time');
    }
    try {
      expect(await told(path)).toEqual([
        'collection-found .',
        'collection-found a',
        'collection-skipped a/again search-folder',
      ]);
    } finally {
      execFileSync('umount', [join(path, 'a', 'again')]);
    }
  });

  it('have one that cannot be listed told as failed, and the others all the same', async (context) => {
    const path = await folderWith({ 'a/one.txt': '1', 'b/two.txt': '2' });
    await chmod(path, 0o755);
    await chmod(join(path, 'a'), 0o000);
    try {
      await withoutRights(context, async () => {
        expect(await told(path)).toEqual([
          'collection-found .',
          'collection-found a',
          'collection-failed a',
          'collection-found b',
        ]);
        await expectCode(changesOf(filesSource({ path }), 'a'), 'ERR_SOURCE_ACCESS_DENIED');
      });
    } finally {
      await chmod(join(path, 'a'), 0o700);
    }
  });

  it('have names that are no UTF-8 told so that each is found again', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux has names that are no UTF-8');
    const path = await emptyFolder();
    const odd = (...bytes: number[]): Buffer => Buffer.concat([Buffer.from(`${path}/`), Buffer.from(bytes)]);
    for (const bytes of [
      [0x61, 0xff],
      [0x61, 0xfe],
      [0x61, 0xef, 0xbf, 0xbd],
      [0xc3, 0xa4],
    ]) {
      await mkdir(odd(...bytes));
      await writeFile(Buffer.concat([odd(...bytes), Buffer.from('/file')]), String(bytes));
    }
    const source = filesSource({ path });
    const ids = (await collectionEvents(source)).map(({ collection }) => collection.id);
    expect(ids.toSorted()).toEqual(['.', 'a\uFFFDEF\uFFFDBF\uFFFDBD', 'a\uFFFDFE', 'a\uFFFDFF', '\u00e4'].toSorted());
    for (const id of ids.slice(1)) {
      const [item] = itemsIn(await changesOf(source, id));
      expect(item?.id).toBe(`${id}/file`);
      if (item !== undefined) expect((await source.read(item)).parts).toHaveLength(1);
    }
  });

  it('are an error of the whole source if the folder is missing or a file', async () => {
    const path = await folderWith({ 'one.txt': '1' });
    await expectCode(collectionEvents(filesSource({ path: join(path, 'none') })), 'ERR_MAILBOX_NOT_FOUND');
    await expectCode(collectionEvents(filesSource({ path: join(path, 'one.txt') })), 'ERR_MAILBOX_NOT_FOUND');
  });

  it('go down as far as the system takes a path, and a deeper one is a line of the report', async (context) => {
    if (process.platform === 'win32') context.skip('Windows makes no such path by a shell');
    const path = await emptyFolder();
    const name = 'd'.repeat(60);
    const script = `while mkdir ${name} 2>/dev/null && cd ${name} 2>/dev/null; do :; done`;
    execFileSync('sh', ['-c', script], { cwd: path });
    const events = await collectionEvents(filesSource({ path }));
    const failed = events.filter((event) => event.type === 'collection-failed');
    // Node removes nothing so deep.
    execFileSync('rm', ['-rf', path]);
    expect(failed.map(({ error }) => error.details['reason'])).toEqual(['ENAMETOOLONG']);
    expect(events.length).toBeGreaterThan(10);
  });

  it('stop being told on an abort', async () => {
    const path = await folderWith({ 'a/one.txt': '1' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(Array.fromAsync(filesSource({ path }).collections({ signal }))).rejects.toBe(signal.reason);
  });
});
