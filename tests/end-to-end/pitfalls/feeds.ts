import type { ExpireDeltaTokensOptions } from '@holdfast/simulators/exchange';
import { expect } from 'vitest';
import { draft, letter } from '../letters.ts';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';
import { backUpWhole, expectSnapshotIsMailbox, restore, restoreWhole } from './pitfall.ts';
import type { Pitfall } from './pitfall.ts';
import { expectSameMail } from './same-mail.ts';

/** All ways in which the service says that it does not know a token any more. */
const LOSSES: readonly ExpireDeltaTokensOptions[] = [
  { code: 'SyncStateNotFound' },
  { code: 'ResyncRequired' },
  { code: 'SyncStateInvalid' },
  { code: 'SyncStateNotFound', status: 404 },
  { code: 'ResyncRequired', status: 400, letterCase: 'lower' },
  { code: 'SyncStateInvalid', status: 400, letterCase: 'upper' },
];

async function addLetters({ control }: World, folder: string, from: number, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = from; i < from + count; i += 1) ids.push(await control.addMessage(ADA, folder, letter(i)));
  return ids;
}

/** Calls back at the given request of a kind, counted from 1, once. */
function atRequest({ control }: World, kind: string, number: number, act: () => void): () => void {
  let seen = 0;
  return control.onRequest((notice) => {
    if (notice.kind === kind && ++seen === number) act();
  });
}

