import { attachmentTypes, makeAttachment } from './attachment-kinds.ts';
import type { Utterance } from './conversation.ts';
import { conversationOf } from './conversation.ts';
import { createDice } from './dice.ts';
import type { Dice } from './dice.ts';
import { mailHeader } from './mail-header.ts';
import { htmlText, plainText } from './mail-text.ts';
import type { Person } from './people.ts';
import type { PlannedAttachment, PlannedItem } from './plan-corpus.ts';
import { base64Lines, isPlain, quotedPrintable } from './transfer-encodings.ts';
import { word } from './vocabulary.ts';

/** What a mail is made of, apart: for the compressibility of each. */
export interface MadeMail {
  readonly bytes: Buffer;
  /** Header, text and HTML: everything but the attachments. */
  readonly text: string;
}

const LINE_LENGTHS = [76, 76, 76, 76, 76, 76, 76, 76, 72, 64];

/** Makes a mail as a service hands it out: header, text, HTML as an alternative in most, and attachments in base64. */
export function makeMail(item: PlannedItem, seed: number, people: readonly Person[]): MadeMail {
  const dice = createDice(seed, 6, item.index);
  const said = conversationOf(item.index, seed, people);
  const pieces: string[] = [...mailHeader(said, dice), 'MIME-Version: 1.0'];
  const { attachments } = item;
  const body = alternatives(said, dice);
  if (attachments.length === 0) return finished([...pieces, ...body], []);

  const boundary = makeBoundary(dice);
  pieces.push(`Content-Type: multipart/mixed;\r\n\tboundary="${boundary}"`, '', `--${boundary}`, ...body);
  const files = attachments.map((attachment) => attached(attachment, seed, dice));
  return finished(pieces, [
    ...files.flatMap(({ head, base64 }) => [`--${boundary}\r\n${head}`, base64]),
    `--${boundary}--\r\n`,
  ]);
}

function finished(text: readonly string[], rest: readonly string[]): MadeMail {
  const head = `${text.join('\r\n')}\r\n`;
  return { bytes: Buffer.from(head + rest.join('\r\n')), text: head };
}

function alternatives(said: readonly Utterance[], dice: Dice): string[] {
  const encoding = dice.chance(0.12) ? 'base64' : dice.chance(0.55) ? 'quoted-printable' : '8bit';
  const plain = textPart('plain', plainText(said), encoding);
  if (dice.chance(0.2)) return plain;
  const boundary = makeBoundary(dice);
  const head = [`Content-Type: multipart/alternative;\r\n\tboundary="${boundary}"`, ''];
  const html = textPart('html', htmlText(said), encoding);
  return [...head, `--${boundary}`, ...plain, `--${boundary}`, ...html, `--${boundary}--`, ''];
}

function textPart(subtype: string, text: string, encoding: string): string[] {
  const head = `Content-Type: text/${subtype}; charset="utf-8"`;
  if (encoding === 'base64')
    return [head, 'Content-Transfer-Encoding: base64', '', base64Lines(Buffer.from(text), 76), ''];
  if (encoding === '8bit') return [head, `Content-Transfer-Encoding: ${isPlain(text) ? '7bit' : '8bit'}`, '', text];
  return [head, 'Content-Transfer-Encoding: quoted-printable', '', quotedPrintable(text)];
}

function attached(
  { content, kind, size }: PlannedAttachment,
  seed: number,
  dice: Dice,
): { head: string; base64: string } {
  const [ending, type] = attachmentTypes[kind];
  // What is in it depends on nothing but itself: in another mail it is the same, whatever name and lines it has there.
  const bytes = makeAttachment(kind, size, createDice(seed, 7, content));
  const name = `${word(dice)}-${dice.integer(1, 999)}.${ending}`;
  const head = [
    `Content-Type: ${type};\r\n\tname="${name}"`,
    `Content-Description: ${name}`,
    `Content-Disposition: attachment;\r\n\tfilename="${name}"; size=${size};\r\n\tcreation-date="${dice.integer(1, 28)} Jun 2025 10:11:12 GMT"`,
    'Content-Transfer-Encoding: base64',
    '',
  ].join('\r\n');
  const base64 = base64Lines(bytes, dice.pick(LINE_LENGTHS));
  // Some programs end the last line with a space, or in other ways that decoding and encoding again would not give back.
  return { head, base64: `${base64}${dice.chance(0.01) ? ' ' : ''}\r\n` };
}

function makeBoundary(dice: Dice): string {
  return `_000_${dice.bytes(16).toString('hex').toUpperCase()}AM0PR04MB6451eurp_`;
}
