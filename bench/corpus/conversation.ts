import type { CorpusOptions } from './corpus-options.ts';
import { createDice } from './dice.ts';
import type { Person } from './people.ts';
import { somebody } from './people.ts';
import { paragraph, sentence } from './vocabulary.ts';

/** One mail of a conversation, without what it quotes. */
export interface Utterance {
  readonly index: number;
  readonly from: Person;
  readonly to: readonly Person[];
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly messageId: string;
  readonly paragraphs: readonly string[];
}

const BEGIN = Date.UTC(2024, 0, 2, 7);
const MINUTES_BETWEEN = 23;
/** Longer conversations are cut off by those who answer. */
const QUOTED = 5;
const REPLIES = 0.45;

/**
 * Tells what a mail says and which earlier ones it quotes, the latest first; the first of the result is the mail itself.
 * Every mail is told by itself from the seed, so a reply finds what it quotes without anybody having kept it.
 */
export function conversationOf(index: number, seed: number, people: readonly Person[]): readonly Utterance[] {
  const said: Utterance[] = [];
  for (let at: number | undefined = index; at !== undefined && said.length < QUOTED; at = answered(at, seed)) {
    said.push(utterance(at, seed, people));
  }
  const first = said.at(-1)?.subject ?? '';
  return said.map((one, i) => ({ ...one, subject: i < said.length - 1 ? `RE: ${first}` : first }));
}

/** When a mail was written, in milliseconds since 1970. */
export function dateOf(index: number): number {
  return BEGIN + index * MINUTES_BETWEEN * 60_000;
}

function answered(index: number, seed: CorpusOptions['seed']): number | undefined {
  const dice = createDice(seed, 4, index);
  if (index === 0 || !dice.chance(REPLIES)) return undefined;
  return index - dice.integer(1, Math.min(index, 200));
}

function utterance(index: number, seed: number, people: readonly Person[]): Utterance {
  const dice = createDice(seed, 5, index);
  const from = somebody(dice, people);
  const to = Array.from({ length: dice.chance(0.7) ? 1 : dice.integer(2, 8) }, () => somebody(dice, people));
  const length = Math.min(30_000, Math.floor(600 * Math.exp(0.9 * dice.normal())));
  const paragraphs = [`${dice.pick(['Hello', 'Hi', 'Dear', 'Good morning'])} ${to[0]?.name.split(' ')[0]},`];
  for (let left = length; left > 0; left -= paragraphs.at(-1)?.length ?? 0)
    paragraphs.push(paragraph(dice, Math.min(left, dice.integer(100, 900))));
  paragraphs.push(dice.pick(['Best regards', 'Kind regards', 'Thanks', 'Many thanks and best regards']));
  const subject = sentence(dice).slice(0, 70);
  const date = dateOf(index);
  const messageId = `<${dice.bytes(16).toString('hex').toUpperCase()}@${from.address.split('@')[1]}>`;
  return { index, from, to, subject, date, messageId, paragraphs };
}
