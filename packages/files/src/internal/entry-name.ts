import { isUtf8 } from 'node:buffer';
import { sep } from 'node:path';

/** Stands before each byte, in two hexadecimal digits, that is no UTF-8. */
const MARK = '\uFFFD';
const MARK_BYTES = [0xef, 0xbf, 0xbd] as const;
/** ASCII is never escaped, so a name out of a snapshot cannot smuggle a `/` in. */
const ESCAPED = /\uFFFD([89A-F][0-9A-F])/g;

/**
 * The name of an entry of a folder as text: itself, wherever it is UTF-8. Of any other name, each byte that is not becomes
 * U+FFFD with two hexadecimal digits, and so does a U+FFFD that really stands there. So names stay apart, and
 * {@link pathOf} finds the entry again.
 */
export function entryName(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).replaceAll(MARK, escapedMark());
  let name = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    const character = bytes.subarray(at, at + length);
    const isText = isUtf8(character) && !MARK_BYTES.every((byte, index) => byte === character[index]);
    name += isText ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(character) : escaped(character);
    at += length;
  }
  return name;
}

/** Whether a name that Node decoded may be one of those that have to be escaped. */
export function isDoubtful(name: string): boolean {
  return name.includes(MARK);
}

/** The path of an entry below a root, for calls of `node:fs`; `id` is its names joined by `/`. */
export function pathOf(root: string, id: string): string | Uint8Array<ArrayBuffer> {
  const below = sep === '/' ? id : id.replaceAll('/', sep);
  const path = root.endsWith(sep) ? `${root}${below}` : `${root}${sep}${below}`;
  return isDoubtful(id) ? bytesOf(path) : path;
}

/** Whether an id names something below the root: an id out of a snapshot may be anything. */
export function isBelowRoot(id: string): boolean {
  const isName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !name.includes('\0');
  return id.split('/').every((name) => isName(name) && (sep === '/' || !/[\\:]/.test(name)));
}

function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { index, 0: escape, 1: digits = '' } of path.matchAll(ESCAPED)) {
    pieces.push(encoder.encode(path.slice(at, index)), Uint8Array.of(Number.parseInt(digits, 16)));
    at = index + escape.length;
  }
  pieces.push(encoder.encode(path.slice(at)));
  return Buffer.concat(pieces);
}

function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return isUtf8(bytes.subarray(at, at + length)) ? Math.min(length, bytes.length - at) : 1;
}

function escaped(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => `${MARK}${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function escapedMark(): string {
  return escaped(MARK_BYTES);
}