/** Pitfalls of change tracking. */
export const feedPitfalls: readonly Pitfall[] = [
  {
    number: 7,
    title: 'a lost state of change tracking, in whatever words, between runs or pages, loses and doubles nothing',
    async run(world) {
      const { control, exchange, repository } = world;
      const ids = await addLetters(world, 'inbox', 0, 130);
      await addLetters(world, 'Archive', 200, 20);
      // In the middle of the first enumeration already.
      const stop = atRequest(world, 'delta', 3, () => control.expireDeltaTokens());
      await backUpWhole(world);
      stop();
      for (const [number, loss] of LOSSES.entries()) {
        const [gone = '', moved = '', read = ''] = ids.splice(0, 3);
        control.deleteMessage(ADA, gone);
        control.moveMessage(ADA, moved, 'Archive');
        control.updateMessage(ADA, read, { isRead: true });
        await addLetters(world, 'inbox', 300 + number, 1);
        control.expireDeltaTokens(loss);
        // And once more in the enumeration that follows, at another page each time.
        const end = atRequest(world, 'delta', 3 + number, () => control.expireDeltaTokens(loss));
        exchange.requests.reset();
        const { snapshot } = await backUpWhole(world);
        end();
        expect(snapshot.statistics).toMatchObject({ items: 150, added: 1, removed: 1, moved: 1 });
        // Nothing that was stored is read again.
        expect(exchange.requests.counts.mime).toBe(1);
      }
      const snapshots = await Array.fromAsync(repository.snapshots());
      expect(snapshots).toHaveLength(1 + LOSSES.length);
      await restoreWhole(world);
      await expectSameMail(world);
    },
  },
  {
    number: 8,
    title: 'a message that was moved away and back is not lost, changed on the way or not, where the service hides it',
    world: { immutableIdHole: true },
    async run(world) {
      const { control, exchange } = world;
      const ids = await addLetters(world, 'inbox', 0, 12);
      const drafts: string[] = [];
      for (let i = 0; i < 3; i += 1) drafts.push(await control.addMessage(ADA, 'drafts', draft(50 + i)));
      const whole = { items: 15, removed: 0, added: 0 };
      const there = (id: string, ...through: string[]): void => {
        for (const folder of through) control.moveMessage(ADA, id, folder);
      };
      const [plain = '', far = '', flagged = '', late = '', stays = ''] = ids;
      const [edited = '', editedOnTheWay = ''] = drafts;
      await backUpWhole(world);

      // Between two runs.
      there(plain, 'Archive', 'inbox');
      there(far, 'Archive', 'Deep/Down', 'deleteditems', 'inbox');
      there(flagged, 'Archive', 'inbox');
      control.updateMessage(ADA, flagged, { flag: { flagStatus: 'flagged' } });
      there(edited, 'Archive', 'drafts');
      control.updateMessage(ADA, edited, {
        subject: 'Draft, edited',
        body: { contentType: 'text', content: 'edited' },
      });
      there(editedOnTheWay, 'Archive');
      control.updateMessage(ADA, editedOnTheWay, { body: { contentType: 'text', content: 'edited elsewhere' } });
      there(editedOnTheWay, 'drafts');
      there(stays, 'Archive', 'inbox', 'Archive');
      exchange.requests.reset();
      const second = await backUpWhole(world);
      // The hole was there: the service told of removals that were none.
      expect(second.snapshot.statistics).toMatchObject({ ...whole, moved: 1 });
      expect(exchange.requests.counts.mime).toBe(2);

      // In the middle of a run, while another folder is read.
      const end = atRequest(world, 'delta', 4, () => there(late, 'Archive', 'inbox'));
      control.updateMessage(ADA, plain, { isRead: true });
      await backUpWhole(world);
      end();
      expect((await backUpWhole(world)).snapshot.statistics).toMatchObject(whole);

      // Deleted for good is another thing.
      control.deleteMessage(ADA, plain);
      expect((await backUpWhole(world)).snapshot.statistics).toMatchObject({ items: 14, removed: 1 });
      await restoreWhole(world);
      await expectSameMail(world);
    },
  },
  {
    number: 9,
    title: 'a mailbox over its quota is backed up by plain lists, and a restore into one ends at once',
    async run(world) {
      const { control, exchange } = world;
      const ids = await addLetters(world, 'inbox', 0, 110);
      await addLetters(world, 'Archive', 200, 5);
      control.setOverQuota(ADA, 'over');
      await backUpWhole(world);
      const deltas = exchange.requests.entries.filter(({ path }) => path.includes('/messages/delta'));
      expect(new Set(deltas.map(({ status }) => status))).toEqual(new Set([403]));

      const [gone = '', moved = '', read = ''] = ids;
      control.deleteMessage(ADA, gone);
      control.moveMessage(ADA, moved, 'Archive');
      control.updateMessage(ADA, read, { isRead: true });
      await addLetters(world, 'inbox', 300, 2);
      exchange.requests.reset();
      const { snapshot } = await backUpWhole(world);
      expect(snapshot.statistics).toMatchObject({ items: 116, added: 2, removed: 1, moved: 1, changed: 1 });
      expect(exchange.requests.counts.mime).toBe(2);
      // There is room again: change tracking takes over, and reads nothing twice.
      control.setOverQuota(ADA, 'under');
      exchange.requests.reset();
      expect((await backUpWhole(world)).unchanged).toBe(true);
      expect(exchange.requests.counts.mime).toBe(0);

      control.setOverQuota(EVE, 'over');
      exchange.requests.reset();
      const full = await restore(world);
      expect(full).toMatchObject({ result: 'complete-with-failures', restored: 0, planned: 116 });
      expect(full.ended?.code).toBe('ERR_SOURCE_QUOTA_EXCEEDED');
      expect(exchange.requests.counts.create).toBeLessThanOrEqual(4);
      expect(exchange.requests.total).toBeLessThanOrEqual(12);
      expect(await control.messages(EVE)).toEqual([]);
      control.setOverQuota(EVE, 'under');
      expect(await restoreWhole(world)).toMatchObject({ restored: 116 });
      await expectSameMail(world);

      // It fills up in the middle: what is there stays, whole, and the next run brings the rest.
      const later = await world.online.mailbox(EVE);
      let created = 0;
      const end = control.onRequest(({ kind }) => {
        if (kind === 'create' && ++created === 40) control.setOverQuota(EVE, 'over');
      });
      const half = await restore(world, { target: later, into: ['Again'] });
      end();
      expect(half.ended?.code).toBe('ERR_SOURCE_QUOTA_EXCEEDED');
      expect(half.restored).toBeGreaterThanOrEqual(35);
      expect(half.restored).toBeLessThan(45);
      control.setOverQuota(EVE, 'under');
      expect(await restoreWhole(world, { into: ['Again'] })).toMatchObject({
        restored: 116 - half.restored,
        skipped: half.restored,
      });
    },
  },
  {
    number: 11,
    title: 'what vanishes in the middle of a run, a message or a folder, is no failure',
    async run(world) {
      const { control, repository, ada } = world;
      const ids = await addLetters(world, 'inbox', 0, 60);
      await addLetters(world, 'Doomed', 100, 5);
      await addLetters(world, 'Doomed/Too', 110, 5);
      await addLetters(world, 'Later', 120, 60);
      await addLetters(world, 'Later/Below', 190, 5);
      let reads = 0;
      let others = 0;
      let deltas = 0;
      const end = control.onRequest(({ kind, path }) => {
        const id = kind === 'mime' ? ids.find((candidate) => path.includes(encodeURIComponent(candidate))) : undefined;
        // Just before it is read, after it was told.
        if (id !== undefined && [3, 20, 41].includes(++reads)) control.deleteMessage(ADA, id);
        if (kind === 'delta' && ++deltas === 2) control.deleteFolder(ADA, 'Doomed');
        // In the middle of its own enumeration.
        if (kind === 'mime' && id === undefined && ++others === 15) control.deleteFolder(ADA, 'Later');
      });
      const report = await repository.backup(ada);
      end();
      expect(report).toMatchObject({ result: 'complete', coverage: { failures: [], omitted: [] } });
      expect(report.vanished).toBeGreaterThanOrEqual(3);
      const left = await control.messages(ADA);
      expect(left.map(({ folder }) => folder)).toEqual(Array.from({ length: 57 }, () => ['Inbox']));
      // Nothing that is still there is missing; what went while the run was busy elsewhere goes with the next one.
      const found = new Set<string>();
      for await (const { id: collection } of repository.collections({ snapshot: 'latest' })) {
        const page = await repository.browse({ snapshot: 'latest', collection, pageSize: 1000 });
        for (const { id } of page.items) found.add(id);
      }
      expect(left.filter(({ id }) => !found.has(id))).toEqual([]);
      await backUpWhole(world);

      // The same for a restore: its folder vanishes under it, and is made again.
      let created = 0;
      const stop = control.onRequest(({ kind }) => {
        if (kind === 'create' && ++created === 20) control.deleteFolder(EVE, 'Copies');
      });
      expect(await restoreWhole(world, { into: ['Copies'] })).toMatchObject({ restored: left.length });
      stop();
      await restoreWhole(world, { into: ['Copies'] });
      const copies = (await control.messages(EVE)).filter(({ folder }) => folder[0] === 'Copies');
      expect(copies.map(({ content }) => content.subject).toSorted()).toEqual(
        left.map(({ content }) => content.subject).toSorted(),
      );
      await expectSnapshotIsMailbox(world);
    },
  },
];
