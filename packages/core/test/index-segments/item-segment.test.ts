import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import { decodeItemSegment, encodeItemSegment } from '../../src/index-segments/item-segment.ts';
import type { ItemRecord } from '../../src/index-segments/item-segment.ts';
import { compareBytes, concatBytes, toHex } from '../../src/internal/bytes.ts';
import { decodeCbor } from '../../src/internal/cbor.ts';
import type { CborValue } from '../../src/internal/cbor.ts';
import { propertyRuns } from '../internal/property-runs.ts';
import { anyDamage, DAMAGED, expectReadOrRefused, hashOf, OBJECT, withBlock, withMembers } from './fixtures.ts';

function makeItemRecords(count: number): ItemRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    key: hashOf(`item ${i}`, 16),
    place: { collectionId: `collection ${i % 5}`, sort: 1_790_000_000_000 + i },
  }));
}

it('lays a record out as the format says: the golden vector', () => {
  const records = [
    { key: hashOf('b', 16), place: { collectionId: 'inbox', sort: -2 } },
    { key: hashOf('b', 16), place: { collectionId: 'archive', sort: 258 } },
  ];
  const { blocks, directory } = encodeItemSegment(records);
  const key = toHex(hashOf('b', 16));
  expect(blocks.map(toHex)).toEqual([`${key}000000000000000000000102${key}00000001fffffffffffffffe`]);
  expect(decodeCbor(directory)).toEqual({
    segment: 'items',
    version: 1,
    count: 2,
    fences: [hashOf('b', 16)],
    replaces: [],
    collections: ['archive', 'inbox'],
  });
});

it('makes these bytes of 2,500 records for ever: the golden vector', () => {
  const { blocks, filter, directory } = encodeItemSegment(makeItemRecords(2500));
  expect(
    createHash('sha256')
      .update(concatBytes([...blocks, filter, directory]))
      .digest('hex'),
  ).toBe(GOLDEN_HASH);
});

it('sets four bits of the filter for a key', () => {
  const { filter } = encodeItemSegment(makeItemRecords(1));
  const expected = new Uint8Array(2);
  const key = hashOf('item 0', 16);
  for (let i = 0; i < 4; i++) {
    const bit = Number(BigInt(`0x${toHex(key.slice(4 * i, 4 * i + 4))}`) % 16n);
    expected[Math.floor(bit / 8)]! |= 2 ** (bit % 8);
  }
  expect(filter).toEqual(expected);
});

it.each([0, 1, 1024, 3000])('finds every one of %d records and nothing else', (count) => {
  const records = makeItemRecords(count);
  const segment = decodeItemSegment(encodeItemSegment(records), { object: OBJECT });
  expect(segment.count).toBe(count);
  expect(records.map(({ key }) => segment.find(key))).toEqual(records.map(({ place }) => [place]));
  expect(Array.from({ length: 2000 }, (_, i) => segment.find(hashOf(`absent ${i}`, 16))).flat()).toEqual([]);
  expect([...segment.entries()]).toEqual(records.toSorted((a, b) => compareBytes(a.key, b.key)));
});

it('finds all places of an item, also across the end of a block', () => {
  // Few keys and small places make repetitions and ties.
  const key = fc.nat(3).map((number) => hashOf(`few ${number}`, 16));
  const place = fc.record({ collectionId: fc.constantFrom('a', 'b', '\ud83d\ude00'), sort: fc.maxSafeInteger() });
  fc.assert(
    fc.property(fc.array(fc.record({ key, place })), (records) => {
      const segment = decodeItemSegment(encodeItemSegment(records), { object: OBJECT });
      for (const number of [0, 1, 2, 3]) {
        const wanted = hashOf(`few ${number}`, 16);
        const places = records.filter((record) => compareBytes(record.key, wanted) === 0).map((record) => record.place);
        const different = new Map(places.map((entry) => [JSON.stringify(entry), entry]));
        const found = segment.find(wanted);
        expect(found).toHaveLength(different.size);
        expect(found).toEqual(expect.arrayContaining([...different.values()]));
      }
    }),
    { numRuns: propertyRuns },
  );
  const many = Array.from({ length: 1500 }, (_, sort) => ({
    key: hashOf('one', 16),
    place: { collectionId: 'a', sort },
  }));
  const segment = decodeItemSegment(encodeItemSegment(many), { object: OBJECT });
  expect(segment.find(hashOf('one', 16))).toEqual(many.map((record) => record.place));
});

it('refuses to encode a key of another length or a sort time that is no safe integer', () => {
  const place = { collectionId: 'a', sort: 1 };
  expect(() => encodeItemSegment([{ key: new Uint8Array(32), place }])).toThrow(RangeError);
  for (const sort of [0.5, 2 ** 53, Number.NaN]) {
    expect(() => encodeItemSegment([{ key: new Uint8Array(16), place: { ...place, sort } }])).toThrow(RangeError);
  }
});

const content = encodeItemSegment(makeItemRecords(30), { replaces: [hashOf('older')] });

it('gives back what it replaces', () => {
  expect(decodeItemSegment(content, { object: OBJECT }).replaces).toEqual([hashOf('older')]);
});

it.each<{ [name: string]: CborValue | undefined }>([
  { collections: undefined },
  { collections: [1, 2, 3, 4, 5] },
  { collections: ['one'] },
  { segment: 'blobs' },
])('refuses a directory with %j', (changes) => {
  expect(() => decodeItemSegment(withMembers(content, changes), { object: OBJECT })).toThrow(DAMAGED);
});

it('refuses a sort time beyond 2^53', () => {
  expect(() =>
    decodeItemSegment(
      withBlock(content, 0, (block) => void block.fill(0x7f, 20, 28)),
      { object: OBJECT },
    ),
  ).toThrow(DAMAGED);
  expect(() => decodeItemSegment(encodeBlobSegment([]), { object: OBJECT })).toThrow(DAMAGED);
});

it('gives records or a typed error, whatever byte is changed', () => {
  fc.assert(
    fc.property(anyDamage(content), (damaged) => {
      expectReadOrRefused(() => {
        const segment = decodeItemSegment(damaged, { object: OBJECT });
        for (const { key, place } of segment.entries()) expect(segment.find(key)).toContainEqual(place);
      });
    }),
    { numRuns: propertyRuns * 10 },
  );
});

/** SHA-256 of the blocks, the filter and the directory of 2,500 records. */
const GOLDEN_HASH = '628bcc43146607408ff7e1aaf12e5ffa1b5994243dcd63999a1cf1277254a20b';
