import { openRepository } from '@holdfast/core';
import { localDestination } from '@holdfast/destinations/local';
import { describe, expect, it } from 'vitest';
import { differencesFromMailbox } from './differences.ts';
import { draft, letter } from './letters.ts';
import { countObjects, fingerprint } from './stored-objects.ts';
import { otherThanFoldersAndChanges } from './other-requests.ts';
import { ADA, startWorld } from './world.ts';
import type { World, WorldOptions } from './world.ts';

/** The repository does different things after 2 runs (cursors are renewed) and 16 (an index of snapshots). */
const runs = process.env['SLOW'] === '1' ? 40 : 18;

async function startWithLetters(options: WorldOptions = {}): Promise<World & { readonly ids: readonly string[] }> {
  const world = await startWorld(options);
  const ids: string[] = [];
  for (let i = 0; i < 120; i += 1) {
    ids.push(await world.control.addMessage(ADA, i % 3 === 0 ? 'inbox' : 'Projects/Bridge', letter(i)));
  }
  ids.push(await world.control.addMessage(ADA, 'drafts', draft(120)));
  return Object.assign(world, { ids });
}

describe('a run without any change', () => {
  it('asks for folders and changes only, writes the snapshot and nothing else, and says so', async () => {
    await using world = await startWithLetters();
    const { exchange, repository, ada, folder } = world;
    await repository.backup(ada);
    const before = await fingerprint(folder);
    exchange.requests.reset();
    const report = await repository.backup(ada);

    expect(otherThanFoldersAndChanges(exchange.requests.counts)).toEqual([]);
    expect(exchange.requests.counts.delta).toBeGreaterThan(0);
    expect(report).toMatchObject({ unchanged: true, result: 'complete', objectsWritten: 1 });
    expect(report.snapshot.statistics).toMatchObject({ items: 121, added: 0, changed: 0, moved: 0, removed: 0 });
    const after = await fingerprint(folder);
    const added = Object.keys(after).filter((name) => before[name] === undefined);
    expect(added).toEqual([expect.stringMatching(/^snapshots\/[0-9a-f]{64}$/)]);
    expect(after).toMatchObject(before);
  });

  it('stores no item again over many such runs, in a process that has seen nothing of the mailbox before', async () => {
    await using world = await startWithLetters({ key: 'none' });
    const { exchange, control, repository, ada, folder } = world;
    await repository.backup(ada);
    const { dataPacks } = await countObjects(folder);
    exchange.requests.reset();
    for (let run = 0; run < runs; run += 1) {
      await using opened = await openRepository({ destination: localDestination({ path: folder }) });
      expect((await opened.backup(ada)).unchanged).toBe(true);
    }
    expect(otherThanFoldersAndChanges(exchange.requests.counts)).toEqual([]);
    expect((await countObjects(folder)).dataPacks).toBe(dataPacks);
    expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
  });
});

describe('a message whose content did not change', () => {
  const changes: Record<string, (world: World, id: string) => void> = {
    moved: ({ control }, id) => control.moveMessage(ADA, id, 'Archive'),
    flagged: ({ control }, id) => control.updateMessage(ADA, id, { flag: { flagStatus: 'flagged' } }),
    read: ({ control }, id) => control.updateMessage(ADA, id, { isRead: true }),
    categorised: ({ control }, id) => control.updateMessage(ADA, id, { categories: ['Bridge'] }),
    'moved and flagged': ({ control }, id) => {
      control.moveMessage(ADA, id, 'Projects/Done');
      control.updateMessage(ADA, id, { flag: { flagStatus: 'complete' }, isRead: true });
    },
    'in a folder that was renamed and moved': ({ control }) => {
      control.renameFolder(ADA, 'Projects/Bridge', 'Tunnel');
      control.moveFolder(ADA, 'Projects/Tunnel', 'inbox');
    },
  };

  for (const [name, change] of Object.entries(changes)) {
    it(`is neither fetched nor stored again when it is ${name}`, async () => {
      await using world = await startWithLetters({ key: 'none' });
      const { exchange, control, repository, ada, folder, ids } = world;
      await repository.backup(ada);
      const { dataPacks } = await countObjects(folder);
      exchange.requests.reset();
      change(world, ids[4] ?? '');
      const report = await repository.backup(ada);

      expect(exchange.requests.counts.mime).toBe(0);
      expect(exchange.requests.counts.messages).toBe(0);
      expect(exchange.requests.counts.attachments).toBe(0);
      expect((await countObjects(folder)).dataPacks).toBe(dataPacks);
      expect(report.snapshot.statistics.bytesRead).toBe(0);
      expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
    });
  }
});

describe('a draft that was edited', () => {
  it('is fetched once, and nothing else is', async () => {
    await using world = await startWithLetters();
    const { exchange, control, repository, ada, folder, ids } = world;
    await repository.backup(ada);
    const { dataPacks } = await countObjects(folder);
    exchange.requests.reset();
    const body = { contentType: 'text', content: 'Better words.' } as const;
    control.updateMessage(ADA, ids.at(-1) ?? '', { body });
    const report = await repository.backup(ada);

    expect(exchange.requests.counts.mime).toBe(1);
    expect(report.snapshot.statistics).toMatchObject({ items: 121, added: 0, changed: 1 });
    expect(report.unchanged).toBe(false);
    expect((await countObjects(folder)).dataPacks).toBeGreaterThan(dataPacks);
    expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
  });
});
