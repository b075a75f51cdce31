import process from 'node:process';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { startExchange } from '../../src/exchange/index.ts';
import type { Exchange } from '../../src/exchange/index.ts';
import { graphClient } from '../support/graph-client.ts';
import type { GraphClient } from '../support/graph-client.ts';
import { messageFixture } from '../support/message-fixtures.ts';

const ADA = 'ada@example.org';
const FOLDERS = ['inbox', 'archive', 'drafts'] as const;

type Step =
  | { readonly type: 'add' | 'move'; readonly at: number; readonly folder: number }
  | { readonly type: 'delete' | 'flag'; readonly at: number }
  | { readonly type: 'page'; readonly folder: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('add' as const), at: fc.nat(), folder: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('move' as const), at: fc.nat(), folder: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('delete' as const, 'flag' as const), at: fc.nat() }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('page' as const), folder: fc.nat(2) }) },
);

/** A copy of one folder that follows change tracking a page at a time. */
function follower(graph: GraphClient, folder: string, prefer: string) {
  const items = new Map<string, string>();
  let url = `/users/${ADA}/mailFolders/${folder}/messages/delta?$select=changeKey`;
  const followed = {
    items,
    async page(): Promise<'more' | 'up-to-date'> {
      const { json } = await graph(url, { headers: { prefer } });
      for (const item of json.value) {
        if (item['@removed'] === undefined) items.set(item.id, item.changeKey);
        else items.delete(item.id);
      }
      url = json['@odata.nextLink'] ?? json['@odata.deltaLink'] ?? '';
      return json['@odata.nextLink'] === undefined ? 'up-to-date' : 'more';
    },
    async catchUp(): Promise<void> {
      // The first round ends what was begun; the second one shows what happened meanwhile.
      for (const _ of [1, 2]) while ((await followed.page()) === 'more');
    },
  };
  return followed;
}

async function act(exchange: Exchange, history: Step): Promise<void> {
  const messages = await exchange.control.messages(ADA);
  const target = history.type === 'page' ? undefined : messages[history.at % Math.max(1, messages.length)];
  if (history.type === 'add') {
    await exchange.control.addMessage(ADA, FOLDERS[history.folder] ?? 'inbox', messageFixture());
  } else if (target !== undefined) {
    if (history.type === 'move') exchange.control.moveMessage(ADA, target.id, FOLDERS[history.folder] ?? 'inbox');
    if (history.type === 'delete') exchange.control.deleteMessage(ADA, target.id);
    if (history.type === 'flag') exchange.control.updateMessage(ADA, target.id, { flag: { flagStatus: 'flagged' } });
  }
}

it.each([
  ['immutable', 'IdType="ImmutableId", odata.maxpagesize=2'],
  ['mutable', 'odata.maxpagesize=2'],
] as const)('applying the changes of all folders gives the store, with %s ids', async (format, prefer) => {
  const numRuns = process.env['SLOW'] === '1' ? 500 : 40;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(0, 0.3), async (history, replayRate) => {
      await using exchange = await startExchange({ mailboxes: { [ADA]: {} }, replayRate, deltaGenerations: 1000 });
      const graph = await graphClient(exchange);
      // Enough for rounds of several pages from the beginning.
      for (let index = 0; index < 7; index++) await exchange.control.addMessage(ADA, 'inbox', messageFixture());
      const followers = FOLDERS.map((folder) => follower(graph, folder, prefer));
      for (const event of history) {
        if (event.type === 'page') await followers[event.folder]?.page();
        else await act(exchange, event);
      }
      const messages = await exchange.control.messages(ADA);
      for (const [index, folder] of FOLDERS.entries()) {
        const followed = followers[index];
        await followed?.catchUp();
        const id = exchange.control.folders(ADA).find(({ wellKnownName }) => wellKnownName === folder)?.id;
        const there = messages.filter(({ folderId }) => folderId === id);
        expect([...(followed?.items ?? [])].toSorted()).toEqual(
          there
            .map((message) => [format === 'immutable' ? message.id : message.mutableId, message.changeKey])
            .toSorted(),
        );
      }
    }),
    { numRuns },
  );
});
