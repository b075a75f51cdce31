import { Buffer } from 'node:buffer';

import { compareBytes } from './bytes.ts';
import { MAXIMUM_DEPTH } from './cbor-value.ts';
import type { CborValue } from './cbor-value.ts';
import { toHalfBits } from './half-float.ts';

const UTF8 = new TextEncoder();
const FIRST_CAPACITY = 512;
const LARGEST_SLAB = 64 * 1024;
/** Up to this length a loop over the characters is faster than a call into the platform. */
const SHORT_TEXT = 48;
/** Up to so many names are sorted by insertion, which costs no call for each comparison. */
const MOST_INSERTED = 16;

/**
 * Encodes a value in the core deterministic form (RFC 8949, section 4.2.1): shortest lengths, integers and floats, keys
 * in bytewise order of their encodings. Equal values give equal bytes.
 *
 * Numbers that are safe integers become integers (negative zero becomes 0), all others the shortest float that keeps the
 * value. A lone surrogate in a text becomes U+FFFD, so such a text does not come back as it was.
 *
 * @throws A `TypeError` if something is not a {@link CborValue}, or if two keys of a map are the same after the change
 *   of lone surrogates; a `RangeError` if it is nested deeper than 256.
 */
export function encodeCbor(value: CborValue): Uint8Array {
  return createCborEncoder()(value).slice();
}

/**
 * Makes an {@link encodeCbor} for many values that are soon done with: what it gives are views of slabs that several
 * values share, because an allocation for each costs more than its encoding.
 */
export function createCborEncoder(): (value: CborValue) => Uint8Array {
  let bytes = new Uint8Array(FIRST_CAPACITY);
  let view = new DataView(bytes.buffer);
  /** Where the value begins that is being encoded, and how far it is. */
  let start = 0;
  let length = 0;

  function reserve(more: number): void {
    if (length + more <= bytes.length) return;
    const size = length - start;
    const next = new Uint8Array(Math.max(Math.min(bytes.length * 2, LARGEST_SLAB), (size + more) * 2));
    next.set(bytes.subarray(start, length));
    bytes = next;
    view = new DataView(bytes.buffer);
    start = 0;
    length = size;
  }

  function writeHead(major: number, argument: number): void {
    reserve(9);
    const type = major << 5;
    if (argument < 24) {
      bytes[length++] = type | argument;
    } else if (argument < 0x1_00) {
      bytes[length++] = type | 24;
      bytes[length++] = argument;
    } else if (argument < 0x1_00_00) {
      bytes[length++] = type | 25;
      view.setUint16(length, argument);
      length += 2;
    } else if (argument < 0x1_00_00_00_00) {
      bytes[length++] = type | 26;
      view.setUint32(length, argument);
      length += 4;
    } else {
      bytes[length++] = type | 27;
      view.setUint32(length, Math.floor(argument / 0x1_00_00_00_00));
      view.setUint32(length + 4, argument % 0x1_00_00_00_00);
      length += 8;
    }
  }

  function writeFloat(number: number): void {
    reserve(9);
    const half = toHalfBits(number);
    if (half !== undefined) {
      bytes[length] = 0xf9;
      view.setUint16(length + 1, half);
      length += 3;
    } else if (Math.fround(number) === number) {
      bytes[length] = 0xfa;
      view.setFloat32(length + 1, number);
      length += 5;
    } else {
      bytes[length] = 0xfb;
      view.setFloat64(length + 1, number);
      length += 9;
    }
  }

  function writeNumber(number: number): void {
    if (!Number.isSafeInteger(number)) writeFloat(number);
    else if (number < 0) writeHead(1, -1 - number);
    else writeHead(0, number);
  }

  function writeText(text: string): void {
    if (text.length <= SHORT_TEXT) {
      const head = length - start;
      writeHead(3, text.length);
      reserve(text.length);
      let i = 0;
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[length++] = unit;
      }
      if (i === text.length) return;
      length = start + head;
    }
    const size = Buffer.byteLength(text, 'utf8');
    writeHead(3, size);
    reserve(size);
    UTF8.encodeInto(text, bytes.subarray(length, length + size));
    length += size;
  }

  function writeObject(object: { readonly [name: string]: CborValue }, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(object);
    // The prototype of a plain object has none above it, in whatever realm it was made.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw new TypeError('CBOR is made of plain objects, arrays, bytes, texts, numbers, booleans and null only.');
    }
    const names = sortedNames(Object.keys(object));
    writeHead(5, names.length);
    for (const name of names) {
      writeText(name);
      write(object[name], depth + 1);
    }
  }

  function write(item: CborValue | undefined, depth: number): void {
    if (depth > MAXIMUM_DEPTH) throw new RangeError(`CBOR may be nested up to ${MAXIMUM_DEPTH} deep.`);
    if (typeof item === 'string') writeText(item);
    else if (typeof item === 'number') writeNumber(item);
    else if (item === null) writeHead(7, 22);
    else if (typeof item === 'boolean') writeHead(7, item ? 21 : 20);
    else if (item instanceof Uint8Array) {
      writeHead(2, item.length);
      reserve(item.length);
      bytes.set(item, length);
      length += item.length;
    } else if (isArray(item)) {
      writeHead(4, item.length);
      for (const element of item) write(element, depth + 1);
    } else if (typeof item === 'object') writeObject(item, depth);
    else throw new TypeError(`CBOR has no place for a value of type ${typeof item}.`);
  }

  return (value) => {
    start = length;
    write(value, 0);
    return bytes.subarray(start, length);
  };
}

/** Like `Array.isArray`, which does not tell readonly arrays apart. */
function isArray(value: CborValue | undefined): value is readonly CborValue[] {
  return Array.isArray(value);
}

/** Sorts by the bytes of the encoded names, in place. The head holds the length, so a shorter name comes first. */
function sortedNames(names: string[]): readonly string[] {
  if (!names.every(isAscii)) return sortedByBytes(names);
  if (names.length > MOST_INSERTED) return names.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  for (let i = 1; i < names.length; i += 1) {
    const name = names[i]!;
    let at = i;
    for (; at > 0; at -= 1) {
      const before = names[at - 1]!;
      if (before.length < name.length || (before.length === name.length && before < name)) break;
      names[at] = before;
    }
    names[at] = name;
  }
  return names;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

function sortedByBytes(names: readonly string[]): readonly string[] {
  const encoded = names.map((name) => ({ name, bytes: UTF8.encode(name) }));
  encoded.sort((a, b) => a.bytes.length - b.bytes.length || compareBytes(a.bytes, b.bytes));
  for (const [i, { bytes }] of encoded.entries()) {
    const next = encoded[i + 1];
    if (next && compareBytes(bytes, next.bytes) === 0) {
      throw new TypeError('Two names of a map are the same once lone surrogates have become U+FFFD.');
    }
  }
  return encoded.map(({ name }) => name);
}
