import type { ItemFault } from '@holdfast/simulators/exchange';
import { exchangeOnline } from '@holdfast/exchange-source';
import type { RetryEvent } from '@holdfast/exchange-source';
import { expect } from 'vitest';
import { differencesFromMailbox } from '../differences.ts';
import { letter } from '../letters.ts';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';
import { attachedMessage, file } from './attachments-to-try.ts';
import { backUpWhole, expectSnapshotIsMailbox, restore, restoreWhole } from './pitfall.ts';
import type { Pitfall } from './pitfall.ts';
import { expectSameMail } from './same-mail.ts';

/** Codes by which the service says that an item will always fail. */
const PERMANENT = [
  'ErrorCorruptData',
  'ErrorMimeContentConversionFailed',
  'ErrorContentConversionFailed',
  'ErrorInvalidRecipients',
  'ErrorCannotOpenFileAttachment',
];

async function addLetters({ control }: World, count: number, folder = 'inbox', from = 0): Promise<string[]> {
  const ids: string[] = [];
  for (let i = from; i < from + count; i += 1) ids.push(await control.addMessage(ADA, folder, letter(i)));
  return ids;
}

/** How often the service was asked for something of a message. */
function requestsFor({ exchange }: World, id: string, end: RegExp): number {
  const part = encodeURIComponent(id);
  return exchange.requests.entries.filter(({ path }) => path.includes(part) && end.test(path)).length;
}

