import { describe, expect, test } from 'vitest';

import { ADA, all, connect, folderNamed, foldersOf, letter, startWorld } from './support.ts';

describe('collections', () => {
  test('yields nested and hidden folders, each once, parents first', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    control.createFolder(ADA, 'Projects/Aurora/Drawings/2026');
    control.createFolder(ADA, 'Projects/Secret', { isHidden: true });
    for (let index = 0; index < 130; index++) control.createFolder(ADA, ['Many', `Folder ${index}`]);

    const folders = await foldersOf(world.ada);
    const truth = control
      .folders(ADA)
      .filter(({ path, isSearch }) => path.length > 0 && !isSearch)
      .map(({ id }) => id);
    const recoverable = new Set(['Recoverable Items']);
    const listed = folders.map(({ id }) => id);
    expect(new Set(listed).size).toBe(listed.length);
    const below = control.folders(ADA).filter(({ wellKnownName }) => wellKnownName === 'msgfolderroot');
    expect(below).toHaveLength(1);
    expect(listed.every((id) => truth.includes(id))).toBe(true);
    expect(folders.some(({ name }) => recoverable.has(name))).toBe(false);
    expect(folders.filter(({ name }) => name.startsWith('Folder '))).toHaveLength(130);

    const seen = new Set<string>();
    for (const { id, parentId, path } of folders) {
      expect(parentId === undefined || seen.has(parentId)).toBe(true);
      expect(path.at(-1)).toBe(id);
      expect(path.at(-2)).toBe(parentId);
      seen.add(id);
    }
    expect(folders.find(({ name }) => name === '2026')?.path).toHaveLength(4);
    expect(folders.find(({ name }) => name === 'Secret')?.hidden).toBe(true);
  });

  test('names the role of well-known folders, whatever they are called', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    control.renameFolder(ADA, 'inbox', 'Posteingang');
    control.createFolder(ADA, ['Inbox']);
    const folders = await foldersOf(world.ada);
    expect(folders.find(({ name }) => name === 'Posteingang')?.role).toBe('inbox');
    expect(folders.find(({ name }) => name === 'Inbox')?.role).toBeUndefined();
    expect(folders.find(({ role }) => role === 'drafts')?.parentId).toBeUndefined();
  });

  test('leaves out search folders and Recoverable Items, and says so', async () => {
    await using world = await startWorld();
    const events = await all(world.ada.collections());
    const skipped = events.filter((event) => event.type === 'collection-skipped');
    expect(skipped.map(({ cause, collection }) => [cause, collection.name])).toEqual([
      ['excluded', 'Recoverable Items'],
      ['search-folder', 'Unread Mail'],
    ]);
  });

  test('asks few questions: one list, one batch of roles, one batch for twenty folders', async () => {
    await using world = await startWorld();
    const before = world.online.requests.byKind.folder;
    const folders = await foldersOf(world.ada);
    const inner = folders.filter(({ path }) => path.length === 1).length;
    expect(inner).toBeLessThanOrEqual(20);
    expect(world.online.requests.byKind.folder - before).toBeLessThanOrEqual(4);
  });

  test('does without Recoverable Items where the service does not know their name', async () => {
    await using world = await startWorld();
    const unknowing: typeof fetch = (input, init) => {
      const body = Buffer.from((init?.body as Uint8Array | undefined) ?? []).toString();
      const changed = body.replace('recoverableitemsroot', 'somethingelse');
      return world.exchange.fetch(input, changed === body ? init : { ...init, body: changed });
    };
    const ada = await connect(world.exchange, { fetch: unknowing }).mailbox(ADA);
    const skipped = (await all(ada.collections())).filter(({ type }) => type === 'collection-skipped');
    expect(skipped.map(({ collection }) => collection.name)).toEqual(['Unread Mail']);
  });

  test('takes a folder that vanishes meanwhile for gone, not for an error', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    control.createFolder(ADA, 'Doomed/Child');
    const names: string[] = [];
    for await (const { collection } of world.ada.collections()) {
      if (collection.name === 'Doomed') control.deleteFolder(ADA, 'Doomed');
      names.push(collection.name);
    }
    expect(names).toContain('Doomed');
    expect(names).not.toContain('Child');
    await expect(folderNamed(world.ada, 'Doomed')).rejects.toThrow('no folder');
  });
});

describe('a folder without messages', () => {
  test('is told with that number, so that a backup does not ask for its changes', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    for (let index = 0; index < 40; index++) control.createFolder(ADA, ['Many', `Folder ${index}`]);
    await control.addMessage(ADA, ['Many', 'Folder 7'], letter('Only one'));
    const folders = await foldersOf(world.ada);
    const counts = folders.filter(({ name }) => name.startsWith('Folder ')).map(({ itemCount }) => itemCount);
    expect(counts.filter((count) => count === 0)).toHaveLength(39);
    expect(counts.filter((count) => count === 1)).toHaveLength(1);
  });

  test('costs a twentieth of a request: 1,500 of them are listed in pages of 1,000', async () => {
    await using world = await startWorld();
    for (let index = 0; index < 1500; index++) world.exchange.control.createFolder(ADA, ['Many', `Folder ${index}`]);
    const before = world.online.requests.byKind.folder;
    expect(await foldersOf(world.ada)).toHaveLength(1500 + 1 + (await foldersOf(world.bob)).length);
    expect(world.online.requests.byKind.folder - before).toBeLessThan(1500 / 20 + 12);
  });
});
