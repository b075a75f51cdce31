import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeBlobSegment, encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import type { BlobRecord } from '../../src/index-segments/blob-segment.ts';
import { encodeItemSegment } from '../../src/index-segments/item-segment.ts';
import { compareBytes, concatBytes, toHex } from '../../src/internal/bytes.ts';
import { decodeCbor } from '../../src/internal/cbor.ts';
import type { CborValue } from '../../src/internal/cbor.ts';
import { propertyRuns } from '../internal/property-runs.ts';
import {
  anyDamage,
  DAMAGED,
  expectReadOrRefused,
  hashOf,
  makeBlobRecords,
  makePack,
  OBJECT,
  withBlock,
  withMembers,
} from './fixtures.ts';

const byId = (records: readonly BlobRecord[]): BlobRecord[] => records.toSorted((a, b) => compareBytes(a.id, b.id));

describe('encodeBlobSegment', () => {
  it('lays records out as the format says: the golden vector', () => {
    const { blocks, directory } = encodeBlobSegment(makeBlobRecords(2), { replaces: [hashOf('older')] });
    const [pack0, pack1] = [makePack(0), makePack(1)];
    const packs = [pack0, pack1].toSorted((a, b) => compareBytes(a.name, b.name));
    const location = ['00000000', '00000030', '00000fa0'].join('');
    const records = [0, 1].map((i) => {
      const number = packs.findIndex(({ name }) => toHex(name) === toHex(makePack(i).name));
      return `${toHex(hashOf(`blob ${i}`))}0000000${number}${location}`;
    });
    expect(blocks.map(toHex)).toEqual([records.toSorted().join('')]);
    expect(decodeCbor(directory)).toEqual({
      segment: 'blobs',
      version: 1,
      count: 2,
      fences: [blocks[0]!.slice(0, 32)],
      replaces: [hashOf('older')],
      packs,
    });
    expect(toHex(directory)).toBe(GOLDEN_DIRECTORY);
  });

  it('makes these bytes of 2,500 records for ever: the golden vector', () => {
    const { blocks, filter, directory } = encodeBlobSegment(makeBlobRecords(2500));
    expect(blocks.map(({ length }) => length)).toEqual([1024 * 48, 1024 * 48, 452 * 48]);
    expect(
      createHash('sha256')
        .update(concatBytes([...blocks, filter, directory]))
        .digest('hex'),
    ).toBe(GOLDEN_HASH);
  });

  it('sets the bits of the filter that the format says, and twelve a key', () => {
    const records = makeBlobRecords(100);
    const { filter } = encodeBlobSegment(records);
    expect(filter).toHaveLength(150);
    const expected = new Uint8Array(150);
    for (const { id } of records) {
      for (let i = 0; i < 8; i++) {
        const bit = Number(BigInt(`0x${toHex(id.slice(4 * i, 4 * i + 4))}`) % 1200n);
        expected[Math.floor(bit / 8)]! |= 2 ** (bit % 8);
      }
    }
    expect(filter).toEqual(expected);
  });

  it('gives the same bytes whatever the order and the repetitions', () => {
    const records = makeBlobRecords(1500);
    const expected = encodeBlobSegment(records);
    expect(encodeBlobSegment(records.toReversed())).toEqual(expected);
    expect(encodeBlobSegment([...records, ...makeBlobRecords(40)])).toEqual(expected);
  });

  it('orders ids that begin alike', () => {
    const [record] = makeBlobRecords(1);
    const records = Array.from({ length: 50 }, (_, i) => ({ ...record!, id: Uint8Array.of(...new Uint8Array(31), i) }));
    const segment = decodeBlobSegment(encodeBlobSegment(records.toReversed()), { object: OBJECT });
    expect([...segment.entries()]).toEqual(records);
  });

  it.each<[string, Partial<BlobRecord['location']> & { id?: Uint8Array }]>([
    ['a short id', { id: new Uint8Array(31) }],
    ['an ordinal of 2^20', { ordinal: 2 ** 20 }],
    ['a negative offset', { offset: -1 }],
    ['half a byte', { length: 0.5 }],
    ['an end outside the pack', { offset: 16_777_216 }],
    ['a pack with a short name', { pack: { ...makePack(0), name: new Uint8Array(31) } }],
    ['a pack with a short header', { pack: { ...makePack(0), header: new Uint8Array(47) } }],
    ['a pack of 4 GiB', { pack: { ...makePack(0), size: 2 ** 32 } }],
  ])('refuses %s', (_, { id, ...change }) => {
    const [record] = makeBlobRecords(1);
    const records = [{ id: id ?? record!.id, location: { ...record!.location, ...change } }];
    expect(() => encodeBlobSegment(records)).toThrow(RangeError);
  });

  it('refuses to replace what has no name of 32 bytes', () => {
    expect(() => encodeBlobSegment([], { replaces: [new Uint8Array(31)] })).toThrow(RangeError);
  });
});

