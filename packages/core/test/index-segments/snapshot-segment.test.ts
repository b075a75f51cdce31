import fc from 'fast-check';
import { expect, it } from 'vitest';

import { decodeSnapshotSegment, encodeSnapshotSegment } from '../../src/index-segments/snapshot-segment.ts';
import type { SegmentContent } from '../../src/index-segments/directory.ts';
import { compareBytes, toHex } from '../../src/internal/bytes.ts';
import { decodeCbor, encodeCbor } from '../../src/internal/cbor.ts';
import type { CborValue } from '../../src/internal/cbor.ts';
import { propertyRuns } from '../internal/property-runs.ts';
import { anyDamage, DAMAGED, expectReadOrRefused, hashOf, OBJECT, withMembers } from './fixtures.ts';

const anyRecords = fc.uniqueArray(
  fc.record({ object: fc.uint8Array({ minLength: 32, maxLength: 32 }), snapshot: fc.json() }),
  { selector: ({ object }) => toHex(object) },
);
const content = encodeSnapshotSegment(
  [1, 2, 3].map((i) => ({ object: hashOf(`snapshot ${i}`), snapshot: `{"id":"${i}"}` })),
  { replaces: [hashOf('older')] },
);

function withRecords(records: CborValue, changes: { readonly [name: string]: CborValue } = {}): SegmentContent {
  return { ...content, blocks: [encodeCbor(records)], directory: withMembers(content, changes).directory };
}

it('gives back all records, sorted', () => {
  fc.assert(
    fc.property(anyRecords, (records) => {
      const segment = decodeSnapshotSegment(encodeSnapshotSegment(records), { object: OBJECT });
      expect(segment.count).toBe(records.length);
      expect([...segment]).toEqual(records.toSorted((a, b) => compareBytes(a.object, b.object)));
    }),
    { numRuns: propertyRuns },
  );
});

it('has one block with an array of maps, and a directory with its first key: as the format says', () => {
  const [first, second] = [hashOf('snapshot 1'), hashOf('snapshot 2')].toSorted(compareBytes) as [
    Uint8Array,
    Uint8Array,
  ];
  const { blocks, directory } = encodeSnapshotSegment([
    { object: second, snapshot: '{}' },
    { object: first, snapshot: '[]' },
  ]);
  expect(blocks.map(toHex)).toEqual([
    `82a2666f626a6563745820${toHex(first)}68736e617073686f74625b5da2666f626a6563745820${toHex(second)}68736e617073686f74627b7d`,
  ]);
  expect(decodeCbor(directory)).toEqual({
    segment: 'snapshots',
    version: 1,
    count: 2,
    fences: [first],
    replaces: [],
  });
});

it('keeps the last record of an object', () => {
  const records = ['old', 'new'].map((snapshot) => ({ object: hashOf('same'), snapshot }));
  expect([...decodeSnapshotSegment(encodeSnapshotSegment(records), { object: OBJECT })]).toEqual([records[1]]);
});

it('gives back what it replaces, and may be gone through twice', () => {
  const segment = decodeSnapshotSegment(content, { object: OBJECT });
  expect(segment.replaces).toEqual([hashOf('older')]);
  expect([...segment]).toEqual([...segment]);
});

it('refuses to encode a name of another length', () => {
  expect(() => encodeSnapshotSegment([{ object: new Uint8Array(31), snapshot: '{}' }])).toThrow(RangeError);
});

it('refuses what is malformed', () => {
  const records = decodeCbor(content.blocks[0]!) as CborValue[];
  const cases = [
    { ...content, blocks: [] },
    { ...content, blocks: [...content.blocks, ...content.blocks] },
    { ...content, blocks: [Uint8Array.of(0xff)] },
    withRecords({}),
    withRecords(records.slice(1)),
    withRecords(records.toReversed()),
    withRecords([records[0]!, records[0]!, records[1]!]),
    withRecords([...records.slice(0, 2), { object: new Uint8Array(31), snapshot: '{}' }]),
    withRecords([...records.slice(0, 2), { object: hashOf('x') }]),
    withRecords([...records.slice(0, 2), null]),
    withRecords(records, { fences: [hashOf('other')] }),
    withRecords(records, { fences: [] }),
    withRecords(records, { segment: 'blobs' }),
    withRecords([], { count: 0 }),
  ];
  for (const malformed of cases) expect(() => decodeSnapshotSegment(malformed, { object: OBJECT })).toThrow(DAMAGED);
});

it('gives records or a typed error, whatever byte is changed', () => {
  fc.assert(
    fc.property(anyDamage(content), (damaged) => {
      expectReadOrRefused(() => {
        const segment = decodeSnapshotSegment(damaged, { object: OBJECT });
        expect([...segment]).toHaveLength(segment.count);
      });
    }),
    { numRuns: propertyRuns * 10 },
  );
});
