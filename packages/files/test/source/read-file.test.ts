import { execFileSync } from 'node:child_process';
import { appendFileSync, truncateSync } from 'node:fs';
import { chmod, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';
import { filesSource } from '@holdfast/files';
import { describe, expect, it } from 'vitest';
import { bytesOf, emptyFolder, expectCode, folderWith, itemOf, piecesOf, withoutRights } from '../support.ts';

const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255);

/** A clock that the reading of a file asks now and then; what is to happen in between happens then. */
function clockThat(act: () => void): Clock {
  return {
    ...systemClock,
    now: () => {
      act();
      return systemClock.now();
    },
  };
}

describe('reading a file', () => {
  it.each([0, 1, 4095, 262_144, 262_145, 4_194_304, 4_194_305, 9_000_001])(
    'gives back all of its %i bytes',
    async (size) => {
      const path = await folderWith({ 'a/data.bin': pattern(size) });
      const source = filesSource({ path });
      const { parts, omitted } = await source.read(await itemOf(source, 'a', 'a/data.bin'));
      expect(parts.map(({ name }) => name)).toEqual(['data.bin']);
      expect(omitted).toEqual([]);
      expect(parts[0]?.bytes instanceof Uint8Array).toBe(size <= 4_194_304);
      expect(Buffer.compare(await bytesOf(parts[0]), pattern(size))).toBe(0);
    },
  );

  it.each([0, 5_000_000])('tells what the head of a message says, with %i bytes behind it', async (size) => {
    const head = 'Subject: Plan\r\nFrom: ada@example.org\r\nDate: Wed, 25 Nov 2026 04:42:40 +0000\r\n\r\n';
    const content = Buffer.concat([Buffer.from(head), pattern(size)]);
    const source = filesSource({ path: await folderWith({ 'one.eml': content, 'two.txt': content, 'none.eml': '' }) });
    const read = async (name: string) => {
      const item = await itemOf(source, '.', name);
      return { told: item.summary, read: (await source.read(item)).summary };
    };
    const one = await read('one.eml');
    expect(one.told).toMatchObject({ subject: 'one.eml', from: undefined, size: content.length });
    const date = Date.UTC(2026, 10, 25, 4, 42, 40);
    expect(one.read).toEqual({ ...one.told, subject: 'Plan', from: one.read?.from, date });
    expect(one.read?.from).toMatch(/ada@example\.org/);
    for (const name of ['two.txt', 'none.eml']) {
      const other = await read(name);
      expect(other.read).toEqual(other.told);
    }
  });

  it('tells that it is gone', async () => {
    const path = await folderWith({ 'one.txt': '1', 'large.bin': pattern(5_000_000) });
    const source = filesSource({ path });
    const items = [await itemOf(source, '.', 'one.txt'), await itemOf(source, '.', 'large.bin')] as const;
    for (const { id } of items) await rm(join(path, id));
    await expectCode(source.read(items[0]), 'ERR_ITEM_NOT_FOUND');
    const { parts } = await source.read(items[1]);
    await expectCode(bytesOf(parts[0]), 'ERR_ITEM_NOT_FOUND');
  });

  it('tells that all of it is gone, so that nothing is taken for deleted', async () => {
    const path = await folderWith({ 'one.txt': '1' });
    const source = filesSource({ path });
    const item = await itemOf(source, '.', 'one.txt');
    await rm(path, { recursive: true });
    await expectCode(source.read(item), 'ERR_SOURCE_UNREACHABLE');
  });

  it('tells that it may not', async (context) => {
    const path = await folderWith({ 'one.eml': 'Subject: closed\r\n\r\n' });
    await chmod(path, 0o755);
    await chmod(join(path, 'one.eml'), 0o000);
    await withoutRights(context, async () => {
      const source = filesSource({ path });
      const item = await itemOf(source, '.', 'one.eml');
      expect(item.summary.subject).toBe('one.eml');
      await expect(source.read(item)).rejects.toMatchObject({
        code: 'ERR_ITEM_UNREADABLE',
        details: { reason: 'EACCES' },
      });
    });
  });

  it('follows no link that took the place of the file', async (context) => {
    const outside = await folderWith({ secret: 'secret' });
    const path = await folderWith({ 'one.txt': '1' });
    const source = filesSource({ path });
    const item = await itemOf(source, '.', 'one.txt');
    await rm(join(path, 'one.txt'));
    try {
      await symlink(join(outside, 'secret'), join(path, 'one.txt'));
    } catch {
      context.skip('this account may not make symbolic links');
    }
    if (process.platform === 'win32') context.skip('Windows opens files without a way to refuse links');
    await expectCode(source.read(item), 'ERR_ITEM_NOT_FOUND');
  });

  it('waits for no pipe that took the place of the file', async (context) => {
    if (process.platform === 'win32') context.skip('Windows has no pipes among files');
    const path = await folderWith({ 'one.txt': '1' });
    const source = filesSource({ path });
    const item = await itemOf(source, '.', 'one.txt');
    await rm(join(path, 'one.txt'));
    execFileSync('mkfifo', [join(path, 'one.txt')]);
    await expectCode(source.read(item), 'ERR_ITEM_NOT_FOUND');
  });

  it.each(['../secret', 'a/../../secret', '/etc/hostname', '..', ''])(
    'does not go out of the folder for "%s"',
    async (id) => {
      const outer = await folderWith({ secret: 's', 'inner/one.txt': '1' });
      const source = filesSource({ path: join(outer, 'inner') });
      const item = { ...(await itemOf(source, '.', 'one.txt')), id };
      await expectCode(source.read(item), 'ERR_ITEM_NOT_FOUND');
      expect(await Array.fromAsync(source.locate([id]))).toEqual([{ itemId: id }]);
    },
  );

  it('gives the content as it is when it is read, not as it was when it was told', async () => {
    const path = await folderWith({ 'log.txt': 'one\n' });
    const source = filesSource({ path });
    const item = await itemOf(source, '.', 'log.txt');
    appendFileSync(join(path, 'log.txt'), 'two\n');
    const { parts } = await source.read(item);
    expect(new TextDecoder().decode(await bytesOf(parts[0]))).toBe('one\ntwo\n');
  });

  it('streams a file that was small when it was told', async () => {
    const path = await folderWith({ 'log.txt': 'one\n' });
    const source = filesSource({ path });
    const item = await itemOf(source, '.', 'log.txt');
    await writeFile(join(path, 'log.txt'), pattern(6_000_000));
    const { parts } = await source.read(item);
    expect(parts[0]?.bytes instanceof Uint8Array).toBe(false);
    expect(Buffer.compare(await bytesOf(parts[0]), pattern(6_000_000))).toBe(0);
  });

  it.each([
    ['grows', (file: string) => appendFileSync(file, 'more')],
    ['shrinks', (file: string) => truncateSync(file, 4_500_000)],
  ])('fails at the end of a stream whose file %s meanwhile', async (_, change) => {
    const path = await folderWith({ 'large.bin': pattern(5_000_000) });
    const source = filesSource({ path });
    const { parts } = await source.read(await itemOf(source, '.', 'large.bin'));
    const reading = async (): Promise<void> => {
      let seen = 0;
      for await (const piece of piecesOf(parts[0])) {
        if (seen === 0) change(join(path, 'large.bin'));
        seen += piece.length;
      }
    };
    await expect(reading()).rejects.toMatchObject({
      code: 'ERR_ITEM_UNREADABLE',
      details: { reason: 'changed while it was read' },
    });
  });

  it('never delivers half of one version and half of another', async () => {
    const path = await folderWith({ 'busy.bin': new Uint8Array(2_000_000).fill(0) });
    const file = join(path, 'busy.bin');
    let round = 0;
    // Rewritten by another process as fast as it can: every version is all of one byte.
    const script = `const fs=require('fs');for(let n=1;;n++)fs.writeFileSync(${JSON.stringify(file)},Buffer.alloc(2e6,n%256))`;
    const { spawn } = await import('node:child_process');
    const writer = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
    try {
      const source = filesSource({ path });
      const item = await itemOf(source, '.', 'busy.bin');
      for (; round < 60; round += 1) {
        try {
          const bytes = await bytesOf((await source.read(item)).parts[0]);
          expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_ITEM_UNREADABLE' });
        }
      }
    } finally {
      writer.kill();
    }
  });

  it('reads a file again that changed while it was read', async () => {
    const path = await folderWith({ 'one.txt': 'before' });
    let armed = false;
    const clock = clockThat(() => {
      if (!armed) return;
      armed = false;
      appendFileSync(join(path, 'one.txt'), ' and after');
    });
    const source = filesSource({ path, clock });
    const item = await itemOf(source, '.', 'one.txt');
    armed = true;
    expect(new TextDecoder().decode(await bytesOf((await source.read(item)).parts[0]))).toBe('before and after');
  });

  it('leaves nothing open of a stream that is left early', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux shows what a process has open');
    const path = await folderWith({ 'large.bin': pattern(6_000_000) });
    const source = filesSource({ path });
    const item = await itemOf(source, '.', 'large.bin');
    const { readdirSync, readlinkSync } = await import('node:fs');
    const isOpen = (): boolean =>
      readdirSync('/proc/self/fd').some((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
        } catch {
          return false;
        }
      });
    const { parts } = await source.read(item);
    expect(isOpen()).toBe(false);
    for await (const piece of piecesOf(parts[0])) {
      expect(piece.length).toBe(1_048_576);
      expect(isOpen()).toBe(true);
      break;
    }
    expect(isOpen()).toBe(false);
  });

  it('ends with the reason of an abort', async () => {
    const path = await folderWith({ 'large.bin': pattern(6_000_000), 'one.txt': '1' });
    const source = filesSource({ path });
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(source.read(await itemOf(source, '.', 'one.txt'), { signal: aborted })).rejects.toBe(aborted.reason);
    const control = new AbortController();
    const { parts } = await source.read(await itemOf(source, '.', 'large.bin'), { signal: control.signal });
    const reading = async (): Promise<void> => {
      for await (const _ of piecesOf(parts[0])) control.abort(new Error('stop'));
    };
    await expect(reading()).rejects.toThrow('stop');
  });

  it('locates what is there, and nothing that a link leads to', async (context) => {
    const outside = await folderWith({ 'one.txt': 'secret' });
    const path = await folderWith({ 'a/one.txt': '1' });
    const source = filesSource({ path });
    try {
      await symlink(outside, join(path, 'b'), 'junction');
    } catch {
      context.skip('this account may not make symbolic links');
    }
    const told = await Array.fromAsync(source.locate(['a/one.txt', 'b/one.txt', 'a/two.txt', 'a']));
    expect(told.map(({ itemId, found }) => [itemId, found?.collectionId])).toEqual([
      ['a/one.txt', 'a'],
      ['b/one.txt', undefined],
      ['a/two.txt', undefined],
      ['a', undefined],
    ]);
    expect(told[0]?.found?.item).toEqual(await itemOf(source, 'a', 'a/one.txt'));
  });

  it('refuses options that make no sense', async () => {
    expect(() => filesSource({ path: '' })).toThrow(TypeError);
    expect(() => filesSource({ path: 'a\0b' })).toThrow(TypeError);
    expect(() => filesSource({ path: '.', id: '' })).toThrow(TypeError);
    expect(filesSource({ path: await emptyFolder(), id: 'letters' }).id).toBe('letters');
  });
});