/** Pitfalls of items that the service cannot show. */
export const sickItemPitfalls: readonly Pitfall[] = [
  {
    number: 10,
    title: 'one bad item never fails the mailbox: it is told with its reason, and the cursor is kept',
    async run(world) {
      const { control, repository, ada, exchange } = world;
      const ids = await addLetters(world, 60);
      await addLetters(world, 60, 'Archive', 100);
      const [bad = '', denied = ''] = [ids[7], ids[20]];
      control.failItem(bad, { code: 'ErrorInternalServerError' });
      control.failItem(denied, { status: 403, code: 'ErrorAccessDenied' });
      const first = await repository.backup(ada);
      expect(first.result).toBe('complete-with-failures');
      const inbox = (await control.messages(ADA, { mime: false }))[0]?.folderId;
      expect(first.coverage.failures.toSorted((a, b) => a.code.localeCompare(b.code))).toEqual([
        { collection: inbox, item: bad, code: 'ERR_ITEM_UNREADABLE', reason: 'ErrorInternalServerError' },
        { collection: inbox, item: denied, code: 'ERR_SOURCE_ACCESS_DENIED', reason: 'ErrorAccessDenied' },
      ]);
      await expectSnapshotIsMailbox(world, [bad, denied]);

      // The cursor moved on: only the bad ones are asked for again.
      exchange.requests.reset();
      expect(await repository.backup(ada)).toMatchObject({
        result: 'complete-with-failures',
        snapshot: { sequence: 2 },
      });
      const asked = exchange.requests.entries.filter(({ kind }) => kind === 'mime' || kind === 'messages');
      expect(asked.every(({ path }) => [bad, denied].some((id) => path.includes(encodeURIComponent(id))))).toBe(true);
      expect(asked.length).toBeGreaterThan(0);
      const pages = exchange.requests.entries.filter(({ kind, path }) => kind === 'delta' && /token=/.test(path));
      expect(exchange.requests.counts.delta).toBe(pages.length);

      for (const id of [bad, denied]) control.healItem(id);
      await backUpWhole(world);
      await restoreWhole(world);
      await expectSameMail(world);
    },
  },
  {
    number: 12,
    title: 'a 500 that stays is known by its code and asked for once; everything else of the item is kept',
    async run(world) {
      const { control, exchange, repository } = world;
      const { tenant, credentials, fetch } = exchange;
      const retries: RetryEvent[] = [];
      const ada = await exchangeOnline({
        tenant,
        credentials,
        fetch,
        clock: world.clock,
        onRetry: (event) => retries.push(event),
      }).mailbox(ADA);
      const attachments = [file('a.bin', 500), attachedMessage(letter(900, { mime: undefined }))];
      const ids: string[] = [];
      for (const [number, code] of PERMANENT.entries()) {
        const id = await control.addMessage(ADA, 'inbox', letter(number, { mime: undefined, attachments }));
        control.failItem(id, { code, parts: ['mime'] });
        ids.push(id);
      }
      await addLetters(world, 10, 'Archive', 100);
      const report = await repository.backup(ada);
      // Its other parts hold all of it, so nothing is lost.
      expect(report).toMatchObject({ result: 'complete', coverage: { failures: [] } });
      expect(
        report.coverage.omitted.map(({ item, part, reason, lost }) => [item, part, reason, lost]).toSorted(),
      ).toEqual(ids.map((id, number) => [id, 'message.eml', PERMANENT[number], false]).toSorted());
      for (const id of ids) expect(requestsFor(world, id, /messages\/[^/]+\/\$value$/)).toBe(1);
      expect(retries).toEqual([]);
      await restoreWhole(world);
      await expectSameMail(world);

      // A 500 that passes has no such code, and is worth a wait.
      const [passing = ''] = await addLetters(world, 1, 'inbox', 500);
      control.failItem(passing, { code: 'ErrorInternalServerError', times: 3 });
      expect(await repository.backup(ada)).toMatchObject({ result: 'complete', coverage: { failures: [] } });
      expect(retries.map(({ status, code }) => [status, code])).toEqual(
        Array.from({ length: 3 }, () => [500, 'ErrorInternalServerError']),
      );
      expect(requestsFor(world, passing, /\/\$value$/)).toBe(4);

      // What is asked of one that fails in every respect stays little: MIME, headers, attachments in ever smaller pages.
      const [hopeless = ''] = await addLetters(world, 1, 'inbox', 501);
      control.failItem(hopeless, { code: 'ErrorCorruptData' });
      const again = await repository.backup(ada);
      expect(again.result).toBe('complete-with-failures');
      expect(again.coverage.omitted.filter(({ lost }) => lost).every(({ item }) => item === hopeless)).toBe(true);
      expect(requestsFor(world, hopeless, /./)).toBeLessThanOrEqual(5);
      expect(retries).toHaveLength(3);
    },
  },
  {
    number: 13,
    title:
      'a page that is cut short or answers 500 is asked for in smaller pieces, until the item that breaks it is alone',
    async run(world) {
      const { control, exchange, repository } = world;
      const { tenant, credentials } = exchange;
      const sizes: number[] = [];
      let cutsAbove = Infinity;
      const fetch: typeof globalThis.fetch = async (input, init) => {
        const answer = await exchange.fetch(input, init);
        const url = decodeURIComponent(String(input));
        if (!url.includes('/messages/delta') || !url.includes(archive)) return answer;
        const size = Number(/maxpagesize=(\d+)/.exec(new Headers(init?.headers).get('prefer') ?? '')?.[1]);
        sizes.push(size);
        if (size <= cutsAbove) return answer;
        const { status, headers } = answer;
        return new Response((await answer.text()).slice(0, 300), {
          status,
          headers: { 'content-type': String(headers.get('content-type')) },
        });
      };
      const ada = await exchangeOnline({ tenant, credentials, fetch, clock: world.clock }).mailbox(ADA);
      const ids = await addLetters(world, 130);
      await addLetters(world, 20, 'Archive', 200);
      const archive = control.folders(ADA).find(({ wellKnownName }) => wellKnownName === 'archive')?.id ?? '?';
      for (let i = 0; i < 120; i += 1) control.createFolder(ADA, `Folder ${i}`);
      control.cutPages(2);
      control.cutPages(2, { kinds: ['folders'] });
      expect(await repository.backup(ada)).toMatchObject({
        result: 'complete',
        coverage: { failures: [], omitted: [] },
      });
      expect(exchange.requests.faults.cutPage).toBe(4);
      await expectSnapshotIsMailbox(world);

      // Pages of one folder arrive only if they are small.
      sizes.length = 0;
      cutsAbove = 6;
      const more = await addLetters(world, 60, 'Archive', 300);
      expect(await repository.backup(ada)).toMatchObject({
        result: 'complete',
        coverage: { failures: [], omitted: [] },
      });
      expect([...new Set(sizes)]).toEqual([50, 25, 12, 6]);
      await expectSnapshotIsMailbox(world);
      cutsAbove = Infinity;

      // One message breaks every page that shows its body.
      const [sick = ''] = [more[30]];
      const fault: ItemFault = { code: 'ErrorInternalServerError', parts: ['body'] };
      control.failItem(sick, fault);
      control.expireDeltaTokens();
      sizes.length = 0;
      await addLetters(world, 3, 'Archive', 400);
      control.updateMessage(ADA, sick, { isRead: true });
      const third = await repository.backup(ada);
      expect(sizes).toEqual(expect.arrayContaining([50, 25, 12, 6, 3, 1]));
      expect(third.snapshot.statistics).toMatchObject({ items: 213, removed: 0, added: 3 });
      const affected = [...third.coverage.failures, ...third.coverage.omitted].map(({ item }) => item);
      expect(affected.filter((id) => id !== sick)).toEqual([]);
      // Of the sick one, nothing but what could not be shown may differ.
      const differences = await differencesFromMailbox(repository, 'latest', await control.messages(ADA));
      expect(differences.filter((line) => !line.startsWith('Letter 330: '))).toEqual([]);

      // One that breaks every page it is on hides nothing either: what was known of its folder stays.
      const [broken = ''] = [ids[64]];
      control.failItem(broken, { code: 'ErrorInternalServerError', parts: ['page'] });
      control.updateMessage(ADA, broken, { isRead: true });
      await addLetters(world, 1, 'Archive', 500);
      const fourth = await repository.backup(ada);
      expect(fourth.result).toBe('complete-with-failures');
      expect(fourth.snapshot.statistics).toMatchObject({ items: 214, removed: 0, added: 1 });
      for (const id of [sick, broken]) control.healItem(id);
      for (const id of [sick, broken]) control.updateMessage(ADA, id, { isRead: false });
      expect(await repository.backup(ada)).toMatchObject({ result: 'complete', coverage: { failures: [] } });
      await expectSnapshotIsMailbox(world);
    },
  },
  {
    number: 27,
    title: 'attachments that cannot be read or written are reported, in the backup and in the restore',
    async run(world) {
      const { control, repository, ada } = world;
      const smime = { messageClass: 'IPM.Note.SMIME', mime: undefined };
      const attachments = [file('a.bin', 10), file('b.bin', 10)];
      const unreadable = await control.addMessage(ADA, 'inbox', letter(1, { ...smime, attachments }));
      control.failItem(unreadable, { code: 'ErrorCannotOpenFileAttachment', parts: ['attachments'] });
      const tooLarge = attachedMessage(letter(20, { mime: undefined, attachments: [file('in.bin', 4_000_000)] }));
      const outer = letter(2, { mime: undefined, attachments: [file('before', 5), tooLarge, file('after', 6)] });
      const refused = await control.addMessage(ADA, 'inbox', outer);
      await control.addMessage(ADA, 'inbox', letter(3, { mime: undefined, attachments }));

      const report = await repository.backup(ada);
      expect(report.result).toBe('complete-with-failures');
      const lost = report.coverage.omitted.filter((omission) => omission.lost);
      expect(lost.map(({ item, part, reason }) => [item, part, reason])).toEqual([
        [unreadable, expect.stringMatching(/^message\.eml$/), 'ErrorMimeContentConversionFailed'],
        [unreadable, expect.stringMatching(/^attachment/), 'ErrorCannotOpenFileAttachment'],
      ]);

      const restored = await restore(world);
      expect(restored).toMatchObject({ result: 'complete-with-failures', restored: 3, failures: [] });
      const omissions = Object.fromEntries(restored.omissions.map(({ item, omitted }) => [item, omitted]));
      expect(omissions).toEqual({
        [unreadable]: [expect.objectContaining({ reason: 'ErrorCannotOpenFileAttachment', lost: true })],
        [refused]: [
          {
            part: 'attachment/2',
            reason: 'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments',
            lost: true,
          },
        ],
      });
      const found = (await control.messages(EVE)).map(({ content }) =>
        content.attachments.map(({ name }) => name).join(),
      );
      expect(found.toSorted()).toEqual(['', 'a.bin,b.bin', 'before,after']);

      // It can be read again, and so it is.
      control.healItem(unreadable);
      const healed = await repository.backup(ada);
      expect(healed).toMatchObject({ result: 'complete', coverage: { failures: [] } });
      const complete = await restore(world, { into: ['Again'] });
      expect(complete.omissions.map(({ item }) => item)).toEqual([refused]);
    },
  },
];