describe('decodeBlobSegment', () => {
  it.each([0, 1, 2, 1023, 1024, 1025, 5000])('finds every one of %d records and nothing else', (count) => {
    const records = makeBlobRecords(count);
    const segment = decodeBlobSegment(encodeBlobSegment(records), { object: OBJECT });
    expect(segment.count).toBe(count);
    const wrong = records.filter(({ id, location }) => {
      const found = segment.find(id);
      return !found || found.offset !== location.offset || compareBytes(found.pack.name, location.pack.name) !== 0;
    });
    expect(wrong).toEqual([]);
    const found = makeBlobRecords(2000, 'absent').filter(({ id }) => segment.find(id));
    expect(found).toEqual([]);
    expect([...segment.entries()]).toEqual(byId(records));
    expect(segment.find(new Uint8Array(16))).toBeUndefined();
  });

  it('finds and lists whatever was encoded', () => {
    const id = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const location = fc.record({
      pack: fc.nat(5).map(makePack),
      ordinal: fc.nat(2 ** 20 - 1),
      offset: fc.nat(8_000_000),
      length: fc.nat(8_000_000),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ id, location }), { selector: (record) => toHex(record.id) }),
        id,
        (records, other) => {
          const segment = decodeBlobSegment(encodeBlobSegment(records), { object: OBJECT });
          expect([...segment.entries()]).toEqual(byId(records));
          for (const record of records) expect(segment.find(record.id)).toEqual(record.location);
          const isPresent = records.some((record) => compareBytes(record.id, other) === 0);
          expect(segment.find(other) !== undefined).toBe(isPresent);
        },
      ),
      { numRuns: propertyRuns },
    );
  });

  it('keeps both places of a blob that lies in two packs, and finds one', () => {
    const [{ id, location }] = makeBlobRecords(1) as [BlobRecord];
    const places = [location, { ...location, pack: makePack(7) }];
    const segment = decodeBlobSegment(encodeBlobSegment(places.map((place) => ({ id, location: place }))), {
      object: OBJECT,
    });
    expect(segment.count).toBe(2);
    expect(places).toContainEqual(segment.find(id));
    expect([...segment.entries()].map((entry) => entry.location)).toEqual(expect.arrayContaining(places));
  });

  it('gives back packs and what it replaces, and ignores members it does not know', () => {
    const content = encodeBlobSegment(makeBlobRecords(5), { replaces: [hashOf('a'), hashOf('b')] });
    const segment = decodeBlobSegment(withMembers(content, { later: 'something' }), { object: OBJECT });
    expect(segment.replaces).toEqual([hashOf('a'), hashOf('b')]);
    expect(segment.packs).toHaveLength(3);
    expect(segment.packs).toContain(segment.find(hashOf('blob 0'))?.pack);
  });

  it('does without a filter', () => {
    const content = { ...encodeBlobSegment(makeBlobRecords(50)), filter: new Uint8Array(0) };
    const segment = decodeBlobSegment(content, { object: OBJECT });
    expect(makeBlobRecords(50).every(({ id }) => segment.find(id))).toBe(true);
    expect(segment.find(hashOf('absent'))).toBeUndefined();
  });

  const content = encodeBlobSegment(makeBlobRecords(1100));

  it('refuses a newer version with its own code', () => {
    const newer = withMembers(content, { version: 2 });
    expect(() => decodeBlobSegment(newer, { object: OBJECT })).toThrow(
      expect.objectContaining({
        code: 'ERR_VERSION_UNSUPPORTED',
        details: { object: OBJECT, version: 2, supported: 1 },
      }),
    );
  });

  const [pack] = (decodeCbor(content.directory) as { packs: CborValue[] }).packs as [{ [name: string]: CborValue }];
  it.each<[string, { [name: string]: CborValue | undefined }]>([
    ['version', { version: undefined }],
    ['version', { version: 0 }],
    ['segment', { segment: 'others' }],
    ['segment', { segment: 'items' }],
    ['count', { count: 1099 }],
    ['count', { count: 1101 }],
    ['count', { count: -1 }],
    ['count', { count: 1e300 }],
    ['count', { count: Number.MAX_SAFE_INTEGER }],
    ['fences', { fences: [] }],
    ['fences', { fences: [hashOf('1'), hashOf('2')] }],
    ['fences', { fences: 'none' }],
    ['replaces', { replaces: [new Uint8Array(31)] }],
    ['replaces', { replaces: undefined }],
    ['packs', { packs: undefined }],
    ['packs', { packs: [] }],
    ['packs', { packs: [pack, pack, { ...pack, size: 'big' }] }],
    ['packs', { packs: [pack, pack, { ...pack, name: new Uint8Array(31) }] }],
    ['packs', { packs: [pack, pack, { ...pack, header: null }] }],
    ['packs', { packs: [pack, pack, null] }],
    ['packs', { packs: [pack, pack, { ...pack, domain: new Uint8Array(15) }] }],
    ['packs', { packs: [pack, pack, { ...pack, domain: 'mine' }] }],
    ['packs', { packs: [pack, pack, { ...pack, size: 1000 }] }],
  ])('refuses a directory with another %s: case %#', (_, changes) => {
    expect(() => decodeBlobSegment(withMembers(content, changes), { object: OBJECT })).toThrow(DAMAGED);
  });

  it.each<[string, (block: Uint8Array) => Uint8Array | void]>([
    ['that is cut short', (block) => block.subarray(1)],
    [
      'with records exchanged',
      (block) => concatBytes([block.slice(0, 48), block.slice(96, 144), block.slice(48, 96), block.slice(144)]),
    ],
    ['with another first key', (block) => void (block[31]! ^= 1)],
    ['with a pack number out of range', (block) => void (block[35] = 3)],
    ['with an ordinal out of range', (block) => void (block[36] = 1)],
    ['with an offset outside the pack', (block) => void (block[40] = 255)],
    ['with a length outside the pack', (block) => void (block[44] = 255)],
  ])('refuses a block %s', (_, change) => {
    expect(() => decodeBlobSegment(withBlock(content, 0, change), { object: OBJECT })).toThrow(DAMAGED);
  });

  it('refuses a filter that lacks a key', () => {
    const lacking = { ...content, filter: new Uint8Array(2200) };
    expect(() => decodeBlobSegment(lacking, { object: OBJECT })).toThrow(DAMAGED);
  });

  it('refuses blocks in another order, missing or too many', () => {
    const [first, second] = content.blocks as [Uint8Array, Uint8Array];
    for (const blocks of [[second, first], [first], [first, second, second], []]) {
      expect(() => decodeBlobSegment({ ...content, blocks }, { object: OBJECT })).toThrow(DAMAGED);
    }
    const swapped = withMembers(
      { ...content, blocks: [first, first.slice(0, second.length)] },
      { fences: [first.slice(0, 32), first.slice(0, 32)] },
    );
    expect(() => decodeBlobSegment(swapped, { object: OBJECT })).toThrow(DAMAGED);
  });

  it('refuses a directory that is no map', () => {
    for (const directory of [new Uint8Array(0), Uint8Array.of(0x80), Uint8Array.of(0xff)]) {
      expect(() => decodeBlobSegment({ ...content, directory }, { object: OBJECT })).toThrow(DAMAGED);
    }
    const items = encodeItemSegment([]);
    expect(() => decodeBlobSegment(items, { object: OBJECT })).toThrow(DAMAGED);
  });

  it('gives records or a typed error, whatever byte is changed', () => {
    fc.assert(
      fc.property(anyDamage(encodeBlobSegment(makeBlobRecords(7))), (damaged) => {
        expectReadOrRefused(() => {
          const segment = decodeBlobSegment(damaged, { object: OBJECT });
          for (const { id } of segment.entries()) expect(segment.find(id)).toBeDefined();
        });
      }),
      { numRuns: propertyRuns * 10 },
    );
  });
});

