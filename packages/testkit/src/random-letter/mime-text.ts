import { Buffer } from 'node:buffer';
import type { SeededRandomness } from '../seeded-randomness.ts';

const LINE = 76;
const ENCODED_WORD_BYTES = 45;

/** A piece of MIME: its header fields and its body. */
export interface MimePiece {
  readonly fields: readonly string[];
  readonly body: Uint8Array;
}

/** Bytes of text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Joins bytes. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A piece as bytes, with the empty line between its fields and its body. */
export function serialized({ fields, body }: MimePiece): Uint8Array {
  return joined([utf8(`${fields.join('\r\n')}\r\n\r\n`), body]);
}

/** Base64 in lines. */
export function base64Lines(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64');
  return (text.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []).map((line) => `${line}\r\n`).join('');
}

/** The value of a header field: as it is, or in encoded words (RFC 2047) on lines of their own. */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return folded(text);
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    if (utf8(piece + character).length > ENCODED_WORD_BYTES) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  pieces.push(piece);
  return pieces.map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n ');
}

/** Breaks a long line of words where there are blanks. */
function folded(text: string): string {
  let line = 0;
  return text
    .split(' ')
    .map((word, index) => {
      const breaks = index > 0 && word !== '' && line + word.length > LINE - 10;
      line = breaks ? word.length + 1 : line + word.length + 1;
      return index === 0 ? word : (breaks ? '\r\n ' : ' ') + word;
    })
    .join('');
}

/** Quoted-printable (RFC 2045, section 6.7) of bytes in which CR LF ends a line. */
export function quotedPrintable(bytes: Uint8Array): string {
  let text = '';
  let line = 0;
  for (const [index, byte] of bytes.entries()) {
    if ((byte === 13 && bytes[index + 1] === 10) || (byte === 10 && bytes[index - 1] === 13)) {
      text += String.fromCharCode(byte);
      line = 0;
      continue;
    }
    const ends = bytes[index + 1] === 13 || index === bytes.length - 1;
    const plain = byte > 32 && byte < 127 && byte !== 61;
    const token =
      plain || (byte === 32 && !ends)
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (line + token.length >= LINE) {
      text += '=\r\n';
      line = 0;
    }
    text += token;
    line += token.length;
  }
  return text;
}

/** A multipart with a boundary that none of the pieces contains. */
export function multipart(dice: SeededRandomness, subtype: string, pieces: readonly MimePiece[]): MimePiece {
  const boundary = `=_${Buffer.from(dice.bytes(12)).toString('hex')}`;
  const body = pieces.flatMap((piece) => [utf8(`--${boundary}\r\n`), serialized(piece), utf8('\r\n')]);
  return {
    fields: [`Content-Type: multipart/${subtype};\r\n boundary="${boundary}"`],
    body: joined([...body, utf8(`--${boundary}--\r\n`)]),
  };
}
