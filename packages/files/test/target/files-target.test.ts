import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { filesTarget } from '@holdfast/files';
import type { RestorableItem } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { emptyFolder, expectCode, folderWith, laterClock, withoutRights } from '../support.ts';
import { message, restorable, way } from './restorable.ts';

const namesIn = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();
const textOf = (...path: string[]): string => readFileSync(join(...path), 'utf8');

describe('restoring a file', () => {
  it('writes it under its name, with its time', async () => {
    const path = join(await emptyFolder(), 'made', 'here');
    const target = filesTarget({ path });
    expect(await target.findCollection(way('a', 'b'))).toBeUndefined();
    const folder = await target.prepareCollection(way('a', 'b'));
    expect(await target.createItem(folder, restorable('one.txt', 'content'))).toEqual({
      itemId: 'a/b/one.txt',
      omitted: [],
    });
    expect(textOf(path, 'a', 'b', 'one.txt')).toBe('content');
    expect(Math.round(statSync(join(path, 'a', 'b', 'one.txt')).mtimeMs)).toBe(1_700_000_000_123);
    expect(namesIn(path)).toEqual(['a', join('a', 'b'), join('a', 'b', 'one.txt')]);
    expect(await target.findCollection(way('a', 'b'))).toBe(folder);
  });

  it('puts what was at the top to the top, whatever it was called', async () => {
    const target = filesTarget({ path: await emptyFolder() });
    const top = { name: 'letters', role: 'root', kind: 'other', hidden: false } as const;
    expect(await target.prepareCollection([top, ...way('june')])).toBe('june');
    expect(await target.prepareCollection([top])).toBe('.');
  });

  it('finds it again, and finds another version of it', async () => {
    const path = await folderWith({ 'one.txt': 'new', 'two.txt': 'same' });
    const target = filesTarget({ path });
    const folder = await target.prepareCollection([]);
    const items = [restorable('one.txt', 'old'), restorable('two.txt', 'same'), restorable('three.txt', '3')];
    expect(await target.findItems(folder, items)).toEqual([
      { same: undefined, whole: false, omitted: [], others: ['one.txt'] },
      { same: 'two.txt', whole: true, omitted: [], others: [] },
      { same: undefined, whole: false, omitted: [], others: [] },
    ]);
    expect(await target.findItems(undefined, items.slice(2))).toMatchObject([{ same: undefined, others: [] }]);
  });

  it('puts a version beside another one, and finds it there', async () => {
    const path = await folderWith({ 'one.txt': 'new' });
    const target = filesTarget({ path });
    const old = restorable('one.txt', 'old');
    const { itemId } = await target.createItem(await target.prepareCollection([]), old);
    expect(itemId).toMatch(/^one~[0-9a-f]{12}-[0-9a-f]{8}\.txt$/);
    expect(textOf(path, 'one.txt')).toBe('new');
    const again = filesTarget({ path });
    const [presence] = await again.findItems(await again.prepareCollection([]), [old]);
    expect(presence).toEqual({ same: itemId, whole: true, omitted: [], others: ['one.txt'] });
  });

  it('lets a new version take the place of the other one that is deleted', async () => {
    const path = await folderWith({ 'one.txt': 'new' });
    const target = filesTarget({ path });
    const created = await target.createItem(await target.prepareCollection([]), restorable('one.txt', 'old'));
    await target.deleteItem('one.txt');
    expect(created.itemId).toBe('one.txt');
    expect(namesIn(path)).toEqual(['one.txt']);
    expect(textOf(path, 'one.txt')).toBe('old');
    await target.deleteItem('one.txt');
    await expectCode(target.deleteItem('one.txt'), 'ERR_ITEM_NOT_FOUND');
  });

  it('does so too in the run after the one that was killed in between', async () => {
    const path = await folderWith({ 'one.txt': 'new' });
    const old = restorable('one.txt', 'old');
    const killed = filesTarget({ path });
    await killed.createItem(await killed.prepareCollection([]), old);
    const target = filesTarget({ path });
    const [presence] = await target.findItems(await target.prepareCollection([]), [old]);
    expect(presence?.others).toEqual(['one.txt']);
    await target.deleteItem('one.txt');
    expect(namesIn(path)).toEqual(['one.txt']);
    expect(textOf(path, 'one.txt')).toBe('old');
  });

  it('takes the file of another item for no version of one that only bears the same name', async () => {
    const path = await emptyFolder();
    const [one, other] = [restorable('x.txt', '1', { id: 'a/x.txt' }), restorable('x.txt', '2', { id: 'b/x.txt' })];
    for (const runs of [
      [{ created: true }, { created: true }],
      [{ created: false }, { created: false }],
    ]) {
      const target = filesTarget({ path });
      for (const [index, item] of [one, other].entries()) {
        const folder = await target.prepareCollection(way('flat'));
        const [presence] = await target.findItems(folder, [item]);
        expect(presence?.others).toEqual([]);
        expect(presence?.same === undefined).toBe(runs[index]?.created);
        if (presence?.same === undefined) await target.createItem(folder, item);
      }
    }
    expect(namesIn(join(path, 'flat'))).toHaveLength(2);
  });

  it.each([
    '../escaped.txt',
    '../../escaped.txt',
    '/escaped.txt',
    '..',
    '.',
    '',
    'a\0b',
    '\uFFFD2E\uFFFD2E\uFFFD2Fescaped.txt',
  ])('never leaves the folder for the name "%s", and tells where it is', async (name) => {
    const outer = await emptyFolder();
    const target = filesTarget({ path: join(outer, 'inner') });
    const folder = await target.prepareCollection(way('sub'));
    const item = restorable(name, 'content');
    const created = await target.createItem(folder, item);
    expect(readdirSync(outer)).toEqual(['inner']);
    expect(readdirSync(join(outer, 'inner'))).toEqual(['sub']);
    expect(readdirSync(join(outer, 'inner', 'sub'))).toEqual([created.itemId.slice('sub/'.length)]);
    if (!name.includes('\uFFFD')) {
      expect(created.omitted).toEqual([{ part: 'name', reason: 'NameNotPossible', lost: false }]);
    }
    const [presence] = await target.findItems(folder, [item]);
    expect(presence).toEqual({ same: created.itemId, whole: true, omitted: created.omitted, others: [] });
  });

  it.each(['..', '../out', '/out', 'a/b', '.'])('makes no folder outside for the name "%s"', async (name) => {
    const outer = await emptyFolder();
    const target = filesTarget({ path: join(outer, 'inner') });
    const folder = await target.prepareCollection(way(name, 'sub'));
    await target.createItem(folder, restorable('one.txt', '1'));
    expect(readdirSync(outer)).toEqual(['inner']);
    expect(readdirSync(join(outer, 'inner'))).toHaveLength(1);
    expect(existsSync(join(outer, 'inner', folder, 'one.txt'))).toBe(true);
  });

  it('gives names that every system takes, if asked to', async () => {
    const path = await emptyFolder();
    const target = filesTarget({ path, names: 'portable' });
    const folder = await target.prepareCollection(way('con', 'a:b'));
    expect(folder).toMatch(/^_con~[0-9a-f]{8}\/a_b~[0-9a-f]{8}$/);
    const { itemId } = await target.createItem(folder, restorable('what?.txt', '1'));
    expect(itemId.slice(folder.length + 1)).toMatch(/^what_~[0-9a-f]{8}\.txt$/);
  });

  it('goes through no symbolic link, and writes over none', async (context) => {
    const outside = await folderWith({ 'kept.txt': 'kept' });
    const path = await folderWith({ 'a/one.txt': '1' });
    try {
      await symlink(outside, join(path, 'link'), 'junction');
      await symlink(join(outside, 'kept.txt'), join(path, 'a', 'kept.txt'));
    } catch {
      context.skip('this account may not make symbolic links');
    }
    const target = filesTarget({ path });
    expect(await target.findCollection(way('link'))).toBeUndefined();
    await expectCode(target.prepareCollection(way('link')), 'ERR_COLLECTION_REFUSED');
    await expectCode(target.createItem('link', restorable('kept.txt', 'x')), 'ERR_COLLECTION_NOT_FOUND');
    await target.createItem(await target.prepareCollection(way('a')), restorable('kept.txt', 'mine'));
    expect(textOf(outside, 'kept.txt')).toBe('kept');
    expect(namesIn(outside)).toEqual(['kept.txt']);
  });

  it('leaves a folder alone that has the name of a file', async () => {
    const path = await folderWith({ 'one.txt/inside': '1' });
    const target = filesTarget({ path });
    const folder = await target.prepareCollection([]);
    const item = restorable('one.txt', 'content');
    expect((await target.findItems(folder, [item]))[0]).toMatchObject({ same: undefined, others: [] });
    const { itemId } = await target.createItem(folder, item);
    expect(itemId).not.toBe('one.txt');
    expect((await target.findItems(folder, [item]))[0]?.same).toBe(itemId);
    await expectCode(target.prepareCollection(way(itemId)), 'ERR_COLLECTION_REFUSED');
  });

  it('leaves nothing half there when it is aborted or the parts cannot be read', async () => {
    const path = await emptyFolder();
    const target = filesTarget({ path });
    const folder = await target.prepareCollection([]);
    const control = new AbortController();
    const item = restorable('one.txt', '1', {
      readPart: () => {
        control.abort(new Error('stop'));
        return Promise.resolve(new Uint8Array(3));
      },
    });
    await expect(target.createItem(folder, item, { signal: control.signal })).rejects.toThrow('stop');
    const broken = new Error('damaged');
    const damaged = message('m', { 'message.eml': 'x', 'properties.json': '{}' });
    const reading = { ...damaged, readPart: () => Promise.reject(broken) };
    await expect(target.createItem(folder, reading)).rejects.toBe(broken);
    expect(namesIn(path)).toEqual([]);
  });

  it('says that it needs the bytes of an item no more once they are written, and once they cannot be', async () => {
    const target = filesTarget({ path: await emptyFolder() });
    const folder = await target.prepareCollection([]);
    const released: string[] = [];
    const noting = (item: RestorableItem): RestorableItem => ({ ...item, release: () => void released.push(item.id) });
    const { itemId } = await target.createItem(folder, noting(restorable('one.txt', '1')));
    await target.completeItem(itemId, noting(restorable('two.txt', '1')));
    const broken = { ...restorable('three.txt', '1'), readPart: () => Promise.reject(new Error('damaged')) };
    await expect(target.createItem(folder, noting(broken))).rejects.toThrow('damaged');
    expect(released).toEqual(['one.txt', 'two.txt', 'three.txt']);
  });

  it('removes what a killed restore left, once it is a day old', async () => {
    const left = '.holdfast-00000000-0000-4000-8000-000000000000.tmp';
    const path = await folderWith({ [left]: 'half' });
    await filesTarget({ path }).prepareCollection([]);
    expect(namesIn(path)).toEqual([left]);
    await filesTarget({ path, clock: laterClock(86_400_001) }).prepareCollection([]);
    expect(namesIn(path)).toEqual([]);
  });

  it('tells that the folder is gone, so that it is made again', async () => {
    const path = await emptyFolder();
    const target = filesTarget({ path });
    const folder = await target.prepareCollection(way('a'));
    await rm(join(path, 'a'), { recursive: true });
    await expectCode(target.createItem(folder, restorable('one.txt', '1')), 'ERR_COLLECTION_NOT_FOUND');
    await expectCode(target.findItems(folder, [restorable('one.txt', '1')]), 'ERR_COLLECTION_NOT_FOUND');
  });

  it('refuses one item where it may not write, and does not end the restore', async (context) => {
    const path = await folderWith({ 'a/one.txt': '1' });
    chmodSync(path, 0o755);
    await withoutRights(context, async () => {
      const target = filesTarget({ path });
      await expect(target.createItem('a', restorable('two.txt', '2'))).rejects.toMatchObject({
        code: 'ERR_ITEM_REFUSED',
        details: { reason: 'EACCES' },
      });
    });
  });

  it('finds a file elsewhere by name and content, if it is asked to look everywhere', async () => {
    const path = await folderWith({ 'moved/one.txt': '1', 'moved/two.txt': 'other', 'kept/three.txt': '3' });
    const target = filesTarget({ path });
    const folder = await target.prepareCollection(way('a'));
    const items = ['one', 'two', 'three'].map((name, n) =>
      restorable(`${name}.txt`, String(n + 1), { id: `a/${name}.txt` }),
    );
    const isInSnapshot = (id: string): Promise<boolean> => Promise.resolve(id === 'kept/three.txt');
    const found = await target.findItems(folder, items, { scope: 'everywhere', isInSnapshot });
    expect(found.map(({ same }) => same)).toEqual(['moved/one.txt', undefined, undefined]);
    expect((await target.findItems(folder, items)).map(({ same }) => same)).toEqual([undefined, undefined, undefined]);
  });

  it('refuses options that make no sense', () => {
    expect(() => filesTarget({ path: '.', names: 'any' as 'system' })).toThrow(TypeError);
  });
});

