import type { MessageContent } from '@holdfast/simulators/exchange';
import { deliverMime } from '@holdfast/simulators/exchange';
import { expect } from 'vitest';
import { draft, letter } from '../letters.ts';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';
import { file } from './attachments-to-try.ts';
import { invitation } from './meeting-mail.ts';
import { backUpWhole, restore, restoreWhole } from './pitfall.ts';
import type { Pitfall } from './pitfall.ts';
import { expectSameMail } from './same-mail.ts';

const saying = (content: string): Pick<MessageContent, 'body'> => ({ body: { contentType: 'text', content } });

/** Times that something could be done wrong with: before and after the epoch, far off, at a change of the clocks, apart. */
const TIMES: readonly [sent: number, received: number][] = [
  [Date.UTC(1995, 3, 1, 9), Date.UTC(1995, 3, 1, 9, 0, 5)],
  [Date.UTC(1969, 11, 31, 23, 59, 58), Date.UTC(1970, 0, 1, 0, 0, 1)],
  [Date.UTC(2024, 2, 31, 1, 30), Date.UTC(2024, 2, 31, 2, 30)],
  [Date.UTC(2024, 9, 27, 0, 59, 59), Date.UTC(2024, 9, 29, 12)],
  [Date.UTC(2038, 0, 19, 3, 14, 8), Date.UTC(2038, 0, 19, 3, 14, 9)],
  // Sent after it was received, by a clock that was wrong.
  [Date.UTC(2031, 0, 1), Date.UTC(2021, 0, 1)],
];

const CLASSES = [
  'IPM.Note',
  'IPM.Note.SMIME',
  'IPM.Note.SMIME.MultipartSigned',
  'IPM.Note.Microsoft.Voicemail',
  'IPM.Note.Acme.Order',
  'IPM.Note.Rules.OofTemplate.Microsoft',
  'REPORT.IPM.Note.NDR',
  'REPORT.IPM.Note.IPNRN',
  'IPM.Schedule.Meeting.Request',
];

/** What each of Eve's messages says, by subject. */
async function bySubject({ control }: World): Promise<ReadonlyMap<string, MessageContent>> {
  return new Map((await control.messages(EVE)).map(({ content }) => [content.subject, content]));
}

