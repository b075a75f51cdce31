import { describe, expect, test } from 'vitest';

import { alteredFetch, withEntries } from '../altered-answers.ts';
import { BOB, connect, startWorld } from '../support.ts';

const path = (...names: string[]) =>
  names.map((name) => ({ name, role: undefined, kind: 'mail', hidden: false }) as const);

describe('folders of a restore', () => {
  test('cost one request each to make, and one for each parent to find again', async () => {
    await using world = await startWorld();
    const { requests } = world.exchange;
    const names = Array.from({ length: 300 }, (_, number) => `Folder ${number}`);
    requests.reset();
    for (const name of names) await world.bob.prepareCollection(path('Top', name));
    // The top and its folders; and the list of the top.
    expect(requests.counts.folders).toBe(1 + names.length + 1);

    const other = await connect(world.exchange).mailbox(BOB);
    requests.reset();
    for (const name of names) await other.findCollection(path('Top', name.toUpperCase()));
    expect(requests.counts.folders).toBe(2);
    expect(await other.findCollection(path('Top', 'Nowhere', 'Below'))).toBeUndefined();
  });

  test('that are a role the mailbox does not have are asked for once', async () => {
    await using world = await startWorld();
    const clutter = { name: 'Clutter', role: 'clutter', kind: 'mail', hidden: false } as const;
    world.exchange.control.createFolder(BOB, ['Clutter']);
    world.exchange.requests.reset();
    for (let i = 0; i < 20; i += 1) await world.bob.prepareCollection([clutter, ...path(`Folder ${i}`)]);
    expect(world.exchange.requests.counts.folders).toBeLessThanOrEqual(1 + 1 + 1 + 20);
  });

  test('whose name the service refuses are refused with all below them, and asked for once', async () => {
    await using world = await startWorld();
    const long = 'x'.repeat(256);
    const refused = { code: 'ERR_COLLECTION_REFUSED', details: { reason: 'ErrorInvalidProperty' } };
    await expect(world.bob.prepareCollection(path('Top', long))).rejects.toMatchObject(refused);
    world.exchange.requests.reset();
    for (const below of ['a', 'b']) {
      await expect(world.bob.prepareCollection(path('Top', long, below))).rejects.toMatchObject(refused);
    }
    expect(world.exchange.requests.total).toBe(0);
    await expect(world.bob.prepareCollection(path('Top', ''))).rejects.toMatchObject(refused);
    expect(await world.bob.prepareCollection(path('Top', 'fine'))).not.toBe('');
  });

  test.each([[undefined], ['']])(
    'that the service lists without an id (%j) are nothing to restore into',
    async (id) => {
      await using world = await startWorld();
      world.exchange.control.createFolder(BOB, 'Top');
      const fetch = alteredFetch(world.exchange, (_url, answer) =>
        withEntries(answer, (entries) =>
          entries.map((entry) => (entry['displayName'] === 'Top' ? { ...entry, id } : entry)),
        ),
      );
      const bob = await connect(world.exchange, { fetch }).mailbox(BOB);
      expect(await bob.findCollection(path('Top'))).toBeUndefined();
    },
  );

  test('are looked for from the top again when one on the way was deleted meanwhile', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    await world.bob.prepareCollection(path('Top', 'First'));
    control.deleteFolder(BOB, ['Top']);
    const id = await world.bob.prepareCollection(path('Top', 'Second'));
    expect(control.folders(BOB).find((folder) => folder.id === id)?.path).toEqual(['Top', 'Second']);
    control.deleteFolder(BOB, ['Top']);
    // What it remembers may be gone, which the next request in it shows.
    expect(await world.bob.findCollection(path('Top', 'Second', 'Below'))).toBeUndefined();
  });
});