/** The directory of the segment of two records. */
const GOLDEN_DIRECTORY = [
  'a665636f756e7402657061636b7382a3646e616d655820be955617dac3a89aee7058a1cca9ef93617148273b677c694b3bbf87367ef35d',
  '6473697a651a01000000666865616465725830000000000000000000000000000000006617d8199dcc7d8bfee17ffc703aabcdda99465a',
  '3ca4afc1036f6cc630b906f2a3646e616d655820c55a7a80e37cc91836337b074baa40529e5212ba82ee7172c302491119a20931647369',
  '7a651a01000000666865616465725830000000000000000000000000000000009bb6d771088af1c6aab5b3c5fb4092f208f64c7be2836f',
  '2003542e407ad53c646666656e6365738158208ea720af7d06fc784e8a1e71cf77659b56e75cbed34969abb290689af960c86d67736567',
  '6d656e7465626c6f62736776657273696f6e01687265706c61636573815820da925a30e31f7fdaa7044e3e5b',
  'a4ae17670de82d677b0e7adf5700428a137a36',
].join('');

/** SHA-256 of the blocks, the filter and the directory of 2,500 records. */
const GOLDEN_HASH = 'b7f36716e38a4b4c6af1197c323863c7a8f394fffe304eb56d58e9c9441c1139';
