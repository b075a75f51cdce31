import type { MessageContent } from '@holdfast/simulators/exchange';
import { backUpThroughHtml, HTML_KINDS, restoreThroughHtml } from './html-answers.ts';
import { largeMessage } from './large-message.ts';
import { letter } from './letters.ts';
import { liveWith, MARKER } from './live-with.ts';
import type { BadMailOutcome } from './live-with.ts';
import { manyFolders } from './many-folders.ts';
import { ADA, EVE } from './world.ts';
import type { World } from './world.ts';

/** How much of it there is: enough to test, or as much as was asked to be borne. */
export type BadMailSize = 'full' | 'small';

/** Something bad in a mailbox. */
export interface BadMail {
  /** What it is. */
  readonly name: string;
  /** Whether it is tried at full size only, because another case is nearly the same. */
  readonly onlyFull?: boolean;
  /** Lives with it, and tells what is not as it must be. */
  readonly run: (size: BadMailSize) => Promise<BadMailOutcome>;
}

/** Text with everything that is hard on text: halves of surrogate pairs, control characters, separators. */
const ODD = `${MARKER} \ud83d half \udc00 nul\u0000 bell \u0007 esc \u001b line \u2028 \ufeff \uffff "\\ \u202e`;

const LONG = `${MARKER}${'x'.repeat(255 - MARKER.length)}`;

/** Names of folders, and what becomes of each. */
const FOLDER_NAMES: readonly (readonly [what: string, name: string])[] = [
  ['255 characters', LONG],
  ['control characters', `${MARKER}\u0000\u0001\u001b\u007f\u0085`],
  ['spaces and dots at its end', `${MARKER} . .. `],
  ['spaces at its beginning', `  ${MARKER}`],
  ['slashes', `${MARKER}/a\\b//`],
  ['dots alone', '..'],
  ['emoji', `${MARKER} 👩‍👩‍👧 🎉`],
  ['half a surrogate pair', `${MARKER} \ud83d`],
  ['another writing direction', `${MARKER} \u202egpj.exe`],
  ['the name of an object property', '__proto__'],
  ['a query in it', `${MARKER}?$top=1&a='b'#c%2F`],
];

/** Puts a message into a folder of that name, one into a folder below it, and an empty folder below it. */
async function addFolder({ control }: World, name: string): Promise<void> {
  const id = control.createFolder(ADA, ['Odd names', 'plain']);
  await control.addMessage(ADA, id, odd(1));
  await control.addMessage(ADA, control.createFolder(ADA, ['Odd names', 'plain', 'below']), odd(2));
  control.createFolder(ADA, ['Odd names', 'plain', 'empty']);
  control.renameFolder(ADA, id, name);
}

const REFUSED = 'ERR_COLLECTION_REFUSED';
const REFUSED_NAMES: readonly (readonly [what: string, name: string])[] = [
  ['256 characters', `${LONG}x`],
  ['none', ''],
];

/** A letter with something odd. */
function odd(number: number, change: Partial<MessageContent> = {}): MessageContent {
  return letter(1000 + number, { subject: `${MARKER} ${number}`, ...change });
}

const SAYS_ODD: Partial<MessageContent> = {
  mime: undefined,
  subject: ODD,
  body: { contentType: 'text', content: ODD },
  from: { name: ODD, address: 'ada@example.org' },
  sender: { name: ODD, address: 'ada@example.org' },
  toRecipients: [{ name: ODD, address: 'eve@example.org' }],
};

/** 1601 is where the calendar of the service begins, and 4501 stands for none. */
const DATES: readonly number[] = [
  ...[1601, 1900].map((year) => Date.UTC(year, 0, 1, 0, 0, 1)),
  -1000,
  0,
  ...[2107, 4501].map((year) => Date.UTC(year, 0, 1)),
  Date.UTC(9999, 11, 31, 23, 59, 59),
];

function dated(time: number, number: number): MessageContent {
  return odd(number, { sentTime: time, receivedTime: time });
}

const STATUSES = [200, 403, 503];

