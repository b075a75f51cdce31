import process from 'node:process';
import { composeMime, deliverMime } from '@holdfast/simulators/exchange';
import type { AttachmentContent, MessageContent } from '@holdfast/simulators/exchange';
import { expect } from 'vitest';
import { letter } from '../letters.ts';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';
import { attachedMessage, file } from './attachments-to-try.ts';
import { backUpWhole, restore, restoreWhole } from './pitfall.ts';
import type { Pitfall } from './pitfall.ts';
import { expectSameMail, settable } from './same-mail.ts';

/** How a message is backed up: out of its MIME, or, where the service refuses that, out of its parts. */
type Way = 'MIME' | 'parts';
const WAYS: readonly Way[] = ['MIME', 'parts'];
/** Bytes of an attachment of many ranges. */
const HUGE = process.env['SLOW'] === '1' ? 100_000_000 : 30_000_000;

/** Adds a message with attachments that is backed up that way. */
async function add({ control }: World, way: Way, number: number, attachments: readonly AttachmentContent[], more = {}) {
  const content = letter(number, { mime: undefined, attachments, ...more });
  const id = await control.addMessage(ADA, 'inbox', content);
  if (way === 'parts') control.failItem(id, { code: 'ErrorMimeContentConversionFailed', parts: ['mime'] });
  return id;
}

async function restored({ control }: World): Promise<readonly MessageContent[]> {
  return (await control.messages(EVE)).map(({ content }) => content);
}

/** An attached message is received with the one around it, as far as MIME tells. */
function nested(number: number, attachments: readonly AttachmentContent[]): AttachmentContent {
  return attachedMessage(letter(number, { mime: undefined, attachments, receivedTime: letter(1).receivedTime }));
}

