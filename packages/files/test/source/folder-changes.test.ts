import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesSource } from '@holdfast/files';
import { describe, expect, it } from 'vitest';
import { changesOf, collectionOf, expectCode, folderWith, itemsIn, laterClock, lastCursor, put } from '../support.ts';

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${String(n).padStart(5, '0')}.txt`, String(n)]));

describe('the changes of a folder', () => {
  it('are nothing but a checkpoint while nothing changed', async () => {
    const path = await folderWith({ 'a/one.txt': '1', 'a/two.txt': '2' });
    const first = await changesOf(filesSource({ path }), 'a');
    expect(first.map(({ type }) => type)).toEqual(['item-changed', 'item-changed', 'checkpoint']);
    const cursor = lastCursor(first);
    expect(await changesOf(filesSource({ path }), 'a', cursor)).toEqual([{ type: 'checkpoint', cursor, last: true }]);
  });

  it.each([
    ['a file is new', (path: string) => put(path, 'three.txt', '3')],
    ['a file has another content', (path: string) => writeFile(join(path, 'one.txt'), 'two')],
    ['a file has another time', (path: string) => utimes(join(path, 'one.txt'), 1, 1)],
    ['a file is gone', (path: string) => rm(join(path, 'one.txt'))],
    ['a file has another name', (path: string) => rename(join(path, 'one.txt'), join(path, 'uno.txt'))],
  ])('tell the folder anew when %s', async (_, change) => {
    const path = await folderWith({ 'one.txt': '1', 'two.txt': '2' });
    const source = filesSource({ path });
    const cursor = lastCursor(await changesOf(source, '.'));
    await change(path);
    const events = await changesOf(source, '.', cursor);
    expect(events[0]).toEqual({ type: 'collection-reset' });
    expect(itemsIn(events).map(({ id }) => id)).toEqual(itemsIn(await changesOf(source, '.')).map(({ id }) => id));
  });

  it('are not told of a folder because of what happens in one below it', async () => {
    const path = await folderWith({ 'one.txt': '1', 'a/two.txt': '2' });
    const source = filesSource({ path });
    const cursor = lastCursor(await changesOf(source, '.'));
    await put(path, 'a/three.txt', '3');
    expect(await changesOf(source, '.', cursor)).toHaveLength(1);
  });

  it('keep the content key of a file that stayed as it was, and give another to one that did not', async () => {
    const path = await folderWith({ 'one.txt': '1', 'two.txt': '2' });
    const source = filesSource({ path });
    const before = new Map(itemsIn(await changesOf(source, '.')).map((item) => [item.id, item.contentKey]));
    await writeFile(join(path, 'one.txt'), 'x');
    const after = new Map(itemsIn(await changesOf(source, '.')).map((item) => [item.id, item.contentKey]));
    expect(after.get('two.txt')).toBe(before.get('two.txt'));
    expect(after.get('one.txt')).not.toBe(before.get('one.txt'));
  });

  it('see another file of the same size and time in the place of one', async (context) => {
    if (process.platform === 'win32') context.skip('Windows keeps the time of a rename to itself');
    const path = await folderWith({ 'one.txt': '1', 'other.tmp': '2' });
    const source = filesSource({ path });
    for (const name of ['one.txt', 'other.tmp']) await utimes(join(path, name), 1000, 1000);
    const before = itemsIn(await changesOf(source, '.')).find(({ id }) => id === 'one.txt');
    await rename(join(path, 'other.tmp'), join(path, 'one.txt'));
    const [after] = itemsIn(await changesOf(source, '.'));
    expect([before?.summary.size, after?.summary.size]).toEqual([1, 1]);
    expect(after?.contentKey).not.toBe(before?.contentKey);
  });

  it('come in pages, and an interrupted telling goes on where it was', async () => {
    const path = await folderWith(many(2500));
    const source = filesSource({ path });
    const folder = await collectionOf(source, '.');
    const seen: string[] = [];
    let cursor: string | undefined;
    for await (const event of source.changes(folder)) {
      if (event.type === 'item-changed') seen.push(event.item.id);
      if (event.type === 'checkpoint') cursor = event.cursor;
      if (seen.length === 1500) break;
    }
    const rest = await changesOf(source, '.', cursor);
    expect(rest.some(({ type }) => type === 'collection-reset')).toBe(false);
    const all = [...seen.slice(0, 1000), ...itemsIn(rest).map(({ id }) => id)];
    expect(all).toHaveLength(2500);
    expect(new Set(all).size).toBe(2500);
  });

  it('begin anew if the folder changed in the middle of an interrupted telling', async () => {
    const path = await folderWith(many(1100));
    const source = filesSource({ path });
    const page = (await changesOf(source, '.')).find(({ type }) => type === 'checkpoint');
    await put(path, 'new.txt', 'n');
    const events = await changesOf(source, '.', page?.type === 'checkpoint' ? page.cursor : '');
    expect(events[0]?.type).toBe('collection-reset');
    expect(itemsIn(events)).toHaveLength(1101);
  });

  it.each(['', 'nonsense', '1 x -1', '1  ', '9 abc 0', '{}'])('begin anew after a cursor like "%s"', async (cursor) => {
    const path = await folderWith({ 'one.txt': '1' });
    const events = await changesOf(filesSource({ path }), '.', cursor);
    expect(events.map(({ type }) => type)).toEqual(['collection-reset', 'item-changed', 'checkpoint']);
  });

  it('are told oldest first, and by name among files of one time', async () => {
    const path = await folderWith({ 'b.txt': '1', 'a.txt': '2', 'c.txt': '3' });
    const items = itemsIn(await changesOf(filesSource({ path }), '.'));
    const sorted = items.toSorted((a, b) => a.sortTime - b.sortTime || (a.id < b.id ? -1 : 1));
    expect(items.map(({ sortTime }) => sortTime)).toEqual(sorted.map(({ sortTime }) => sortTime));
  });

  it('never show what a restore is still writing', async () => {
    const path = await folderWith({ 'one.txt': '1', '.holdfast-00000000-0000-4000-8000-000000000000.tmp': 'half' });
    expect(itemsIn(await changesOf(filesSource({ path }), '.')).map(({ id }) => id)).toEqual(['one.txt']);
  });

  it('fail with the code of a folder that is gone, and with another if all of it is gone', async () => {
    const path = await folderWith({ 'a/one.txt': '1' });
    const source = filesSource({ path });
    const folder = await collectionOf(source, 'a');
    await rm(join(path, 'a'), { recursive: true });
    await expectCode(Array.fromAsync(source.changes(folder)), 'ERR_COLLECTION_NOT_FOUND');
    await rm(path, { recursive: true });
    await expectCode(Array.fromAsync(source.changes(folder)), 'ERR_SOURCE_UNREACHABLE');
  });

  it.each(['..', '../x', 'a/../..', '/', 'a//b', ''])('are refused for the id "%s", which leads out', async (id) => {
    const path = await folderWith({ 'a/one.txt': '1' });
    await expectCode(changesOf(filesSource({ path }), id), 'ERR_COLLECTION_NOT_FOUND');
  });

  it('do not depend on the time of day', async () => {
    const path = await folderWith({ 'one.txt': '1' });
    const cursor = lastCursor(await changesOf(filesSource({ path }), '.'));
    expect(await changesOf(filesSource({ path, clock: laterClock(86_400_000) }), '.', cursor)).toHaveLength(1);
  });
});