describe('restoring a message', () => {
  const parts = { 'message.eml': 'Subject: Hello\r\n\r\nHi', 'properties.json': '{}', 'attachment/1/a.txt': 'A' };

  it('writes one file that mail programs open, and its other parts beside it', async () => {
    const path = await emptyFolder();
    const target = filesTarget({ path });
    const { itemId } = await target.createItem(
      await target.prepareCollection(way('Inbox')),
      message('m1', parts, 'Re: plan? / "draft"'),
    );
    expect(itemId).toMatch(/^Inbox\/2026-11-25 Re plan draft~[0-9a-f]{12}\.eml$/);
    const stem = itemId.slice('Inbox/'.length, -'.eml'.length);
    expect(namesIn(join(path, 'Inbox'))).toEqual(
      [
        `${stem}.eml`,
        `${stem}.parts`,
        join(`${stem}.parts`, 'attachment'),
        join(`${stem}.parts`, 'attachment', '1'),
        join(`${stem}.parts`, 'attachment', '1', 'a.txt'),
        join(`${stem}.parts`, 'properties.json'),
      ].toSorted(),
    );
    expect(textOf(path, itemId)).toBe(parts['message.eml']);
    expect(statSync(join(path, itemId)).mtimeMs).toBe(Date.UTC(2026, 10, 25));
  });

  it('finds it again, also under the subject it had', async () => {
    const path = await emptyFolder();
    const target = filesTarget({ path });
    const folder = await target.prepareCollection([]);
    const { itemId } = await target.createItem(folder, message('m1', parts, 'one'));
    const again = filesTarget({ path });
    await again.prepareCollection([]);
    expect((await again.findItems(folder, [message('m1', parts, 'two')]))[0]?.same).toBe(itemId);
    const changed = message('m1', { ...parts, 'message.eml': 'x' }, 'two');
    expect((await again.findItems(folder, [changed]))[0]).toMatchObject({ same: undefined, others: [itemId] });
    expect((await again.findItems(folder, [message('m2', parts, 'one')]))[0]).toMatchObject({
      same: undefined,
      others: [],
    });
  });

  it('tells two messages of one subject apart, and two versions of one message', async () => {
    const path = await emptyFolder();
    const target = filesTarget({ path });
    const folder = await target.prepareCollection([]);
    const changed = message('m1', { ...parts, 'message.eml': 'x' });
    for (const item of [message('m1', parts), message('m2', parts), changed]) await target.createItem(folder, item);
    expect(readdirSync(path).filter((name) => name.endsWith('.eml'))).toHaveLength(3);
    const [presence] = await target.findItems(folder, [changed]);
    expect(presence?.others).toHaveLength(1);
    await target.deleteItem(presence?.others[0] ?? '');
    expect((await target.findItems(folder, [changed]))[0]).toMatchObject({ same: presence?.same, others: [] });
    expect(readdirSync(path)).toHaveLength(4);
  });

  it.each([
    ['its message', /\.eml$/],
    ['its properties', /properties\.json$/],
    ['an attachment', /a\.txt$/],
  ])('completes one that a killed restore left without %s', async (_, lost) => {
    const path = await emptyFolder();
    const target = filesTarget({ path });
    const folder = await target.prepareCollection([]);
    const item = message('m1', parts);
    const { itemId } = await target.createItem(folder, item);
    for (const name of namesIn(path).filter((one) => lost.test(one))) await rm(join(path, name));
    const again = filesTarget({ path });
    await again.prepareCollection([]);
    expect((await again.findItems(folder, [item]))[0]).toEqual({ same: itemId, whole: false, omitted: [], others: [] });
    await again.completeItem(itemId, item);
    expect((await again.findItems(folder, [item]))[0]).toEqual({ same: itemId, whole: true, omitted: [], others: [] });
  });

  it('writes an item without a message as a folder of its parts', async () => {
    const path = await emptyFolder();
    const target = filesTarget({ path });
    const folder = await target.prepareCollection([]);
    const item = message('m1', { 'properties.json': '{}' }, '');
    const { itemId } = await target.createItem(folder, item);
    expect(itemId).toMatch(/^2026-11-25~[0-9a-f]{12}\.parts$/);
    expect((await target.findItems(folder, [item]))[0]?.same).toBe(itemId);
    await target.deleteItem(itemId);
    expect(namesIn(path)).toEqual([]);
  });

  it('keeps hostile and clashing names of parts apart, inside', async () => {
    const outer = await emptyFolder();
    const target = filesTarget({ path: join(outer, 'inner') });
    const folder = await target.prepareCollection([]);
    const names = ['../../up', '/abs', 'a', 'a/b', 'A', 'a/b/c', 'x/..', ''];
    const item = message('m1', {
      'message.eml': 'x',
      ...Object.fromEntries(names.map((name) => [name, `of ${name}`])),
    });
    await target.createItem(folder, item);
    expect(readdirSync(outer)).toEqual(['inner']);
    expect((await target.findItems(folder, [item]))[0]).toMatchObject({ whole: true });
    const written = namesIn(join(outer, 'inner')).filter((name) => statSync(join(outer, 'inner', name)).isFile());
    expect(written).toHaveLength(names.length + 1);
  });
});
