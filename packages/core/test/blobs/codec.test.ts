import { randomBytes } from 'node:crypto';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';

import { RepositoryError } from '@holdfast/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { frame, unframe } from '../../src/blobs/codec.ts';
import { concatBytes, equalBytes } from '../../src/internal/bytes.ts';
import { propertyRuns } from '../internal/property-runs.ts';

const OBJECT = 'data/ab/abcd';
const text = new TextEncoder().encode('The quick brown fox. '.repeat(200));

function makeFramed(codec: number, rawLength: number, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(5);
  header[0] = codec;
  new DataView(header.buffer).setUint32(1, rawLength);
  return concatBytes([header, payload]);
}

describe('frame', () => {
  it('compresses with Zstandard what becomes shorter', () => {
    const framed = frame(text);
    expect(framed[0]).toBe(1);
    expect(framed.length).toBeLessThan(text.length / 10);
    expect([...framed.subarray(1, 9)]).toEqual([0, 0, text.length >> 8, text.length & 255, 0x28, 0xb5, 0x2f, 0xfd]);
  });

  it('keeps raw what is short or does not become shorter', () => {
    for (const raw of [new Uint8Array(0), new Uint8Array(63), Uint8Array.from(randomBytes(5000))]) {
      expect(frame(raw)).toEqual(makeFramed(0, raw.length, raw));
    }
  });

  it('keeps raw what is long and packed already, although a little of it could be made shorter', () => {
    const raw = Uint8Array.from(randomBytes(200_000));
    raw.fill(0, 3000, 5000);
    expect(frame(raw)[0]).toBe(0);
    expect(unframe(frame(raw), { object: OBJECT })).toEqual(raw);
  });

  it('compresses what is long and random, but not in all bits of its bytes', () => {
    for (const encoding of ['base64', 'hex'] as const) {
      const raw = new TextEncoder().encode(randomBytes(100_000).toString(encoding));
      const framed = frame(raw);
      expect(framed.length).toBeLessThan(0.8 * raw.length);
      expect(unframe(framed, { object: OBJECT })).toEqual(raw);
    }
  });

  it('compresses what is long and packed in parts only', () => {
    const raw = Uint8Array.from(randomBytes(200_000));
    raw.fill(7, 60_000, 160_000);
    const framed = frame(raw);
    expect(framed[0]).toBe(1);
    expect(framed.length).toBeLessThan(110_000);
    expect(unframe(framed, { object: OBJECT })).toEqual(raw);
  });

  it('keeps raw what is long and more packed than it may be', () => {
    const raw = Uint8Array.from(randomBytes(200_000));
    // A fifth of every stretch.
    for (let offset = 0; offset < raw.length; offset += 50) raw.fill(7, offset, offset + 10);
    expect(frame(raw)[0]).toBe(1);
    expect(frame(raw, { packed: 0.7 })).toEqual(makeFramed(0, raw.length, raw));
    expect(frame(raw.subarray(0, 1000), { packed: 0.7 })[0]).toBe(1);
  });

  it('takes a level', () => {
    const raw = new TextEncoder().encode(Array.from({ length: 5000 }, (_, i) => `${i * 7919} `).join(''));
    expect(frame(raw, { level: 19 }).length).toBeLessThan(frame(raw, { level: 1 }).length);
  });

  it('refuses more than 64 MiB', () => {
    expect(() => frame(new Uint8Array(64 * 1024 * 1024 + 1))).toThrow(RangeError);
  });
});

describe('unframe', () => {
  it('gives back what was framed', () => {
    const raw = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(3000)).map(([unit, times]) => {
        return concatBytes(Array.from({ length: times }, () => unit));
      }),
    );
    fc.assert(
      fc.property(raw, (bytes) => {
        // Not `toEqual`, which is slow for long bytes.
        expect(equalBytes(unframe(frame(bytes), { object: OBJECT }), bytes)).toBe(true);
      }),
      { numRuns: propertyRuns },
    );
  });

  it('gives back 64 MiB', () => {
    const raw = new Uint8Array(64 * 1024 * 1024);
    raw[raw.length - 1] = 1;
    expect(equalBytes(unframe(frame(raw), { object: OBJECT }), raw)).toBe(true);
  });

  it('reads raw DEFLATE, and Zstandard frames without a content size', () => {
    expect(unframe(makeFramed(2, text.length, deflateRawSync(text)), { object: OBJECT })).toEqual(text);
    expect(unframe(makeFramed(1, text.length, zstdCompressSync(text)), { object: OBJECT })).toEqual(text);
    expect(unframe(makeFramed(1, 0, zstdCompressSync(new Uint8Array(0))), { object: OBJECT })).toHaveLength(0);
  });

  const packed = zstdCompressSync(text);
  const deflated = deflateRawSync(text);
  it.each([
    ['no header', new Uint8Array(4)],
    ['an unknown codec', makeFramed(3, 1, new Uint8Array(1))],
    ['more raw bytes than stated', makeFramed(0, 1, new Uint8Array(2))],
    ['fewer raw bytes than stated', makeFramed(0, 3, new Uint8Array(2))],
    ['a stated length above 64 MiB', makeFramed(1, 64 * 1024 * 1024 + 1, packed)],
    ['a Zstandard frame that gives more', makeFramed(1, text.length - 1, packed)],
    ['a Zstandard frame that gives less', makeFramed(1, text.length + 1, packed)],
    ['a Zstandard frame that gives something where nothing is stated', makeFramed(1, 0, packed)],
    ['a Zstandard frame cut short', makeFramed(1, text.length, packed.subarray(0, -1))],
    ['no Zstandard frame', makeFramed(1, 0, new Uint8Array(0))],
    ['a second Zstandard frame', makeFramed(1, text.length, concatBytes([packed, packed]))],
    ['bytes after the Zstandard frame', makeFramed(1, text.length, concatBytes([packed, text.subarray(0, 3)]))],
    ['a bomb', makeFramed(1, 1000, zstdCompressSync(new Uint8Array(50_000_000)))],
    ['DEFLATE that gives more', makeFramed(2, text.length - 1, deflated)],
    ['DEFLATE that gives less', makeFramed(2, text.length + 1, deflated)],
    ['bytes after the DEFLATE stream', makeFramed(2, text.length, concatBytes([deflated, text.subarray(0, 3)]))],
    ['something else', makeFramed(2, 10, text)],
  ])('refuses %s', (_, framed) => {
    expect(() => unframe(framed, { object: OBJECT })).toThrow(
      expect.objectContaining({ code: 'ERR_OBJECT_DAMAGED', details: expect.objectContaining({ object: OBJECT }) }),
    );
  });

  it('gives the length stated or a typed error, whatever byte is changed', () => {
    const framed = frame(text);
    fc.assert(
      fc.property(fc.nat(framed.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const changed = Uint8Array.from(framed);
        changed[position]! ^= change;
        try {
          expect(unframe(changed, { object: OBJECT })).toHaveLength(new DataView(changed.buffer).getUint32(1));
        } catch (error) {
          expect(RepositoryError.is(error, 'ERR_OBJECT_DAMAGED')).toBe(true);
        }
      }),
      { numRuns: propertyRuns * 5 },
    );
  });
});
