import type { EmailAddress, MessageContent } from '../message-content.ts';
import { deliverMime } from '../mime/deliver-mime.ts';
import { clampTime } from '../mime/mail-date.ts';
import type { DemoConversation } from './demo-conversation.ts';
import { chooseCharset, startConversation, writeParagraphs } from './demo-conversation.ts';
import type { DemoFile } from './demo-files.ts';
import { inlinePicture, largeFile, ownFile, sharedFiles } from './demo-files.ts';
import type { DemoFolder } from './demo-folders.ts';
import { archiveFolder, DRAFTS, SENT_ITEMS } from './demo-folders.ts';
import type { DemoLanguage } from './demo-languages.ts';
import type { DemoLetter } from './demo-letter.ts';
import { writeLetter } from './demo-letter.ts';
import type { DemoRandom } from './demo-random.ts';
import { demoRandom } from './demo-random.ts';

/** Options of {@link demoMailbox}. */
export interface DemoMailboxOptions {
  /** The same seed gives the same messages, byte for byte. */
  readonly seed: number;
  /** How many messages to make. */
  readonly messages: number;
  /** Whose mailbox it is. */
  readonly owner: EmailAddress;
  /** The time of the newest message, milliseconds since 1970. */
  readonly now: number;
  /**
   * How far back the oldest message lies, in days.
   *
   * @defaultValue `800`
   */
  readonly days?: number | undefined;
  /**
   * Whether messages carry files, pictures and other messages. Without them a message is some 2 KB.
   *
   * @defaultValue `true`
   */
  readonly attachments?: boolean | undefined;
}

/** One message of the demo mailbox and where it lies. */
export interface DemoMessage {
  /** Display names of the folders from the top of the mailbox down. */
  readonly folder: DemoFolder;
  /** The message. */
  readonly content: MessageContent;
}

const DAY = 86_400_000;
const OPEN_CONVERSATIONS = 10;
const CATEGORIES = ['Blue category', 'Red category', 'Travel', 'Überfällig', 'Projekt Aurora'];

/**
 * Makes a mailbox as people have them: conversations in eight languages and a dozen charsets, nested folders, files that
 * are sent around, pictures in HTML, forwarded messages inside forwarded messages, drafts, flags and categories.
 *
 * Messages come one by one, the oldest first, and nothing but a few of them is kept in memory. Of 320 messages two
 * carry a file above 3 MB; together they are some 20 MB.
 *
 * @example Filling a map of folders
 * ```ts
 * import { demoMailbox } from '@holdfast/simulators/exchange';
 *
 * const owner = { name: 'Alex Doe', address: 'alex@demo.example' };
 * const counts = new Map<string, number>();
 * for await (const { folder } of demoMailbox({ seed: 1, messages: 20, owner, now: Date.UTC(2026, 0, 1) })) {
 *   counts.set(folder.join('/'), (counts.get(folder.join('/')) ?? 0) + 1);
 * }
 * ```
 */
export async function* demoMailbox(options: DemoMailboxOptions): AsyncGenerator<DemoMessage, void, void> {
  const { messages, owner, now, days = 800, attachments = true } = options;
  const random = demoRandom(options.seed);
  const shared = attachments ? sharedFiles() : [];
  const turns = new Map<DemoLanguage, number>();
  const open: DemoConversation[] = [];
  let started = 0;
  let forwardable: Uint8Array | undefined;

  for (let index = 0; index < messages; index++) {
    const age = ((messages - index - random.fraction()) / messages) * days * DAY;
    const time = clampTime(now - age);

    if (index % 40 === 25) {
      yield { folder: DRAFTS, content: makeDraft(random, owner, time) };
      continue;
    }

    const goesOn = open.length > 0 && random.chance(0.45);
    const conversation = goesOn ? random.pick(open) : startConversation(random, started++);
    const turn = turns.get(conversation.language) ?? 0;
    turns.set(conversation.language, turn + 1);

    const forwarded = attachments && index % 45 === 20 ? forwardable : undefined;
    const sent = goesOn && !conversation.ownerWroteLast && random.chance(0.5);
    let letter = makeLetter(random, conversation, { owner, sent, time, turn });
    if (attachments) letter = addFiles(random, letter, shared, index);
    if (forwarded !== undefined) letter = await forwardTwice(random, letter, forwarded);
    const bytes = await writeLetter(letter, random);
    // A short message of plain structure is what people forward.
    if (letter.files.length === 0 && letter.messages.length === 0) forwardable = bytes;

    remember(open, conversation, { letter, sent });
    const content = await deliverMime(bytes, { receivedTime: time });
    yield {
      folder: folderOf(random, conversation, { sent, time, now }),
      content: withState(random, content, { sent }),
    };
  }
}

/** Who writes, when, and which turn of its language this message takes. */
interface LetterContext {
  readonly owner: EmailAddress;
  readonly sent: boolean;
  readonly time: number;
  readonly turn: number;
}

