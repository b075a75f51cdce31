import { Buffer } from 'node:buffer';

import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fromHex, toHex } from '../../src/internal/bytes.ts';
import { createCborEncoder, decodeCbor, encodeCbor } from '../../src/internal/cbor.ts';
import type { CborValue } from '../../src/internal/cbor.ts';
import { propertyRuns } from './property-runs.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 120 });
const anyName = fc.oneof(fc.string({ unit: 'grapheme-ascii' }), anyText, fc.constant('__proto__'));
/** Numbers that come back identical: negative zero becomes 0. */
const anyNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.double().map((number) => (number === 0 ? 0 : number)),
  fc.float().map((number) => (number === 0 ? 0 : number)),
);
const { value: anyValue } = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    anyNumber,
    anyText,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(anyName, tie('value'), { maxKeys: 30, noNullPrototype: true }),
  ),
}));

describe('encodeCbor', () => {
  // Appendix A of RFC 8949, as far as it is about what we write.
  it.each<[CborValue, string]>([
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [255, '18ff'],
    [256, '190100'],
    [65_535, '19ffff'],
    [65_536, '1a00010000'],
    [1_000_000_000_000, '1b000000e8d4a51000'],
    [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
    [-1, '20'],
    [-1000, '3903e7'],
    [Number.MIN_SAFE_INTEGER, '3b001ffffffffffffe'],
    [1.1, 'fb3ff199999999999a'],
    [1.5, 'f93e00'],
    [65_504.5, 'fa477fe080'],
    [100_000.5, 'fa47c35040'],
    [3.402_823_466_385_288_6e38, 'fa7f7fffff'],
    [1e300, 'fb7e37e43c8800759c'],
    [5.960_464_477_539_063e-8, 'f90001'],
    [3 * 2 ** -24, 'f90003'],
    [0.000_061_035_156_25, 'f90400'],
    [-4.1, 'fbc010666666666666'],
    [Infinity, 'f97c00'],
    [-Infinity, 'f9fc00'],
    [Number.NaN, 'f97e00'],
    [-0, '00'],
    [false, 'f4'],
    [true, 'f5'],
    [null, 'f6'],
    [fromHex('01020304'), '4401020304'],
    ['IETF', '6449455446'],
    ['\u00fc', '62c3bc'],
    ['\ud800\udd51', '64f0908591'],
    [[1, [2, 3]], '8201820203'],
    [{ a: 1, b: [2, 3] }, 'a26161016162820203'],
  ])('writes %j as %s', (value, hex) => {
    expect(toHex(encodeCbor(value))).toBe(hex);
  });

  it('orders keys by the bytes of their encodings: first shorter ones, then by UTF-8', () => {
    const names = ['aa', 'b', '\u{1f600}', '\uffee\u0061', 'zzzz', ''];
    const bytes = encodeCbor(Object.fromEntries(names.map((name) => [name, 0])));
    expect(Object.keys(decodeCbor(bytes) as object)).toEqual(['', 'b', 'aa', 'zzzz', '\uffee\u0061', '\u{1f600}']);
  });

  it('gives the same bytes whatever the order of the members', () => {
    fc.assert(
      fc.property(fc.dictionary(anyName, anyNumber), (map) => {
        const reversed = Object.fromEntries(Object.entries(map).toReversed());
        expect(encodeCbor(reversed)).toEqual(encodeCbor(map));
      }),
      { numRuns: propertyRuns },
    );
  });

  it('writes what another implementation writes', () => {
    fc.assert(
      // cborg does not find the half floats below 2^-14, except powers of two.
      fc.property(
        anyValue.filter((value) => !holdsSmallHalf(value)),
        (value) => {
          expect(toHex(encodeCbor(value))).toBe(toHex(encode(value, rfc8949EncodeOptions)));
        },
      ),
      { numRuns: propertyRuns },
    );
  });

  it('turns a lone surrogate into U+FFFD', () => {
    for (const padding of ['', 'x'.repeat(100)]) {
      expect(decodeCbor(encodeCbor(`a\ud800b${padding}`))).toBe(`a\ufffdb${padding}`);
    }
  });

  it('refuses names that are the same once lone surrogates are replaced', () => {
    expect(() => encodeCbor({ 'a\ud800': 1, 'a\udc00': 2 })).toThrow(TypeError);
  });

  it.each([undefined, { a: undefined }, [1n], { d: new Date(0) }, new Map(), [Symbol('s')], () => 1])(
    'refuses what is not data: case %#',
    (value) => {
      expect(() => encodeCbor(value as unknown as CborValue)).toThrow(TypeError);
    },
  );

  it('refuses a value that contains itself', () => {
    const circle: CborValue[] = [];
    circle.push(circle);
    expect(() => encodeCbor(circle)).toThrow(RangeError);
  });
});

describe('decodeCbor', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
      }),
      { numRuns: propertyRuns * 3 },
    );
  });

  it('keeps a byte order mark at the beginning of a text', () => {
    for (const text of ['\ufeffa', `\ufeff${'long '.repeat(30)}`]) expect(decodeCbor(encodeCbor(text))).toBe(text);
  });

  it('copies byte strings, also out of a Buffer', () => {
    const bytes = Buffer.from('4401020304', 'hex');
    const value = decodeCbor(bytes) as Uint8Array;
    bytes.fill(0);
    expect([...value]).toEqual([1, 2, 3, 4]);
  });

  it('gives a member named __proto__ like any other', () => {
    const value = decodeCbor(fromHex('a1695f5f70726f746f5f5fa1616101')) as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('accepts lengths that are not the shortest, and keys in any order', () => {
    expect(decodeCbor(fromHex('1900ff'))).toBe(255);
    expect(decodeCbor(fromHex('a2616201616102'))).toEqual({ a: 2, b: 1 });
  });

  it.each([
    ['nothing at all', ''],
    ['bytes after the end', '0000'],
    ['a duplicate key', 'a2616101616102'],
    ['a key that is not a text', 'a10102'],
    ['an indefinite array', '9f01ff'],
    ['an indefinite map', 'bf616101ff'],
    ['an indefinite text', '7f6161ff'],
    ['an indefinite byte string', '5f4101ff'],
    ['a break', 'ff'],
    ['a reserved length', '1c'],
    ['undefined', 'f7'],
    ['another simple value', 'f0'],
    ['a two-byte simple value', 'f820'],
    ['a tag', 'c000'],
    ['an integer beyond 2^53', '1b0020000000000000'],
    ['a negative integer beyond 2^53', '3b001fffffffffffff'],
    ['an integer of 64 bits', '1bffffffffffffffff'],
    ['a text that is not UTF-8', '62c328'],
    ['a surrogate in UTF-8', '63eda080'],
    ['a text that ends too early', '6261'],
    ['an array of 2^32 elements', '9affffffff'],
    ['a map of 2^53 members', 'bb001fffffffffffff'],
    ['a byte string of 2^32 bytes', '5affffffff00'],
    ['an array that ends too early', '820000'.slice(0, 4)],
    ['a float that ends too early', 'fb0000'],
  ])('refuses %s', (_, hex) => {
    expect(() => decodeCbor(fromHex(hex))).toThrow(RangeError);
  });

  it('refuses deep nesting before the stack is used up', () => {
    expect(() => decodeCbor(new Uint8Array(200_000).fill(0x81))).toThrow(/nested deeper/);
    expect(() => decodeCbor(Uint8Array.from([...new Uint8Array(257).fill(0x81), 0]))).toThrow(RangeError);
    expect(decodeCbor(Uint8Array.from([...new Uint8Array(256).fill(0x81), 0]))).toBeInstanceOf(Array);
  });

  it('refuses arbitrary bytes with a RangeError, or reads what another implementation reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
        let value: CborValue;
        try {
          value = decodeCbor(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        expect(value).toEqual(decode(bytes));
      }),
      { numRuns: propertyRuns * 20 },
    );
  });
});

