import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient, GraphJson } from '../support/graph-client.ts';
import { messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const FOLDERS = `/users/${ADA}/mailFolders`;

describe('mail folders', () => {
  let exchange: Exchange;
  let graph: GraphClient;

  beforeEach(async () => {
    exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    graph = await graphClient(exchange);
  });
  afterEach(() => exchange.close());

  const namesAt = async (path: string): Promise<readonly string[]> =>
    (await graph(`/users/${ADA}${path}`)).json.value.map(({ displayName }) => displayName);

  /** All folders of change tracking, and the link to what comes after. */
  async function track(url: string): Promise<{ folders: readonly GraphJson[]; link: string }> {
    const folders: GraphJson[] = [];
    for (let next: string | undefined = url; ;) {
      const { json }: { json: GraphJson } = await graph(next);
      folders.push(...json.value);
      next = json['@odata.nextLink'];
      if (next === undefined) return { folders, link: json['@odata.deltaLink'] ?? '' };
    }
  }

  it('takes names of 255 characters, and refuses longer ones', async () => {
    const longest = 'n'.repeat(255);
    const made = await graph(FOLDERS, { method: 'POST', json: { displayName: longest } });
    expect([made.status, made.json.displayName]).toEqual([201, longest]);
    const tooLong = { json: { displayName: `${longest}n` } };
    for (const refused of [
      await graph(FOLDERS, { method: 'POST', ...tooLong }),
      await graph(`${FOLDERS}/${made.json.id}`, { method: 'PATCH', ...tooLong }),
    ]) {
      expect([refused.status, refused.json.error.code]).toEqual([400, 'ErrorInvalidProperty']);
    }
  });

  it('lists the direct children of the root, ten a page, hidden ones on request', async () => {
    exchange.control.createFolder(ADA, 'Projects/2019');
    exchange.control.createFolder(ADA, 'Zoo');
    const first = await graph(`/users/${ADA}/mailFolders`);
    expect(first.json.value).toHaveLength(10);
    const link = first.json['@odata.nextLink'] ?? '';
    expect(link).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\/users\/.*%24top=10&%24skip=10$/);
    expect((await graph(link)).json.value.map(({ displayName }) => displayName)).toEqual(['Zoo']);
    expect(await namesAt('/mailFolders?includeHiddenFolders=true&$top=100')).toContain('ExternalContacts');
    expect(await namesAt('/mailFolders?$top=100')).not.toContain('ExternalContacts');
  });

  it('tells a search folder by its type', async () => {
    const { json } = await graph(`/users/${ADA}/mailFolders?$filter=displayName eq 'Unread Mail'&$count=true`);
    expect(json['@odata.count']).toBe(1);
    expect(json.value[0]?.['@odata.type']).toBe('#microsoft.graph.mailSearchFolder');
  });

  it('counts children, items and unread items, and selects', async () => {
    exchange.control.createFolder(ADA, 'Inbox/Projects');
    await exchange.control.addMessage(ADA, 'inbox', messageFixture());
    await exchange.control.addMessage(ADA, 'inbox', messageFixture({ isRead: true }));
    const { json } = await graph(`/users/${ADA}/mailFolders/inbox`);
    expect(json).toMatchObject({ childFolderCount: 1, totalItemCount: 2, unreadItemCount: 1, isHidden: false });
    const selected = await graph(`/users/${ADA}/mailFolders/INBOX?$select=displayName`);
    expect(Object.keys(selected.json).toSorted()).toEqual(['displayName', 'id']);
  });

  it('reaches Recoverable Items by name only', async () => {
    const root = await graph(`/users/${ADA}/mailFolders/recoverableitemsroot`);
    expect(await namesAt(`/mailFolders/${root.json.id}/childFolders`)).toContain('Deletions');
    expect((await graph(`/users/${ADA}/mailFolders/recoverableitemsdeletions`)).json.parentFolderId).toBe(root.json.id);
    expect(await namesAt('/mailFolders?includeHiddenFolders=true&$top=100')).not.toContain('Recoverable Items');
  });

  it('creates, renames, moves and deletes folders, whose ids stay', async () => {
    const parent = (await graph(`/users/${ADA}/mailFolders`, { method: 'POST', json: { displayName: 'Projects' } }))
      .json;
    const created = await graph(`/users/${ADA}/mailFolders/${parent.id}/childFolders`, {
      method: 'POST',
      json: { displayName: '2019', isHidden: true },
    });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ displayName: '2019', isHidden: true, parentFolderId: parent.id });
    const path = `/users/${ADA}/mailFolders/${created.json.id}`;
    expect((await graph(path, { method: 'PATCH', json: { displayName: '2020' } })).json.displayName).toBe('2020');
    const moved = await graph(`${path}/move`, { method: 'POST', json: { destinationId: 'inbox' } });
    expect(moved.json.id).toBe(created.json.id);
    expect(await namesAt('/mailFolders/inbox/childFolders?includeHiddenFolders=true')).toEqual(['2020']);
    await exchange.control.addMessage(ADA, created.json.id, messageFixture());
    expect((await graph(path, { method: 'DELETE' })).status).toBe(204);
    expect((await graph(path)).status).toBe(404);
    expect(await exchange.control.messages(ADA)).toEqual([]);
  });

  it('tracks the visible tree as one flat list, without its root and what is hidden', async () => {
    exchange.control.createFolder(ADA, 'Projects/2019');
    exchange.control.createFolder(ADA, ['Projects', 'Hidden'], { isHidden: true });
    const { folders } = await track(`/users/${ADA}/mailFolders/delta`);
    const visible = exchange.control
      .folders(ADA)
      .filter(({ path, isHidden, id }) => path.length > 0 && !isHidden && folders.some((folder) => folder.id === id));
    expect(folders).toHaveLength(visible.length);
    expect(folders.map(({ displayName }) => displayName)).toEqual(expect.arrayContaining(['2019', 'Inbox']));
    expect(folders.map(({ displayName }) => displayName)).not.toContain('Hidden');
    expect(folders.map(({ displayName }) => displayName)).not.toContain('Deletions');
    expect((await graph(`/users/${ADA}/mailFolders/delta`)).json.value).toHaveLength(10);
  });

  it('tracks what happens to folders', async () => {
    const { link } = await track(`/users/${ADA}/mailFolders/delta`);
    expect((await track(link)).folders).toEqual([]);
    const id = exchange.control.createFolder(ADA, 'Projects/2019');
    const second = await track(link);
    expect(second.folders.find((folder) => folder.id === id)).toMatchObject({ displayName: '2019' });
    exchange.control.renameFolder(ADA, id, '2020');
    exchange.control.moveFolder(ADA, id, 'inbox');
    const third = await track(second.link);
    const inbox = await graph(`/users/${ADA}/mailFolders/inbox`);
    expect(third.folders.find((folder) => folder.id === id)).toMatchObject({
      displayName: '2020',
      parentFolderId: inbox.json.id,
    });
    exchange.control.deleteFolder(ADA, id);
    const fourth = await track(third.link);
    expect(fourth.folders.find((folder) => folder.id === id)).toEqual({ id, '@removed': { reason: 'deleted' } });
  });
});
