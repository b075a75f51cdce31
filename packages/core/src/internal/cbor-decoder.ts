import { MAXIMUM_DEPTH } from './cbor-value.ts';
import type { CborValue } from './cbor-value.ts';
import { fromHalfBits } from './half-float.ts';

// A byte order mark is part of a text: a subject may begin with one.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Up to this length a loop over the bytes is faster than a call into the platform. */
const SHORT_TEXT = 24;

/**
 * Decodes exactly one value.
 *
 * Refuses duplicate and non-text keys, indefinite lengths, bytes after the value, integers beyond 2^53 - 1, `undefined`
 * and other simple values, tags, text that is not UTF-8, and nesting deeper than 256. Accepts keys in any order and
 * lengths that are not the shortest. Byte strings are copies. Nothing is allocated that the input does not pay for.
 *
 * @throws A `RangeError` if the bytes are refused; its message is a short reason without any of the content.
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Without this a `Buffer` would give views where copies are promised.
  const data = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;

  function take(length: number): number {
    const start = position;
    if (length > data.length - start) throw new RangeError('CBOR ends too early');
    position += length;
    return start;
  }

  function readArgument(info: number): number {
    if (info < 24) return info;
    if (info === 24) return data[take(1)]!;
    if (info === 25) return view.getUint16(take(2));
    if (info === 26) return view.getUint32(take(4));
    if (info !== 27) throw new RangeError('CBOR with an indefinite or reserved length');
    const start = take(8);
    const argument = view.getUint32(start) * 0x1_00_00_00_00 + view.getUint32(start + 4);
    if (!Number.isSafeInteger(argument)) throw new RangeError('CBOR with an integer beyond 2^53');
    return argument;
  }

  function readText(length: number): string {
    const start = take(length);
    if (length <= SHORT_TEXT) {
      let text = '';
      let i = start;
      for (; i < position; i++) {
        const byte = data[i]!;
        if (byte >= 0x80) break;
        text += String.fromCharCode(byte);
      }
      if (i === position) return text;
    }
    try {
      return UTF8.decode(data.subarray(start, position));
    } catch (error) {
      throw new RangeError('CBOR with a text that is not UTF-8', { cause: error });
    }
  }

  function readArray(length: number, depth: number): CborValue[] {
    // Each element takes a byte at least.
    if (length > data.length - position) throw new RangeError('CBOR ends too early');
    const array: CborValue[] = [];
    for (let i = 0; i < length; i++) array.push(read(depth + 1));
    return array;
  }

  function readMap(length: number, depth: number): { [name: string]: CborValue } {
    if (length > data.length - position) throw new RangeError('CBOR ends too early');
    const map: { [name: string]: CborValue } = {};
    for (let i = 0; i < length; i++) {
      const head = data[take(1)]!;
      if (head >> 5 !== 3) throw new RangeError('CBOR with a key that is not a text');
      const name = readText(readArgument(head & 31));
      if (Object.hasOwn(map, name)) throw new RangeError('CBOR with a duplicate key');
      const value = read(depth + 1);
      if (name === '__proto__') {
        // A plain assignment would set the prototype.
        Object.defineProperty(map, name, { value, configurable: true, enumerable: true, writable: true });
      } else map[name] = value;
    }
    return map;
  }

  function readSimple(info: number): CborValue {
    if (info === 20) return false;
    if (info === 21) return true;
    if (info === 22) return null;
    if (info === 25) return fromHalfBits(view.getUint16(take(2)));
    if (info === 26) return view.getFloat32(take(4));
    if (info === 27) return view.getFloat64(take(8));
    throw new RangeError('CBOR with an unknown simple value');
  }

  function read(depth: number): CborValue {
    if (depth > MAXIMUM_DEPTH) throw new RangeError(`CBOR nested deeper than ${MAXIMUM_DEPTH}`);
    const head = data[take(1)]!;
    const major = head >> 5;
    const info = head & 31;
    if (major === 7) return readSimple(info);
    if (major === 6) throw new RangeError('CBOR with a tag');
    const argument = readArgument(info);
    if (major === 0) return argument;
    if (major === 1) {
      if (argument >= Number.MAX_SAFE_INTEGER) throw new RangeError('CBOR with an integer beyond 2^53');
      return -1 - argument;
    }
    if (major === 3) return readText(argument);
    if (major === 4) return readArray(argument, depth);
    if (major === 5) return readMap(argument, depth);
    const start = take(argument);
    return data.slice(start, position);
  }

  const value = read(0);
  if (position !== data.length) throw new RangeError('CBOR with bytes after its end');
  return value;
}