function makeLetter(random: DemoRandom, conversation: DemoConversation, context: LetterContext): DemoLetter {
  const { owner, sent, time, turn } = context;
  const { language, people, messageIds, lastParagraphs } = conversation;
  const writer = sent ? owner : random.pick(people);
  const others = people.filter((person) => person !== writer);
  const [first = owner, ...rest] = sent ? others : [owner, ...others];
  const paragraphs = writeParagraphs(random, language, writer);
  const { charset, encoding } = chooseCharset(language, turn);
  if (charset === 'utf-8' && random.chance(0.3)) paragraphs.push('👍🏽 ☕');
  return {
    messageId: `<${random.hex(24)}@${writer.address.split('@').at(-1)}>`,
    references: messageIds.slice(-12),
    from: writer,
    to: [first],
    cc: rest,
    subject: messageIds.length === 0 ? conversation.subject : `Re: ${conversation.subject}`,
    time,
    importance: random.chance(0.06) ? 'high' : random.chance(0.03) ? 'low' : 'normal',
    received: !sent,
    style: random.pick(['text', 'alternative', 'alternative', 'html']),
    paragraphs,
    quoted: lastParagraphs,
    charset,
    encoding,
    files: [],
    picture: undefined,
    messages: [],
  };
}

function addFiles(random: DemoRandom, letter: DemoLetter, shared: readonly DemoFile[], index: number): DemoLetter {
  const files: DemoFile[] = [];
  if (index % 160 === 110) files.push(largeFile(random));
  else if (random.chance(0.26)) files.push(random.chance(0.4) ? random.pick(shared) : ownFile(random));
  if (random.chance(0.04)) files.push(ownFile(random));
  const picture = letter.style !== 'text' && random.chance(0.15) ? inlinePicture(random) : undefined;
  return { ...letter, files, picture };
}

/** A message that carries a forwarded message that carries the message it is about. */
async function forwardTwice(random: DemoRandom, letter: DemoLetter, original: Uint8Array): Promise<DemoLetter> {
  const inner: DemoLetter = {
    ...letter,
    messageId: `<${random.hex(24)}@forward.example>`,
    subject: `Fwd: ${letter.subject}`,
    time: letter.time - 3 * 3_600_000,
    files: [],
    picture: undefined,
    messages: [original],
  };
  return { ...letter, subject: `Fwd: Fwd: ${letter.subject}`, messages: [await writeLetter(inner, random)] };
}

function remember(
  open: DemoConversation[],
  conversation: DemoConversation,
  { letter, sent }: { readonly letter: DemoLetter; readonly sent: boolean },
): void {
  const next: DemoConversation = {
    ...conversation,
    messageIds: [...conversation.messageIds, letter.messageId],
    lastParagraphs: letter.paragraphs,
    ownerWroteLast: sent,
  };
  const index = open.indexOf(conversation);
  if (index >= 0) open[index] = next;
  else open.push(next);
  if (open.length > OPEN_CONVERSATIONS) open.shift();
}

function folderOf(
  random: DemoRandom,
  conversation: DemoConversation,
  { sent, time, now }: { sent: boolean; time: number; now: number },
): DemoFolder {
  const folder = sent ? SENT_ITEMS : conversation.folder;
  const isOld = now - time > 365 * DAY && folder[0] === 'Inbox';
  return isOld && random.chance(0.7) ? archiveFolder(time, folder) : folder;
}

/** What a reader does to messages: reads, flags and sorts them. */
function withState(random: DemoRandom, content: MessageContent, { sent }: { readonly sent: boolean }): MessageContent {
  const flagStatus = random.chance(0.06) ? 'flagged' : random.chance(0.03) ? 'complete' : 'notFlagged';
  const categories = random.chance(0.12) ? random.sample(CATEGORIES, random.integer(1, 2)) : [];
  return { ...content, isRead: sent || random.chance(0.8), flag: { flagStatus }, categories };
}

/** A draft as a mail program keeps it by JSON: it never was MIME. */
function makeDraft(random: DemoRandom, owner: EmailAddress, time: number): MessageContent {
  const { language, people, subject } = startConversation(random, random.integer(0, 11));
  const paragraphs = writeParagraphs(random, language, owner).map((paragraph) => `<p>${paragraph}</p>`);
  return {
    messageClass: 'IPM.Note',
    mime: undefined,
    subject: random.chance(0.2) ? '' : subject,
    body: { contentType: 'html', content: `<html><body>${paragraphs.join('\r\n')}</body></html>` },
    from: owner,
    sender: owner,
    toRecipients: random.chance(0.3) ? [] : people,
    ccRecipients: [],
    bccRecipients: random.chance(0.3) ? [owner] : [],
    replyTo: [],
    internetMessageId: `<${random.hex(24)}@demo.example>`,
    internetMessageHeaders: [],
    sentTime: time,
    receivedTime: time,
    importance: 'normal',
    isRead: true,
    isDraft: true,
    flag: { flagStatus: 'notFlagged' },
    categories: [],
    attachments: [],
  };
}