/** All of them. */
export const badMails: readonly BadMail[] = [
  ...FOLDER_NAMES.map(([what, name]) =>
    badMail(`a folder name with ${what}`, async (world) => {
      await addFolder(world, name);
      // Half a surrogate pair has no UTF-8; what is stored stands for it.
      return name.isWellFormed() ? {} : { altered: await altered(world, 'folder') };
    }),
  ),
  ...REFUSED_NAMES.map(([what, name]) =>
    badMail(`a folder name that the target refuses: ${what}`, async (world) => {
      await addFolder(world, name);
      const unrestored = await idsOf(world);
      return { unrestored, restoreLines: unrestored.map(() => REFUSED).concat(REFUSED) };
    }),
  ),
  badMail('two folders whose names differ in case', async (world) => {
    await addFolder(world, MARKER);
    const id = world.control.createFolder(ADA, ['Odd names', 'other']);
    await world.control.addMessage(ADA, id, odd(3));
    world.control.renameFolder(ADA, id, MARKER.toUpperCase());
    // The service has no room for two such folders, so both are one.
    return { altered: await altered(world, 'folder') };
  }),
  badMail('a folder that the target has in another case', async (world) => {
    await addFolder(world, MARKER);
    world.control.createFolder(EVE, ['odd NAMES', MARKER.toLowerCase()]);
    return { altered: await altered(world, 'folder') };
  }),
  badMail('a message without an id', async ({ control }) => {
    const id = await control.addMessage(ADA, 'inbox', odd(1));
    control.dropId(id);
    return { unread: [id], lines: ['ERR_SOURCE_PROTOCOL'], mend: () => control.healItem(id) };
  }),
  badMail('a message without a Message-ID', async ({ control }) => {
    const mime = new TextEncoder().encode(`Subject: ${MARKER}\r\n\r\n${MARKER}\r\n`);
    for (const number of [1, 2]) {
      await control.addMessage(ADA, 'inbox', odd(number, { internetMessageId: '', mime }));
      await control.addMessage(ADA, 'inbox', odd(number + 2, { internetMessageId: '', mime: undefined }));
    }
    return {};
  }),
  badMail('messages that say the same', async ({ control }) => {
    for (let i = 0; i < 3; i += 1) await control.addMessage(ADA, 'inbox', odd(1));
    return {};
  }),
  badMail(`dates from 1601 to 9999 in one folder`, async ({ control }) => {
    for (const [number, time] of DATES.toReversed().entries())
      await control.addMessage(ADA, 'inbox', dated(time, number));
    return {};
  }),
  ...DATES.map((time) =>
    badMail(`a message of the year ${new Date(time).getUTCFullYear()}`, async ({ control }) => {
      await control.addMessage(ADA, 'Dates', dated(time, 1));
      await control.addMessage(ADA, 'Dates', { ...dated(time, 2), isDraft: true, mime: undefined });
      return {};
    }),
  ),
  badMail('halves of surrogate pairs and control characters in a message', async ({ control }) => {
    await control.addMessage(ADA, 'inbox', odd(1, SAYS_ODD));
    const html = { contentType: 'html', content: `<p>${ODD}</p>` } as const;
    await control.addMessage(ADA, 'inbox', odd(2, { ...SAYS_ODD, body: html, isDraft: true }));
    return {};
  }),
  badMail('halves of surrogate pairs and control characters in categories', async (world) => {
    await world.control.addMessage(ADA, 'inbox', odd(1, { categories: [`${ODD} 1`, `${ODD} 2`] }));
    return { altered: await altered(world, 'categories') };
  }),
  badMail('halves of surrogate pairs and control characters in names of files', async (world) => {
    const file = { kind: 'file', contentType: 'text/plain', isInline: false, contentId: undefined } as const;
    const bytes = new TextEncoder().encode(MARKER);
    const attachments = [
      { ...file, name: ODD, bytes },
      { ...file, name: `${'long'.repeat(200)}.txt`, bytes },
      { ...file, name: '', bytes },
    ];
    await world.control.addMessage(ADA, 'inbox', odd(1, { mime: undefined, attachments }));
    // A name travels in a header of MIME, which takes no control characters.
    return { altered: await altered(world, 'attachments') };
  }),
  { name: 'a hundred thousand empty folders', run: (size) => manyFolders(size === 'full' ? 100_000 : 1000) },
  { name: 'messages of 150 MB', run: (size) => largeMessage(size === 'full' ? 110_000_000 : 8_000_000) },
  ...htmlCases(),
];

/**
 * A page of a stranger instead of each kind of answer, at the beginning and in the middle. At less than full size each of
 * these meets one status, in turn.
 */
function htmlCases(): readonly BadMail[] {
  const cases: BadMail[] = [];
  for (const [turn, status] of STATUSES.entries()) {
    for (const moment of ['beginning', 'middle'] as const) {
      for (const [number, kind] of HTML_KINDS.backup[moment].entries()) {
        const name = `HTML with status ${status} instead of an answer (${kind}) at the ${moment} of a backup`;
        const onlyFull = number % STATUSES.length !== turn;
        cases.push({ name, onlyFull, run: () => backUpThroughHtml({ status, moment, kind }) });
      }
      for (const [number, kind] of HTML_KINDS.restore[moment].entries()) {
        const name = `HTML with status ${status} instead of an answer (${kind}) at the ${moment} of a restore`;
        // Not the status that a backup meets there.
        const onlyFull = (number + 1) % STATUSES.length !== turn;
        cases.push({ name, onlyFull, run: () => restoreThroughHtml({ status, moment, kind }) });
      }
    }
  }
  return cases;
}

function badMail(name: string, arrange: Parameters<typeof liveWith>[0]): BadMail {
  return { name, run: () => liveWith(arrange) };
}

async function idsOf({ control }: World): Promise<readonly string[]> {
  const messages = await control.messages(ADA, { mime: false });
  return messages.filter(({ content }) => content.subject.includes(MARKER)).map(({ id }) => id);
}

async function altered(world: World, what: string): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries((await idsOf(world)).map((id) => [id, what]));
}
