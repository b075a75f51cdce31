import type { SeededRandomness } from '../seeded-randomness.ts';
import { words } from './letter-words.ts';
import { base64Lines, joined, quotedPrintable, utf8 } from './mime-text.ts';
import type { MimePiece } from './mime-text.ts';

/** Greetings that no table is needed for: the bytes as they are in that charset. */
const FOREIGN: Readonly<Record<string, readonly number[]>> = {
  'koi8-r': [0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4],
  'iso-2022-jp': [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42],
  shift_jis: [0x93, 0xfa, 0x96, 0x7b],
  'x-unknown-charset': [0xff, 0xfe, 0x41, 0x80],
};

/** A text in one of the charsets and encodings of real mail. */
export function textPiece(
  dice: SeededRandomness,
  subtype: 'html' | 'plain',
  change: (text: string) => string = (text) => text,
): MimePiece {
  const text = change(`${words(dice, dice.integer(3, 60))}\r\n`);
  switch (dice.integer(0, 4)) {
    case 0:
      return piece(subtype, 'utf-8', '8bit', utf8(text));
    case 1:
      return piece(subtype, 'utf-8', 'base64', utf8(base64Lines(utf8(text))));
    case 2:
      return piece(subtype, 'iso-8859-1', 'quoted-printable', utf8(quotedPrintable(latin1(text))));
    case 3:
      return piece(subtype, 'windows-1252', '8bit', latin1(text));
    default: {
      const charset = dice.pick(Object.keys(FOREIGN));
      const greeting = Uint8Array.from(FOREIGN[charset] ?? []);
      const plain = utf8(`\r\n${text.replaceAll(/[^\r\n\x20-\x7e]/g, '?')}`);
      return piece(subtype, charset, '8bit', joined([greeting, plain]));
    }
  }
}

function piece(subtype: string, charset: string, encoding: string, body: Uint8Array): MimePiece {
  const fields = [`Content-Type: text/${subtype}; charset=${charset}`, `Content-Transfer-Encoding: ${encoding}`];
  return { fields, body };
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? code : 63;
  });
}
