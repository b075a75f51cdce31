import { Buffer } from 'node:buffer';

import { lineEndLength } from './base64-line.ts';
import type { LineEnd } from './part-segment.ts';

/** How base64 is broken into lines. */
export interface LineFormat {
  /** Characters in each line but the last, a multiple of 4; `Infinity` where there is one line. */
  readonly line: number;
  /** What separates the lines. */
  readonly eol: LineEnd;
}

const CR = 0x0d;
const LF = 0x0a;
/** So many bytes are encoded at once, a multiple of 3: the text between stays in the processor's cache. */
const STEP = 24 * 1024;

/** How many characters and line ends so many bytes make; none follows the last line. */
export function encodedLength(length: number, { line, eol }: LineFormat): number {
  const characters = Math.ceil(length / 3) * 4;
  return characters + gapsIn(characters, line, 0) * lineEndLength(eol);
}

/** Writes bytes as lines of base64 from `at` on, where {@link encodedLength} bytes must be free. */
export function writeBase64Lines(target: Buffer, at: number, bytes: Uint8Array, format: LineFormat): void {
  writeFrom(target, at, bytes, format, 0);
}

/** How many line ends stand before or between so many characters, of which the first follows `column` others. */
function gapsIn(characters: number, line: number, column: number): number {
  return characters === 0 ? 0 : Math.floor((column + characters - 1) / line);
}

/** Writes bytes where `column` characters of the line stand already; gives how many there are in the end. */
function writeFrom(
  target: Buffer,
  start: number,
  bytes: Uint8Array,
  { line, eol }: LineFormat,
  column: number,
): number {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = lineEndLength(eol);
  let at = start;
  let present = column;
  for (let from = 0; from < source.length; from += STEP) {
    const text = source.toString('base64', from, Math.min(source.length, from + STEP));
    const gaps = gapsIn(text.length, line, present);
    // At the end of its place first; then each line moves forward to where it belongs, which is never behind itself.
    let next = at + gaps * end;
    target.write(text, next, 'latin1');
    let room = line - present;
    for (let i = 0; i < gaps; i += 1) {
      target.copyWithin(at, next, next + room);
      next += room;
      at = writeLineEnd(target, at + room, eol);
      room = line;
    }
    const written = (present + text.length - 1) % line;
    at = next + written + 1 - (gaps === 0 ? present : 0);
    present = written + 1;
  }
  return present;
}

function writeLineEnd(target: Buffer, at: number, eol: LineEnd): number {
  if (eol === 'lf') {
    target[at] = LF;
    return at + 1;
  }
  target[at] = CR;
  target[at + 1] = LF;
  return at + 2;
}
