import { Buffer } from 'node:buffer';

import { lineEndLength } from './base64-line.ts';
import { base64Lines } from './base64-lines.ts';
import type { Base64Lines } from './base64-lines.ts';
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
  const quick = base64Lines();
  if (quick === undefined) writeFrom(target, at, bytes, format, 0);
  else writeQuickly(quick, target, at, bytes, format);
}

/** The same without WebAssembly. */
export function writeBase64LinesPlainly(target: Buffer, at: number, bytes: Uint8Array, format: LineFormat): void {
  writeFrom(target, at, bytes, format, 0);
}

function writeQuickly(
  lines: Base64Lines,
  target: Buffer,
  start: number,
  bytes: Uint8Array,
  { line, eol }: LineFormat,
): void {
  const { mostBytes } = lines;
  const eolBytes = lineEndLength(eol);
  const lineBytes = (line / 4) * 3;
  let at = start;
  let from = 0;
  // The last line has no end, so what is encoded together with line ends stops before it.
  const last = lineBytes >= bytes.length ? 0 : (Math.ceil(bytes.length / lineBytes) - 1) * lineBytes;
  const step = Math.floor(mostBytes / lineBytes) * lineBytes;
  while (from < last && step > 0) {
    const end = Math.min(last, from + step);
    at = lines.encode(target, at, bytes.subarray(from, end), { lineBytes, eolBytes });
    from = end;
  }
  while (from < bytes.length) {
    // A line longer than what is encoded at once, or the last one.
    const lineEnd = Math.min(bytes.length, from + lineBytes);
    const whole = lineEnd - ((lineEnd - from) % 3);
    for (; from < whole; from = Math.min(whole, from + mostBytes)) {
      const some = bytes.subarray(from, Math.min(whole, from + mostBytes));
      at = lines.encode(target, at, some, { lineBytes: 3 * mostBytes, eolBytes });
    }
    if (whole < lineEnd) {
      writeFrom(target, at, bytes.subarray(whole, lineEnd), { line: Number.POSITIVE_INFINITY, eol }, 0);
      from = lineEnd;
    }
    if (from < bytes.length) at = writeLineEnd(target, at, eol);
  }
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
