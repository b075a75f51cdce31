import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createItemIndex } from '../../src/index-segments/item-index.ts';
import { decodeItemSegment, encodeItemSegment } from '../../src/index-segments/item-segment.ts';
import type { ItemRecord } from '../../src/index-segments/item-segment.ts';
import { compareBytes } from '../../src/internal/bytes.ts';
import { propertyRuns } from '../internal/property-runs.ts';
import { hashOf, OBJECT } from './fixtures.ts';

const KEY = hashOf('item', 16);

it('gives the places of an item, those added last first, each once', async () => {
  const index = createItemIndex();
  const places = ['a', 'b', 'c', 'd'].map((collectionId, sort) => ({ collectionId, sort }));
  const stored = encodeItemSegment('source', [{ key: KEY, place: places[0]! }]);
  index.addSegment(decodeItemSegment(stored, { object: OBJECT }));
  index.add(KEY, places[1]!);
  index.takeRecent();
  index.add(KEY, places[2]!);
  index.add(KEY, places[0]!);
  index.add(KEY, places[3]!);
  expect(await index.find(KEY)).toEqual([places[3], places[0], places[2], places[1]]);
  expect(await index.find(hashOf('absent', 16))).toEqual([]);
});

it('hands out what was added once, and goes on finding it', async () => {
  const record = fc.record({
    key: fc.nat(4).map((number) => hashOf(`few ${number}`, 16)),
    place: fc.record({ collectionId: fc.constantFrom('a', 'b'), sort: fc.nat(3) }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(record, { maxLength: 8 }), { maxLength: 6 }), async (batches) => {
      const index = createItemIndex();
      for (const batch of batches) {
        for (const { key, place } of batch) index.add(key, place);
        const taken = index.takeRecent();
        expect(taken).toHaveLength(batch.length);
        expect(taken).toEqual(expect.arrayContaining(batch));
      }
      const all: ItemRecord[] = batches.flat();
      for (let number = 0; number <= 4; number++) {
        const key = hashOf(`few ${number}`, 16);
        const places = all
          .filter((entry) => compareBytes(entry.key, key) === 0)
          .map(({ place }) => JSON.stringify(place));
        const found = (await index.find(key)).map(({ collectionId, sort }) => JSON.stringify({ collectionId, sort }));
        expect(found.toSorted()).toEqual([...new Set(places.map(canonical))].toSorted());
      }
    }),
    { numRuns: propertyRuns },
  );
});

function canonical(place: string): string {
  const { collectionId, sort } = JSON.parse(place) as { collectionId: string; sort: number };
  return JSON.stringify({ collectionId, sort });
}
