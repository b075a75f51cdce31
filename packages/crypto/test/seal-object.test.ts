import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OBJECT_KINDS, objectLayout, openTable, openTableAt, sealObject, tableRange } from '../src/index.ts';
import { padmeLength } from '../src/padme.ts';
import { goldenClearObject, goldenObject } from './data/golden-objects.ts';
import { blobOf, hex, keyringOf, propertyRuns, readAll, seededRandomness, smallObject } from './fixtures.ts';

describe.each([
  ['sealed', true],
  ['clear', false],
])('a %s object', (name, encrypted) => {
  const keyring = keyringOf(name, { encrypted });
  const blobs = fc.array(
    fc.record({ kind: fc.integer({ min: 1, max: 7 }), plaintext: fc.uint8Array({ maxLength: 3000 }) }),
    { maxLength: 8 },
  );

  it('gives back what was sealed, from the whole and by ranges', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), blobs, (kind, contents) => {
        const toSeal = contents.map((blob) => ({ ...blob, id: keyring.blobId(blob.kind, blob.plaintext) }));
        const { bytes, header, records } = sealObject(keyring, { kind, blobs: toSeal });
        expect(readAll(keyring, bytes).map(hex)).toEqual(contents.map(({ plaintext }) => hex(plaintext)));

        const opened = openTable(keyring, bytes, { object: 'x' });
        expect(opened.header).toMatchObject({ kind, suite: encrypted ? 1 : 0, epoch: encrypted ? 1 : 0 });
        expect(opened.records.map((record) => ({ ...record, id: hex(record.id) }))).toEqual(
          records.map((record) => ({ ...record, id: hex(record.id) })),
        );
        const range = tableRange(bytes.subarray(-12), bytes.length, { object: 'x' });
        const table = bytes.subarray(range.offset, range.offset + range.length);
        expect(openTableAt(keyring, header, table, { object: 'x', offset: range.offset })).toEqual(opened.records);
      }),
      { numRuns: propertyRuns },
    );
  });

  it('is made where its plaintexts lie, if there is room, and is the same', () => {
    fc.assert(
      fc.property(blobs, fc.boolean(), (contents, isRoomy) => {
        const toSeal = contents.map((blob) => ({ ...blob, id: keyring.blobId(blob.kind, blob.plaintext) }));
        const seal = (some: typeof toSeal, into?: Uint8Array): ReturnType<typeof sealObject> =>
          sealObject(keyring, { kind: 1, blobs: some, into, randomness: seededRandomness('one salt') });
        const expected = seal(toSeal);
        const { firstBlob, overhead } = objectLayout(keyring);
        // What was there before must not show.
        const into = new Uint8Array(expected.bytes.length + (isRoomy ? 100 : -1)).fill(0xaa);
        let offset = firstBlob;
        const placed = toSeal.map((blob) => {
          const plaintext = into.subarray(offset, offset + blob.plaintext.length);
          plaintext.set(blob.plaintext);
          offset += plaintext.length + overhead;
          return { ...blob, plaintext };
        });
        const made = seal(placed, into);
        expect(hex(made.bytes)).toBe(hex(expected.bytes));
        expect(made.bytes.buffer === into.buffer).toBe(isRoomy);
      }),
      { numRuns: propertyRuns },
    );
  });

  it('has a Padmé length exactly if it is sealed', () => {
    const sizes = [0, 1, 100, 1000, 5000, 70_000];
    const lengths = sizes.map((size) => {
      const blob = { kind: 1, id: new Uint8Array(32), plaintext: new Uint8Array(size) };
      return sealObject(keyring, { kind: 1, blobs: [blob] }).bytes.length;
    });
    const plain = sizes.map((size) => 48 + size + 44 + 12);
    expect(lengths).toEqual(encrypted ? lengths.map(padmeLength) : plain);
    expect(lengths.every((length, index) => length >= (plain[index] ?? 0))).toBe(true);
  });

  it('has a salt of its own', () => {
    const [one, two] = [0, 1].map(() => sealObject(keyring, { kind: 1, blobs: [blobOf(keyring, 1, 'same')] }));
    expect(hex(one?.header ?? keyring.chunkerKey)).not.toBe(hex(two?.header ?? keyring.chunkerKey));
  });
});

it('is the same sealed object for ever, byte for byte', () => {
  expect(hex(smallObject(keyringOf('golden')).bytes)).toBe(goldenObject);
});

it('is the same clear object for ever, byte for byte', () => {
  expect(hex(smallObject(keyringOf('golden', { encrypted: false })).bytes)).toBe(goldenClearObject);
});

it('hides nothing but lengths behind a different key for every kind of object', () => {
  const keyring = keyringOf('kinds');
  const bodies = Object.values(OBJECT_KINDS).map((kind) => {
    const blobs = [blobOf(keyring, 1, 'the same blob')];
    return hex(sealObject(keyring, { kind, blobs, randomness: seededRandomness('one salt') }).bytes.subarray(48, 77));
  });
  expect(new Set(bodies).size).toBe(7);
});

it('seals under the newest epoch and opens older ones', () => {
  const [older, newer] = [keyringOf('epochs', { epoch: 1 }), keyringOf('epochs', { epoch: 2 })];
  expect(smallObject(newer).header.slice(12, 16)).toEqual(Uint8Array.of(0, 0, 0, 2));
  expect(readAll(newer, smallObject(older).bytes)).toHaveLength(2);
});

it.each([
  ['a kind of object that does not exist', { kind: 8, blobs: [] }],
  ['padding of the caller', { kind: 1, blobs: [{ kind: 0, id: new Uint8Array(32), plaintext: new Uint8Array() }] }],
  [
    'a kind of blob that does not exist',
    { kind: 1, blobs: [{ kind: 9, id: new Uint8Array(32), plaintext: new Uint8Array() }] },
  ],
  ['an id of 31 bytes', { kind: 1, blobs: [{ kind: 1, id: new Uint8Array(31), plaintext: new Uint8Array() }] }],
])('refuses %s', (_, options) => {
  expect(() => sealObject(keyringOf('refusals'), options)).toThrow(RangeError);
});

it('refuses more than 2^20 blobs, padding included', () => {
  const blob = { kind: 1, id: new Uint8Array(32), plaintext: new Uint8Array() };
  const blobs = Array.from({ length: 2 ** 20 }, () => blob);
  expect(() => sealObject(keyringOf('refusals'), { kind: 1, blobs })).toThrow(RangeError);
});

it('refuses an object of 2^32 bytes before it takes the memory', () => {
  const part = new Uint8Array(2 ** 26);
  const blobs = Array.from({ length: 64 }, () => ({ kind: 1, id: new Uint8Array(32), plaintext: part }));
  expect(() => sealObject(keyringOf('refusals'), { kind: 1, blobs })).toThrow(RangeError);
});
