import type { SeededRandomness } from '../seeded-randomness.ts';
import { person, words } from './letter-words.ts';
import type { Person } from './letter-words.ts';
import { base64Lines, headerText, multipart, serialized, utf8 } from './mime-text.ts';
import type { MimePiece } from './mime-text.ts';
import { textPiece } from './text-piece.ts';

/** What a letter is made of. */
export type LetterShape = 'attachment' | 'html' | 'nested' | 'plain';

/** Options of {@link randomLetter}. */
export interface RandomLetterOptions {
  /** What the letter is made of. @defaultValue one at random, mostly plain */
  readonly shape?: LetterShape | undefined;
  /** The largest attachment in bytes. @defaultValue `3000` */
  readonly attachmentBytes?: number | undefined;
}

const SHAPES: readonly LetterShape[] = ['plain', 'plain', 'plain', 'html', 'attachment', 'nested'];
const FILES = ['plan.pdf', 'Rechnung für März.pdf', '写真.jpg', 'notes.txt', 'no-extension', 'a "quoted" name.bin'];
const FIRST_TIME = Date.UTC(2005, 0, 1);
const LAST_TIME = Date.UTC(2025, 11, 31);
const DEEPEST = 3;

/**
 * Makes the bytes of a small letter as real mail has them: plain, or HTML with an image in it, with an attachment, or with
 * another letter inside; in several charsets, some of them odd; some with a very long subject, some without a Message-ID.
 * The same bytes for the same dice.
 *
 * @example An .eml
 * ```ts
 * import { randomLetter, seededRandomness } from '@holdfast/testkit';
 *
 * const eml = randomLetter(seededRandomness(7), { shape: 'attachment' });
 * console.log(new TextDecoder().decode(eml).includes('\r\nSubject: ')); // true
 * ```
 */
export function randomLetter(dice: SeededRandomness, options: RandomLetterOptions = {}): Uint8Array {
  const { shape, attachmentBytes = 3000 } = options;
  return letterAt(dice, shape, attachmentBytes, 0);
}

function letterAt(
  dice: SeededRandomness,
  wanted: LetterShape | undefined,
  attachmentBytes: number,
  depth: number,
): Uint8Array {
  const shape = wanted ?? dice.pick(depth < DEEPEST ? SHAPES : (['plain', 'attachment'] as const));
  const number = dice.integer(1, 999_999_999);
  const date = new Date(FIRST_TIME + Math.floor(dice.fraction() * (LAST_TIME - FIRST_TIME))).toUTCString();
  const to = Array.from({ length: dice.pick([1, 1, 1, 2, 12]) }, () => mailbox(person(dice)));
  const subject = dice.pick([
    () => `Letter ${number}`,
    () => `${words(dice, 4).replaceAll('\r\n', ' ')} (${number})`,
    () => `Größe und Maß der Brücke, ${number}`,
    () => `${'Re: '.repeat(dice.integer(1, 6))}${words(dice, 60).replaceAll('\r\n', ' ')} ${number}`,
    () => '',
  ])();
  const fields = [
    `From: ${mailbox(person(dice))}`,
    `To: ${to.join(',\r\n ')}`,
    `Subject: ${headerText(subject)}`,
    `Date: ${date.replace('GMT', '+0000')}`,
    ...(dice.fraction() < 0.85 ? [`Message-ID: <letter-${number}@example.org>`] : []),
    ...(dice.fraction() < 0.2 ? [`References: <letter-${dice.integer(1, 99)}@example.org>`] : []),
    'MIME-Version: 1.0',
  ];
  const content = pieceOf(dice, shape, attachmentBytes, depth);
  return serialized({ fields: [...fields, ...content.fields], body: content.body });
}

function pieceOf(dice: SeededRandomness, shape: LetterShape, attachmentBytes: number, depth: number): MimePiece {
  switch (shape) {
    case 'plain':
      return textPiece(dice, 'plain');
    case 'html': {
      const contentId = `image-${dice.integer(1, 9999)}@example.org`;
      const html = textPiece(
        dice,
        'html',
        (text) => `<html><body><p>${text}</p><img src="cid:${contentId}"></body></html>`,
      );
      const related = multipart(dice, 'related', [html, image(dice, contentId)]);
      return dice.fraction() < 0.5 ? related : multipart(dice, 'alternative', [textPiece(dice, 'plain'), related]);
    }
    case 'attachment': {
      const files = Array.from({ length: dice.pick([1, 1, 2]) }, () => file(dice, attachmentBytes));
      return multipart(dice, 'mixed', [textPiece(dice, 'plain'), ...files]);
    }
    case 'nested': {
      const inside: MimePiece = {
        fields: ['Content-Type: message/rfc822', 'Content-Disposition: attachment'],
        body: letterAt(dice, undefined, attachmentBytes, depth + 1),
      };
      return multipart(dice, 'mixed', [textPiece(dice, 'plain'), inside]);
    }
  }
}

function image(dice: SeededRandomness, contentId: string): MimePiece {
  return {
    fields: [
      'Content-Type: image/png; name="image.png"',
      'Content-Transfer-Encoding: base64',
      `Content-ID: <${contentId}>`,
      'Content-Disposition: inline; filename="image.png"',
    ],
    body: utf8(base64Lines(dice.bytes(dice.integer(1, 300)))),
  };
}

function file(dice: SeededRandomness, most: number): MimePiece {
  const name = dice.pick(FILES);
  const encoded = /^[\x20-\x7e]*$/.test(name)
    ? `filename="${name.replaceAll('"', String.raw`\"`)}"`
    : `filename*=utf-8''${encodeURIComponent(name)}`;
  return {
    fields: [
      'Content-Type: application/octet-stream',
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; ${encoded}`,
    ],
    body: utf8(base64Lines(dice.bytes(dice.integer(0, most)))),
  };
}

function mailbox({ name, address }: Person): string {
  return `${headerText(name)} <${address}>`;
}