function holdsSmallHalf(value: CborValue): boolean {
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 2 ** -14 && Number.isInteger(value * 2 ** 24);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  return Object.values(value as object).some((element) => holdsSmallHalf(element as CborValue));
}

describe('createCborEncoder', () => {
  it('gives what encodeCbor gives, and leaves what it gave before alone', () => {
    const encodeNext = createCborEncoder();
    const values: CborValue[] = Array.from({ length: 2000 }, (_, i) => ({ n: i, text: 'é'.repeat(i % 300), b: [i] }));
    const encoded = values.map((value) => encodeNext(value));
    for (const [i, bytes] of encoded.entries()) expect(bytes).toEqual(encodeCbor(values[i] as CborValue));
  });

  it('goes on after a value that it refused', () => {
    const encodeNext = createCborEncoder();
    const before = encodeNext(['before']);
    expect(() => encodeNext([1, Symbol.iterator as unknown as CborValue])).toThrow(TypeError);
    expect([before, encodeNext('after')]).toEqual([encodeCbor(['before']), encodeCbor('after')]);
  });

  it('sorts names of any number and any script', () => {
    for (const count of [1, 5, 16, 17, 60]) {
      const names = Array.from({ length: count }, (_, i) => `${'z'.repeat((i * 7) % 5)}${(i * 31) % 97}`);
      for (const extra of [[], ['é', '🚀']]) {
        const decoded = decodeCbor(encodeCbor(Object.fromEntries([...names, ...extra].map((name) => [name, 1]))));
        // What begins with a digit is an index to JavaScript, so it tells nothing about the order.
        const told = Object.keys(decoded as object).filter((name) => !/^\d+$/.test(name));
        const bytes = told.map((name) => Buffer.from(encodeCbor(name)));
        expect(bytes).toEqual(bytes.toSorted(Buffer.compare));
      }
    }
  });
});