/** Pitfalls of what a restored message is and says. */
export const mailPitfalls: readonly Pitfall[] = [
  {
    number: 3,
    title:
      'a restored message is a draft if it was one, and only then; the creating request says so, and nothing after it',
    async run(world) {
      const { control, exchange } = world;
      const messages: MessageContent[] = [
        letter(1),
        letter(2, { isRead: true }),
        letter(3, { isRead: true, mime: undefined, attachments: [file('a.bin', 10)] }),
        letter(4, { messageClass: 'IPM.Note.SMIME', mime: undefined, attachments: [file('smime.p7m', 10)] }),
        draft(5),
        { ...draft(6), isRead: true },
        { ...draft(7), attachments: [file('b.bin', 10)] },
      ];
      const folders = ['inbox', 'drafts', 'sentitems', 'Anywhere'];
      for (const [number, message] of messages.entries()) {
        await control.addMessage(ADA, folders[number % folders.length] ?? '', message);
      }
      await backUpWhole(world);
      exchange.requests.reset();
      await restoreWhole(world);
      expect(exchange.requests.counts).toMatchObject({ create: messages.length, update: 0 });
      const found = await bySubject(world);
      for (const { subject, isDraft, isRead } of messages) {
        expect([subject, found.get(subject)?.isDraft, found.get(subject)?.isRead]).toEqual([subject, isDraft, isRead]);
      }
      const shown = (await control.messages(EVE)).filter(({ properties }) => properties['isDraft'] === true);
      expect(shown.map(({ content }) => content.subject).toSorted()).toEqual(['Draft 5', 'Draft 6', 'Draft 7']);
      await expectSameMail(world);
    },
  },
  {
    number: 4,
    title: 'when a message was sent and received stays as it was, and so does its class, also of a draft edited since',
    async run(world) {
      const { control, ada } = world;
      for (const [number, [sentTime, receivedTime]] of TIMES.entries()) {
        await control.addMessage(ADA, 'inbox', letter(number, { sentTime, receivedTime }));
      }
      for (const [number, messageClass] of CLASSES.entries()) {
        const attachments = messageClass.includes('SMIME') ? [file('smime.p7m', 100)] : [];
        await control.addMessage(ADA, 'Classes', letter(100 + number, { messageClass, mime: undefined, attachments }));
      }
      const times = { sentTime: Date.UTC(2020, 1, 29, 12), receivedTime: Date.UTC(2020, 1, 29, 12, 0, 1) };
      const id = await control.addMessage(ADA, 'drafts', { ...draft(50), ...saying('first version'), ...times });
      await backUpWhole(world);
      await restoreWhole(world);
      await expectSameMail(world);
      const found = await bySubject(world);
      for (const [number, [sentTime, receivedTime]] of TIMES.entries()) {
        expect(found.get(`Letter ${number}`)).toMatchObject({ sentTime, receivedTime });
      }
      expect(CLASSES.map((_, number) => found.get(`Letter ${100 + number}`)?.messageClass)).toEqual(CLASSES);

      // The draft is written on, which gives it other times, and backed up again; then the first version is wanted.
      const [first] = await Array.fromAsync(world.repository.snapshots());
      const later = { sentTime: Date.UTC(2026, 5, 1), receivedTime: Date.UTC(2026, 5, 1) };
      control.updateMessage(ADA, id, { ...saying('second version'), ...later });
      await backUpWhole(world);
      const drafts = async () =>
        (await control.messages(ADA))
          .filter(({ content }) => content.isDraft)
          .map(
            ({
              content: {
                sentTime,
                receivedTime,
                body: { content },
              },
            }) => ({ content, sentTime, receivedTime }),
          );
      const versions = [
        { content: 'second version', ...later },
        { content: 'first version', ...times },
      ];
      const choice = { snapshot: first?.id ?? '', target: ada };
      expect(await restoreWhole(world, { ...choice, onConflict: 'copy' })).toMatchObject({ restored: 1 });
      expect(await drafts()).toEqual(versions);
      expect(await restoreWhole(world, { ...choice, onConflict: 'replace' })).toMatchObject({ result: 'complete' });
      expect(await drafts()).toEqual([versions[1]]);
    },
  },
  {
    number: 5,
    title: 'a restore sends nothing to anybody: it makes folders, messages and attachments, and nothing else',
    async run(world) {
      const { control, exchange, ada } = world;
      await control.addMessage(ADA, 'inbox', await deliverMime(invitation('REQUEST')));
      await control.addMessage(ADA, 'inbox', await deliverMime(invitation('CANCEL')));
      await control.addMessage(ADA, 'outbox', letter(1));
      const id = await control.addMessage(ADA, 'drafts', { ...draft(2), ...saying('old') });
      await control.addMessage(ADA, 'New/Folder', letter(3, { mime: undefined, attachments: [file('a', 3_400_000)] }));
      await control.addMessage(ADA, 'sentitems', letter(4, { mime: undefined, attachments: [file('b', 10)] }));
      await backUpWhole(world);
      control.updateMessage(ADA, id, saying('new'));

      exchange.requests.reset();
      await restoreWhole(world);
      expect((await restoreWhole(world, { target: ada, onConflict: 'replace' })).actions.replace).toBe(1);
      const allowed: readonly RegExp[] = [
        /^GET (?!.*\/(?:events|calendar))/,
        /^POST \/v1\.0\/\$batch$/,
        /^POST \/v1\.0\/users\/[^/]+\/mailFolders$/,
        /^POST \/v1\.0\/users\/[^/]+\/mailFolders\/[^/]+\/(?:childFolders|messages)$/,
        /^POST \/v1\.0\/users\/[^/]+\/messages\/[^/]+\/attachments(?:\/createUploadSession)?$/,
        /^PUT \/api\/v2\.0\/AttachmentSessions\/[^/]+$/,
        /^DELETE \/v1\.0\/users\/[^/]+\/messages\/[^/]+$/,
      ];
      const lines = exchange.requests.entries.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
      expect(lines.filter((line) => !allowed.some((pattern) => pattern.test(line)))).toEqual([]);
      // What is looked for was there: the two restores took every way of writing.
      for (const pattern of allowed.slice(2)) expect(lines.some((line) => pattern.test(line))).toBe(true);
      expect(exchange.requests.counts).toMatchObject({ create: 7, attach: 3, other: 0, update: 1 });
    },
  },
  {
    number: 6,
    title:
      'meeting messages survive as messages, with calendar data and attachments (mail part only: exceptions of series belong to calendars)',
    async run(world) {
      const { control } = world;
      const mails = [
        invitation('REQUEST'),
        // One occurrence that was moved, with a file of its own, and one that was cancelled.
        invitation('REQUEST', { occurrence: '20260310T090000Z', attachment: 'agenda of that day' }),
        invitation('CANCEL', { occurrence: '20260317T090000Z', attachment: 'why it was cancelled' }),
        invitation('CANCEL'),
        invitation('REPLY', { partstat: 'DECLINED', occurrence: '20260324T090000Z' }),
        invitation('REPLY', { partstat: 'ACCEPTED' }),
        invitation('REPLY', { partstat: 'TENTATIVE' }),
      ];
      for (const bytes of mails) await control.addMessage(ADA, 'inbox', await deliverMime(bytes));
      await backUpWhole(world);
      await restoreWhole(world);
      await expectSameMail(world);
      const restored = (await control.messages(EVE)).map(({ content }) => content);
      expect(restored.map(({ messageClass }) => messageClass).toSorted()).toEqual([
        'IPM.Schedule.Meeting.Canceled',
        'IPM.Schedule.Meeting.Canceled',
        'IPM.Schedule.Meeting.Request',
        'IPM.Schedule.Meeting.Request',
        'IPM.Schedule.Meeting.Resp.Neg',
        'IPM.Schedule.Meeting.Resp.Pos',
        'IPM.Schedule.Meeting.Resp.Tent',
      ]);
      const texts = restored.flatMap(({ attachments }) =>
        attachments.map((attachment) =>
          attachment.kind === 'file' ? new TextDecoder().decode(attachment.bytes).trim() : '',
        ),
      );
      for (const part of ['RECURRENCE-ID:20260310T090000Z', 'RECURRENCE-ID:20260317T090000Z', 'RRULE:FREQ=WEEKLY']) {
        expect(texts.filter((text) => text.includes(part))).not.toEqual([]);
      }
      expect(texts).toEqual(expect.arrayContaining(['agenda of that day', 'why it was cancelled']));
    },
  },
  {
    number: 30,
    title:
      'control characters and halves of surrogate pairs break neither backup nor restore, and come back as they were',
    async run(world) {
      const { control, repository, ada } = world;
      const controls = String.fromCharCode(...Array.from({ length: 31 }, (_, code) => code + 1), 0x7f, 0x85);
      const odd = [
        controls,
        '\ud800',
        'x\udfffy',
        '\u2028\u2029',
        '\ufeff',
        '\ufffe\uffff',
        '"\\u0000\\\\"',
        '🎉\ud83c',
      ];
      for (const [number, text] of odd.entries()) {
        const subject = `Odd ${number} ${text}`;
        const from = { name: `Name ${text}`, address: 'eve@example.org' };
        const attachments = [file(`name ${text}.bin`, 20)];
        // Its MIME cannot be had, so everything goes through JSON; the second time only the properties do.
        const smime = { messageClass: 'IPM.Note.SMIME', mime: undefined };
        const spoken = {
          subject,
          from,
          sender: from,
          categories: [`c ${text.toWellFormed()}`],
          ...saying(`before ${text} after`),
        };
        await control.addMessage(ADA, 'inbox', letter(number, { ...spoken, ...smime, attachments }));
        await control.addMessage(ADA, 'Plain', letter(100 + number, spoken));
      }
      // Raw bytes that are no text of any kind.
      const head = 'Subject: raw\r\nMessage-ID: <raw@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
      const raw = new Uint8Array([
        ...new TextEncoder().encode(head),
        ...Array.from({ length: 256 }, (_, byte) => byte),
      ]);
      await control.addMessage(ADA, 'Raw', await deliverMime(raw));
      expect(await repository.backup(ada)).toMatchObject({ result: 'complete', coverage: { failures: [] } });
      const messages = await control.messages(ADA);
      expect((await repository.browse({ snapshot: 'latest', collection: messages[0]?.folderId ?? '' })).total).toBe(
        odd.length,
      );
      for (const { id, folderId, content, mime } of messages) {
        const item = await repository.item({ snapshot: 'latest', collection: folderId, item: id });
        // What is for browsing is text, and text has no half characters; what is restored is kept as it came.
        expect(item.summary.subject).toBe(content.subject.toWellFormed());
        const { body, subject } = content;
        const listed = JSON.parse(new TextDecoder().decode(await item.readPart('properties.json'))) as object;
        expect(listed).toMatchObject({ body, subject });
        if (mime !== undefined) expect(Buffer.compare(await item.readPart('message.eml'), mime)).toBe(0);
      }
      // Told anew, they are recognised.
      control.expireDeltaTokens();
      const { snapshot } = await repository.backup(ada);
      expect(snapshot.statistics).toMatchObject({ items: messages.length, added: 0, changed: 0, removed: 0 });
      await restoreWhole(world);
      await expectSameMail(world);
      expect(await restore(world)).toMatchObject({ restored: 0, failures: [] });
    },
  },
];
