import type { LineEnd } from './part-segment.ts';

/** No line of a run of several lines is longer: the limit of RFC 5322, 2.1.1. What is longer is a run of one line. */
export const LONGEST_LINE = 998;

/** A line as a base64 encoder would write it. */
export interface Base64Line {
  /** How many characters it has, with padding and without its end; a multiple of 4 and not 0. */
  readonly characters: number;
  /** How many of them are padding. */
  readonly padding: number;
  /** What follows it: `end` if it is the end of the part. */
  readonly eol: LineEnd | 'end';
}

const CR = 0x0d;
const LF = 0x0a;
const PADDING = 0x3d;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_VALUE = 0xff;

/** What each byte means in base64, `NO_VALUE` for those that mean nothing. */
const VALUES = new Uint8Array(256).fill(NO_VALUE);
for (let i = 0; i < ALPHABET.length; i += 1) VALUES[ALPHABET.charCodeAt(i)] = i;

/** 1 for each byte that no run of lines of base64 holds. */
const FOREIGN = Uint8Array.from(VALUES, (value) => (value === NO_VALUE ? 1 : 0));
for (const byte of [CR, LF, PADDING]) FOREIGN[byte] = 0;

/** Where the last byte from `from` to before `to` lies that no lines of base64 hold; -1 if there is none. */
export function lastForeign(bytes: Uint8Array, from: number, to: number): number {
  for (let i = to - 1; i >= from; i -= 1) if (FOREIGN[bytes[i]!] === 1) return i;
  return -1;
}

/** Where the first byte from `from` on lies that is no character of the alphabet; `to` if there is none before. */
export function alphabetEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && VALUES[bytes[i]!] !== NO_VALUE) i += 1;
  return i;
}

/**
 * How many characters of padding the four at `at` end in, if they are what an encoder writes last; 0 if they are not.
 * Bits that stand for nothing must be zero, as encoding them again makes them so.
 */
export function paddingAt(bytes: Uint8Array, at: number): number {
  if (bytes[at + 3] !== PADDING || VALUES[bytes[at]!] === NO_VALUE) return 0;
  const second = VALUES[bytes[at + 1]!]!;
  if (second === NO_VALUE) return 0;
  if (bytes[at + 2] === PADDING) return (second & 0x0f) === 0 ? 2 : 0;
  const third = VALUES[bytes[at + 2]!]!;
  return third !== NO_VALUE && (third & 0x03) === 0 ? 1 : 0;
}

/**
 * Reads the line that begins at `at`: `none` if no encoder writes it, `long` if it has more characters of the alphabet
 * than {@link LONGEST_LINE}, `more` if that cannot be said before more bytes are there.
 */
export function readBase64Line(
  bytes: Uint8Array,
  at: number,
  end: number,
  isLast: boolean,
): Base64Line | 'none' | 'long' | 'more' {
  let stop = alphabetEnd(bytes, at, Math.min(end, at + LONGEST_LINE + 1));
  if (stop - at > LONGEST_LINE) return 'long';
  const padded = stop;
  while (stop < end && stop < padded + 2 && bytes[stop] === PADDING) stop += 1;
  const eol = lineEndAt(bytes, stop, end, isLast);
  if (eol === 'more' || eol === 'none') return eol;
  const characters = stop - at;
  const padding = stop - padded;
  if (characters === 0 || characters % 4 !== 0) return 'none';
  if (padding > 0 && paddingAt(bytes, stop - 4) !== padding) return 'none';
  return { characters, padding, eol };
}

function lineEndAt(bytes: Uint8Array, at: number, end: number, isLast: boolean): LineEnd | 'end' | 'none' | 'more' {
  if (at === end) return isLast ? 'end' : 'more';
  if (bytes[at] === LF) return 'lf';
  if (bytes[at] !== CR) return 'none';
  if (at + 1 === end) return isLast ? 'none' : 'more';
  return bytes[at + 1] === LF ? 'crlf' : 'none';
}

/** How many bytes a line end has. */
export function lineEndLength(eol: LineEnd): number {
  return eol === 'crlf' ? 2 : 1;
}

/** Whether that line end stands at `at`. */
export function hasLineEnd(bytes: Uint8Array, at: number, eol: LineEnd): boolean {
  return eol === 'crlf' ? bytes[at] === CR && bytes[at + 1] === LF : bytes[at] === LF;
}