/** Pitfalls of attachments. */
export const attachmentPitfalls: readonly Pitfall[] = [
  {
    number: 14,
    title:
      'attachments of all types are kept, inline ones too that no property tells of; a link that cannot be made again is told',
    async run(world) {
      const { control, repository } = world;
      const html = { body: { contentType: 'html', content: '<p>Look: <img src="cid:pic@1"></p>\r\n' } } as const;
      const picture = file('pic.png', 300, { contentType: 'image/png', isInline: true, contentId: 'pic@1' });
      const all = [
        // In MIME, what is shown in the body goes before what is attached to it.
        picture,
        file('plan.pdf', 2000, { contentType: 'application/pdf' }),
        nested(900, [file('in.bin', 20)]),
        file('empty.bin', 0),
        file('Ünïcode 旅行.txt', 20, { contentType: 'application/x-text' }),
      ];
      const hidden: string[] = [];
      for (const [index, way] of WAYS.entries()) {
        const receivedTime = letter(1).receivedTime;
        await add(world, way, 10 + index, all, { ...html, receivedTime });
        hidden.push(await add(world, way, 20 + index, [picture], html));
      }
      const link = { kind: 'reference', name: 'Budget.xlsx', isInline: false } as const;
      const linked = await add(world, 'parts', 30, [link, file('beside.bin', 5)]);
      await backUpWhole(world);
      const messages = await control.messages(ADA, { mime: false });
      for (const id of hidden) {
        const message = messages.find((candidate) => candidate.id === id);
        expect(message?.properties['hasAttachments']).toBe(false);
        const item = await repository.item({ snapshot: 'latest', collection: message?.folderId ?? '', item: id });
        expect(item.summary.hasAttachments).toBe(false);
      }
      // The link is in the backup, with all that the service tells of it.
      const place = { snapshot: 'latest', collection: messages[0]?.folderId ?? '' };
      const item = await repository.item({ ...place, item: linked });
      const told = JSON.parse(new TextDecoder().decode(await item.readPart('attachment/1.json'))) as object;
      expect(told).toMatchObject({ '@odata.type': '#microsoft.graph.referenceAttachment', name: 'Budget.xlsx' });

      const report = await restore(world);
      expect(report).toMatchObject({ result: 'complete-with-failures', failures: [], restored: 5 });
      expect(report.omissions).toEqual([
        expect.objectContaining({
          item: linked,
          omitted: [{ part: 'attachment/1', reason: 'referenceAttachment', lost: true }],
        }),
      ]);
      // But for the link, everything is there.
      control.updateMessage(ADA, linked, { attachments: [file('beside.bin', 5)] });
      await expectSameMail(world);
    },
  },
  {
    number: 15,
    title: 'a message in a message in a message survives, byte for byte, down to the file in the innermost',
    async run(world) {
      const { control, repository } = world;
      const bottom = file('bottom.bin', 5000);
      const inner = nested(903, [bottom, file('small.bin', 3)]);
      const middle = nested(902, [file('middle.bin', 100), inner]);
      const outer = nested(901, [middle]);
      const receivedTime = letter(1).receivedTime;
      for (const [index, way] of WAYS.entries()) await add(world, way, 10 + index, [outer], { receivedTime });
      // The third way: it was delivered, so its MIME is not the service's own.
      const bytes = await composeMime(letter(12, { mime: undefined, attachments: [outer] }));
      await control.addMessage(ADA, 'inbox', await deliverMime(bytes, { receivedTime }));
      await backUpWhole(world);

      const original = outer.kind === 'item' ? await composeMime(outer.item) : new Uint8Array();
      const byParts = (await control.messages(ADA)).find(({ mime }) => mime === undefined);
      const place = { snapshot: 'latest', collection: byParts?.folderId ?? '', item: byParts?.id ?? '' };
      const item = await repository.item(place);
      expect(Buffer.compare(await item.readPart('attachment/1.bin'), original)).toBe(0);

      await restoreWhole(world);
      await expectSameMail(world);
      for (const message of await restored(world)) {
        let level: readonly AttachmentContent[] = message.attachments;
        for (const subject of ['Letter 901', 'Letter 902', 'Letter 903']) {
          const found = level.find(({ kind }) => kind === 'item');
          expect(found?.kind === 'item' && found.item.subject).toBe(subject);
          level = found?.kind === 'item' ? found.item.attachments : [];
        }
        expect(
          level[0]?.kind === 'file' && Buffer.compare(level[0].bytes, (bottom as { bytes: Uint8Array }).bytes),
        ).toBe(0);
      }
    },
  },
  {
    number: 16,
    title:
      'attachments of many megabytes go by session, in order, and lost answers cost a range at most, however names are written',
    async run(world) {
      const { control, exchange } = world;
      const SESSION = 3 * 1024 * 1024;
      const RANGE = 12 * 320 * 1024;
      const ranges = (size: number): number => Math.ceil(size / RANGE);
      const casings = ['camel', 'documented', 'pascal', 'varied'] as const;
      const sizes = [SESSION - 1, SESSION, RANGE + 1, 8_000_000];
      const attachments = sizes.map((size) => file(`${size}.bin`, size));
      await add(world, 'parts', 1, attachments);
      await backUpWhole(world);
      for (const casing of casings) {
        control.setUploadCasing(casing);
        exchange.requests.reset();
        await restoreWhole(world, { into: [casing] });
        const [, ...large] = sizes;
        expect(exchange.requests.counts).toMatchObject({
          attach: 1,
          upload: large.reduce((sum, size) => sum + 1 + ranges(size), 0),
        });
      }
      const copies = await control.messages(EVE, { mime: false });
      expect(copies.map(({ folder }) => folder[0])).toEqual(casings);
      const wanted = settable(letter(1, { attachments })).attachments;
      for (const { content } of copies) expect(settable(content).attachments).toEqual(wanted);
      for (const mailbox of [ADA, EVE]) {
        for (const { id } of await control.messages(mailbox, { mime: false })) control.deleteMessage(mailbox, id);
      }

      // 100 MB at full size. The answers to the second range, to one in the middle and to the last get lost after the
      // service acted.
      const size = HUGE;
      await add(world, 'MIME', 50, [file('before', 10), file('huge.bin', size), file('after', 10)]);
      await backUpWhole(world);
      const middle = Math.ceil(ranges(size) / 2) + 2;
      let uploads = 0;
      control.onRequest(({ kind }) => {
        if (kind !== 'upload') return;
        // The first is the session; what follows a lost answer repeats the range.
        if ([3, middle, ranges(size) + 4].includes(++uploads))
          control.resetConnections(1, { kinds: ['upload'], moment: 'after' });
        if (uploads === middle + 3) control.resetConnections(1, { kinds: ['upload'], moment: 'before' });
      });
      exchange.requests.reset();
      await restoreWhole(world);
      await expectSameMail(world);
      expect(exchange.requests.faults).toMatchObject({ resetAfter: 3, resetBefore: 1 });
      // A session, the ranges, and three of them once more: the last one was found to be there.
      expect(exchange.requests.counts.upload).toBe(1 + ranges(size) + 3);
    },
  },
  {
    number: 17,
    title: 'attachments keep their order, one writer at a time, through 404 after the creation and through conflicts',
    async run(world) {
      const { control, exchange } = world;
      for (let number = 0; number < 10; number += 1) {
        const names = ['z', 'a', 'z', 'm', 'a', 'b'];
        const attachments = names.map((name, index) => file(`${name}.bin`, number * 10 + index + 1));
        if (number === 4) attachments.splice(2, 0, file('large.bin', 9_000_000));
        await add(world, WAYS[number % 2] ?? 'MIME', number, attachments);
      }
      await backUpWhole(world);
      exchange.requests.reset();
      const CONFLICTS = 6;
      control.conflictWrites(CONFLICTS);
      control.unsettleMessages(6, { times: 3 });
      let writes = 0;
      control.onRequest(({ kind }) => {
        if ((kind === 'attach' || kind === 'upload') && (writes += 1) % 20 === 0) control.conflictWrites(2);
      });
      const report = await restoreWhole(world, { run: { concurrency: 8 } });
      expect(report.restored).toBe(10);
      await expectSameMail(world);
      const statuses = exchange.requests.entries.map(({ status }) => status);
      // Only those that were ordered: two writers of one message would have made more.
      const ordered = CONFLICTS + 2 * Math.floor(writes / 20);
      expect(statuses.filter((status) => status === 412)).toHaveLength(ordered);
      expect(statuses.filter((status) => status === 404).length).toBeGreaterThanOrEqual(18);
      expect(exchange.requests.counts.create).toBe(10);
    },
  },
  {
    number: 18,
    title:
      'a message with 500 attachments is backed up and restored, with MIME and without, also when the restore is cut in the middle',
    async run(world) {
      const { control, exchange } = world;
      const attachments = Array.from({ length: 500 }, (_, index) => file(`part ${index % 50}.bin`, index));
      for (const [index, way] of WAYS.entries()) await add(world, way, index, attachments);
      await backUpWhole(world);
      exchange.requests.reset();
      await restoreWhole(world);
      await expectSameMail(world);
      expect(exchange.requests.counts).toMatchObject({ create: 2, attach: 1000 });

      const stopped = new Error('stopped on purpose');
      const controller = new AbortController();
      let written = 0;
      const end = control.onRequest(({ kind }) => {
        if (kind === 'attach' && (written += 1) === 600) controller.abort(stopped);
      });
      const choice = { into: ['Again'], run: { signal: controller.signal } };
      await expect(restore(world, choice)).rejects.toBe(stopped);
      end();
      exchange.requests.reset();
      const rest = await restoreWhole(world, { into: ['Again'] });
      expect(rest.actions.create).toBe(0);
      expect(rest.actions.complete).toBeGreaterThanOrEqual(1);
      expect(exchange.requests.counts.attach).toBeLessThanOrEqual(402);
      const again = (await control.messages(EVE)).filter(({ folder }) => folder[0] === 'Again');
      expect(again.map(({ content }) => content.attachments)).toEqual([attachments, attachments]);
    },
  },
];
