import { expect } from 'vitest';
import { letter } from '../letters.ts';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';
import { backUpWhole, restoreWhole } from './pitfall.ts';
import type { Pitfall } from './pitfall.ts';
import { expectSameMail } from './same-mail.ts';

/** Paths of the visible and hidden folders of a mailbox, roots and search folders excepted. */
function foldersOf({ control }: World, mailbox: string): string[] {
  const roots = new Set(['msgfolderroot', 'recoverableitemsroot', 'searchfolders', 'recoverableitemsdeletions']);
  return control
    .folders(mailbox)
    .filter(({ wellKnownName, isSearch, path }) => !isSearch && path.length > 0 && !roots.has(wellKnownName ?? ''))
    .map(({ path, isHidden }) => `${path.join(' / ')}${isHidden ? ' (hidden)' : ''}`)
    .filter((line) => !/^(?:Purges|Versions)$/.test(line))
    .toSorted();
}

/** Pitfalls of the tree of folders. */
export const folderPitfalls: readonly Pitfall[] = [
  {
    number: 1,
    title: 'every folder is covered, nested or hidden, and what is skipped is told with its reason',
    async run(world) {
      const { control, repository } = world;
      const paths = [
        ['A', 'B', 'C', 'D', 'E', 'F'],
        ['A', 'B', 'Secret'],
        ['A', 'B', 'Secret', 'Below'],
        ...Array.from({ length: 130 }, (_, number) => ['Inbox', 'Customers', `Customer ${number}`]),
        ...Array.from({ length: 110 }, (_, number) => [`Top ${number}`]),
      ];
      for (const path of paths) control.createFolder(ADA, path, { isHidden: path.at(-1) === 'Secret' });
      for (const [number, path] of paths.entries()) await control.addMessage(ADA, path, letter(number));

      const { coverage } = await backUpWhole(world);
      const covered = coverage.collections.filter(({ state }) => state === 'covered');
      const listed = await Array.fromAsync(repository.collections({ snapshot: 'latest' }));
      const byId = new Map(listed.map((folder) => [folder.id, folder]));
      const shown = listed.map(({ path, hidden }) => {
        return `${path.map((id) => byId.get(id)?.name).join(' / ')}${hidden ? ' (hidden)' : ''}`;
      });
      expect(shown.toSorted()).toEqual(foldersOf(world, ADA));
      expect(covered).toHaveLength(listed.length);
      expect(covered.reduce((sum, { items }) => sum + items, 0)).toBe(paths.length);
      const others = coverage.collections.filter(({ state }) => state !== 'covered');
      expect(others.map(({ name, state, cause }) => [name, state, cause]).toSorted()).toEqual([
        ['Recoverable Items', 'skipped', 'excluded'],
        ['Unread Mail', 'skipped', 'search-folder'],
      ]);

      await restoreWhole(world);
      await expectSameMail(world);
      const restored = foldersOf(world, EVE);
      for (const path of paths) expect(restored.join('\n')).toContain(path.join(' / '));
      expect(restored).toContain('A / B / Secret (hidden)');
    },
  },
  {
    number: 2,
    title: 'no folder is left out or taken for another because of its name, in whatever language',
    async run(world) {
      const { control, repository } = world;
      const names = { inbox: 'Posteingang', sentitems: 'Gesendete Elemente', deleteditems: 'Gelöschte Elemente' };
      for (const [role, name] of Object.entries({ ...names, outbox: 'Postausgang', drafts: 'Entwürfe' })) {
        control.renameFolder(ADA, role, name);
      }
      // Names that a mailbox in English has for folders which others leave out.
      const suspicious = [
        'Recoverable Items',
        'Sync Issues',
        'Search Folders',
        'Finder',
        'Top of Information Store',
        'Purges',
        'RSS Feeds',
        'inbox',
        'searchfolders',
        'Unread Mail ',
        'Calendar',
        'Conversation Action Settings',
      ];
      const paths = [
        ...suspicious.map((name) => ['Projects', name]),
        ...Object.values(names).map((name) => [name]),
        ['Posteingang', 'Deleted Items'],
        ['Gelöschte Elemente', 'Inbox'],
        ['Postausgang'],
      ];
      for (const [number, path] of paths.entries()) await control.addMessage(ADA, path, letter(number));

      const { coverage } = await backUpWhole(world);
      const skipped = coverage.collections.filter(({ state }) => state !== 'covered').map(({ cause }) => cause);
      expect(skipped.toSorted()).toEqual(['excluded', 'search-folder']);
      const roles = new Map<string | undefined, string>();
      for await (const { role, name } of repository.collections({ snapshot: 'latest' })) roles.set(role, name);
      expect(Object.fromEntries(roles)).toMatchObject(names);

      // Eve's mailbox is in English: roles lead to her folders, names to none of those.
      await restoreWhole(world);
      const english = {
        Posteingang: 'Inbox',
        'Gesendete Elemente': 'Sent Items',
        'Gelöschte Elemente': 'Deleted Items',
      };
      const translate = (name: string): string => (english as Record<string, string>)[name] ?? name;
      const wanted = paths.map(([top = '', ...below], number) => {
        return `${[top === 'Postausgang' ? 'Outbox' : translate(top), ...below].join(' / ')}: Letter ${number}`;
      });
      const found = (await control.messages(EVE)).map(
        ({ folder, content }) => `${folder.join(' / ')}: ${content.subject}`,
      );
      expect(found.toSorted()).toEqual(wanted.toSorted());
    },
  },
  {
    number: 22,
    title: 'folders of the same name do not collide',
    async run(world) {
      const { control, repository } = world;
      const paths = [
        ['2024', 'Invoices'],
        ['2025', 'Invoices'],
        ['Inbox', 'Invoices'],
        ['Inbox', '2024', 'Invoices'],
        // What a separator would make the same.
        ['2024/Invoices'],
        ['2024', 'Invoices/Paid'],
        ['2024', 'Invoices', 'Paid'],
        ['2024 / Invoices'],
        ['Invoices'],
        ['Invoices', 'Invoices', 'Invoices'],
        ['..', 'Invoices'],
      ];
      // The same letter everywhere, so that nothing but the folder tells them apart.
      for (const path of paths) await control.addMessage(ADA, path, letter(1));
      await backUpWhole(world);

      // Two of them swap their names, so that the old name now leads to the other one.
      control.renameFolder(ADA, ['2024'], 'old');
      control.renameFolder(ADA, ['2025'], '2024');
      control.renameFolder(ADA, ['old'], '2025');
      const { snapshot } = await backUpWhole(world);
      expect(snapshot.statistics).toMatchObject({ items: paths.length, added: 0, removed: 0 });

      for (const restored of [paths.length, 0]) expect((await restoreWhole(world)).restored).toBe(restored);
      await expectSameMail(world);

      // One folder of two that are named alike, chosen by its id, into a folder of its own.
      const chosen = (await control.messages(ADA)).find(({ folder }) => folder.join('>') === 'Inbox>2024>Invoices');
      const collections = [chosen?.folderId ?? ''];
      expect(await restoreWhole(world, { collections, into: ['Back'] })).toMatchObject({ planned: 1, restored: 1 });
      const back = (await control.messages(EVE)).filter(({ folder }) => folder[0] === 'Back');
      expect(back.map(({ folder }) => folder)).toEqual([['Back', 'Invoices']]);
      expect(await repository.planRestore({ snapshot: 'latest', collections })).toMatchObject({ items: 1 });
    },
  },
];
