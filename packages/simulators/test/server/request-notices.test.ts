import { describe, expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { RequestNotice } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import { messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const INBOX = `/users/${ADA}/mailFolders/inbox`;

describe('onRequest', () => {
  it('tells of each request in order, those of a batch singly, until it is ended', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const notices: RequestNotice[] = [];
    const stop = exchange.control.onRequest((notice) => void notices.push(notice));
    const graph = await graphClient(exchange);
    await graph(`${INBOX}?$select=id`);
    await graph('/$batch', {
      method: 'POST',
      json: {
        requests: [
          { id: '1', method: 'GET', url: INBOX },
          { id: '2', method: 'GET', url: `${INBOX}/messages` },
        ],
      },
    });
    stop();
    await graph(INBOX);
    expect(notices.map(({ number, kind, method }) => [number, kind, method])).toEqual([
      [1, 'token', 'POST'],
      [2, 'folders', 'GET'],
      [3, 'batch', 'POST'],
      [4, 'folders', 'GET'],
      [5, 'messages', 'GET'],
    ]);
    expect(notices[1]?.path).toBe(`/v1.0${INBOX}?$select=id`);
  });

  it('lets a test change the mailbox between a list and what it led to', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    const { control } = exchange;
    const id = await control.addMessage(ADA, 'inbox', messageFixture());
    const folder = control.createFolder(ADA, 'Old');
    control.onRequest(async ({ kind }) => {
      await Promise.resolve();
      if (kind === 'mime') control.deleteMessage(ADA, id);
      if (kind === 'messages') control.renameFolder(ADA, folder, 'New');
    });
    expect((await graph(`${INBOX}/messages`)).json.value).toHaveLength(1);
    expect((await graph(`/users/${ADA}/messages/${id}/$value`)).status).toBe(404);
    expect((await graph(`/users/${ADA}/mailFolders/${folder}`)).json.displayName).toBe('New');
  });

  it('does not show the token of an upload address', async () => {
    await using exchange = await startExchange({ mailboxes: { [ADA]: {} } });
    const graph = await graphClient(exchange);
    const paths: string[] = [];
    exchange.control.onRequest(({ path }) => void paths.push(path));
    await graph('https://outlook.office.com/api/v2.0/AttachmentSessions/x?authtoken=secret', { method: 'DELETE' });
    expect(paths).toEqual(['/api/v2.0/AttachmentSessions/x?authtoken=']);
  });
});
