import type { EmailAddress } from '../message-content.ts';
import type { DemoFolder } from './demo-folders.ts';
import { incomingFolder } from './demo-folders.ts';
import type { DemoCharset, DemoLanguage } from './demo-languages.ts';
import { DEMO_LANGUAGES } from './demo-languages.ts';
import type { DemoRandom } from './demo-random.ts';

/** A conversation that later messages may go on with. */
export interface DemoConversation {
  /** Language of all its messages. */
  readonly language: DemoLanguage;
  /** Subject without prefixes. */
  readonly subject: string;
  /** Folder of the messages that come in. */
  readonly folder: DemoFolder;
  /** The people the owner talks to. */
  readonly people: readonly EmailAddress[];
  /** Message-IDs so far, the oldest first. */
  readonly messageIds: readonly string[];
  /** Paragraphs of the last message; empty before the first. */
  readonly lastParagraphs: readonly string[];
  /** Whether the owner wrote the last message. */
  readonly ownerWroteLast: boolean;
}

/** Starts a conversation. Every second one is in English or German, the others go through the other languages. */
export function startConversation(random: DemoRandom, number: number): DemoConversation {
  const common = DEMO_LANGUAGES.slice(0, 2);
  const others = DEMO_LANGUAGES.slice(2);
  const language =
    (number % 2 === 0 ? random.pick(common) : others[((number - 1) / 2) % others.length]) ?? random.pick(common);
  return {
    language,
    subject: random.pick(language.subjects),
    folder: incomingFolder(random),
    people: random.sample(language.people, random.integer(1, 3)),
    messageIds: [],
    lastParagraphs: [],
    ownerWroteLast: false,
  };
}

/** Writes the paragraphs of one message. */
export function writeParagraphs(random: DemoRandom, language: DemoLanguage, writer: EmailAddress): string[] {
  const paragraphs = [language.greeting];
  for (let count = random.integer(1, 5); count > 0; count--) {
    paragraphs.push(random.sample(language.sentences, random.integer(1, 4)).join(' '));
  }
  return [...paragraphs, language.closing, writer.name];
}

/** The charset and encoding of a message: all that its language has, in turn. */
export function chooseCharset(
  language: DemoLanguage,
  turn: number,
): { charset: string; encoding: DemoCharset['encodings'][number] } {
  const entry = language.charsets[turn % language.charsets.length] ?? {
    charset: 'utf-8',
    encodings: ['base64'] as const,
  };
  const round = Math.floor(turn / language.charsets.length);
  return { charset: entry.charset, encoding: entry.encodings[round % entry.encodings.length] ?? 'base64' };
}
