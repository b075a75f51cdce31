import { sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryName, isBelowRoot, pathOf } from '../../src/internal/entry-name.ts';

const bytesOf = (path: string | Uint8Array): Buffer => Buffer.from(path as string);
const name = fc
  .uint8Array({ minLength: 1, maxLength: 24 })
  .map((bytes) => bytes.map((byte) => (byte === 0x2f || byte === 0 ? 0x61 : byte)));
const nearMark = fc.array(fc.constantFrom(0xef, 0xbf, 0xbd, 0xff, 0x41, 0x42, 0xc3, 0xa4, 0xf0, 0x9f), {
  minLength: 1,
  maxLength: 12,
});

describe('the name of an entry', () => {
  it('is itself where it is text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        fc.pre(!text.includes('\uFFFD'));
        expect(entryName(new TextEncoder().encode(text))).toBe(text);
      }),
    );
  });

  it('leads back to the same bytes, and is text, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          name,
          nearMark.map((bytes) => Uint8Array.from(bytes)),
        ),
        (bytes) => {
          const text = entryName(bytes);
          expect(text.isWellFormed()).toBe(true);
          expect(bytesOf(pathOf('', text)).subarray(1)).toEqual(Buffer.from(bytes));
        },
      ),
    );
  });

  it('keeps a byte order mark', () => {
    expect(bytesOf(pathOf('', entryName(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)))).subarray(1)).toHaveLength(4);
  });

  it('is joined with the root by what the system has for it', () => {
    expect(pathOf('root', 'a/b')).toBe(`root${sep}a${sep}b`);
    expect(pathOf(`root${sep}`, 'a')).toBe(`root${sep}a`);
  });

  it.each(['', '.', '..', 'a/..', '../a', '/a', 'a//b', 'a/', 'a\0b', 'a/./b'])('"%s" is not below the root', (id) => {
    expect(isBelowRoot(id)).toBe(false);
  });

  it.each(['a', 'a/b', '...', '.a', 'a..', 'a b/c'])('"%s" is', (id) => {
    expect(isBelowRoot(id)).toBe(true);
  });
});
