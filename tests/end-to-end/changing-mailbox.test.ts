import { expect, it } from 'vitest';
import { differencesFromMailbox } from './differences.ts';
import { letter } from './letters.ts';
import { ADA, startWorld } from './world.ts';

it('holds a mailbox that changes in the course of the run as it is at the end of the run', async () => {
  await using world = await startWorld();
  const { control, exchange, repository, ada } = world;
  const ids: string[] = [];
  for (let i = 0; i < 90; i += 1) {
    ids.push(await control.addMessage(ADA, i % 3 === 0 ? 'Projects/Bridge' : 'inbox', letter(i)));
  }
  await repository.backup(ada);
  const [flagged = '', moved = '', deleted = '', away = '', there = ''] = ids;
  for (let i = 90; i < 100; i += 1) await control.addMessage(ADA, 'inbox', letter(i));
  let stored = 0;
  exchange.requests.reset();
  const report = await repository.backup(ada, {
    concurrency: 1,
    onProgress({ type }) {
      if (type !== 'item-stored') return;
      stored += 1;
      if (stored !== 5) return;
      control.updateMessage(ADA, flagged, { flag: { flagStatus: 'flagged' } });
      control.createFolder(ADA, 'Late/Comer');
      control.moveMessage(ADA, moved, 'Late/Comer');
      control.deleteMessage(ADA, deleted);
      control.moveMessage(ADA, away, 'inbox');
      control.moveMessage(ADA, there, 'archive');
      control.moveMessage(ADA, there, 'inbox');
    },
  });
  expect(report.result).toBe('complete');
  expect(report.coverage.collections.filter(({ state, atRest }) => state === 'covered' && !atRest)).toEqual([]);
  expect(report.snapshot.statistics).toMatchObject({ items: 99, added: 10, removed: 1 });
  expect(await differencesFromMailbox(repository, 'latest', await control.messages(ADA))).toEqual([]);
  expect(await repository.backup(ada)).toMatchObject({ result: 'complete', unchanged: true });
});
