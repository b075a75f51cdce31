import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createItemIndex } from '../../src/index-segments/item-index.ts';
import { encodeItemSegment } from '../../src/index-segments/item-segment.ts';
import type { ItemPlace, ItemRecord } from '../../src/index-segments/item-segment.ts';
import { compareBytes } from '../../src/internal/bytes.ts';
import { propertyRuns } from '../internal/property-runs.ts';
import { hashOf } from './fixtures.ts';
import { createIndexLab, MODES } from './index-lab.ts';

const KEY = hashOf('item', 16);

it('gives the places of an item, those added last first, each once', async () => {
  const index = createItemIndex();
  const places = ['a', 'b', 'c', 'd'].map((collectionId, sort) => ({ collectionId, sort: sort - 2 }));
  for (const place of [...places, places[0]!]) index.add(KEY, place);
  expect(await index.find(KEY)).toEqual(places.toReversed());
  expect(await index.find(hashOf('absent', 16))).toEqual([]);
});

it('refuses what does not have the form of the format', () => {
  const index = createItemIndex();
  expect(() => index.add(new Uint8Array(32), { collectionId: 'a', sort: 1 })).toThrow(RangeError);
  expect(() => index.add(KEY, { collectionId: 'a', sort: 0.5 })).toThrow(RangeError);
});

it('reads one block for one key, and no filter that is longer than that', async () => {
  const lab = await createIndexLab({ encrypted: true });
  const writer = lab.open();
  const place = { collectionId: 'inbox', sort: 1 };
  const records = Array.from({ length: 40_000 }, (_, i) => ({ key: hashOf(`item ${i}`, 16), place }));
  await writer.write(encodeItemSegment(records));
  const index = await lab.opened({ index: 'disk' });
  const { traffic } = lab.objects;
  for (const [key, expected] of [
    [records[12_345]!.key, [place]],
    [hashOf('no such item', 16), []],
  ] as const) {
    const before = { ...traffic };
    expect(await index.items('source').find(key)).toEqual(expected);
    expect(traffic.reads - before.reads).toBe(1);
    expect(traffic.bytesRead - before.bytesRead).toBeLessThan(30_000);
  }
  // Of many that are not there it keeps nearly all from being looked for.
  const keys = Array.from({ length: 3000 }, (_, i) => hashOf(`absent ${i}`, 16));
  expect((await index.items('source').findMany(keys)).flat()).toEqual([]);
  expect(await index.items('source').findMany([...keys, KEY, records[1]!.key])).toEqual([
    ...keys.map(() => []),
    [],
    [place],
  ]);
  await index.close();
});

describe.each(MODES)('in %s mode', (mode) => {
  it('finds all places of all items, whatever was written by whom, also across the ends of blocks', async () => {
    const record = fc.record({
      key: fc.nat(4).map((number) => hashOf(`few ${number}`, 16)),
      place: fc.record({ collectionId: fc.constantFrom('a', 'b'), sort: fc.oneof(fc.nat(3), fc.maxSafeInteger()) }),
    });
    const many = fc
      .nat(2000)
      .map((count) =>
        Array.from({ length: count }, (_, sort) => ({ key: KEY, place: { collectionId: 'many', sort } })),
      );
    const batches = fc.array(fc.oneof({ weight: 5, arbitrary: fc.array(record, { maxLength: 8 }) }, many), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (written) => {
        const lab = await createIndexLab();
        const other = lab.open();
        const index = lab.open({ index: mode });
        for (const [i, batch] of written.entries()) {
          if (i % 2 === 0) {
            await other.write(encodeItemSegment(batch));
            await index.refresh();
          } else {
            for (const { key, place } of batch) index.items('source').add(key, place);
            const taken = index.items('source').take();
            expect([...taken.records(0, taken.size)]).toEqual(batch);
            const { hash } = await index.write(encodeItemSegment(taken.records(0, taken.size)));
            taken.stored([hash]);
          }
        }
        const keys = [KEY, ...[0, 1, 2, 3, 4].map((number) => hashOf(`few ${number}`, 16))];
        const found = await index.items('source').findMany(keys);
        for (const [i, key] of keys.entries()) {
          expect(found[i]!.map(textOf).toSorted()).toEqual(textsOf(written.flat(), key));
        }
        await index.close();
      }),
      { numRuns: Math.ceil(propertyRuns / 4) },
    );
  });
});

function textsOf(records: readonly ItemRecord[], wanted: Uint8Array): string[] {
  const texts = records.filter(({ key }) => compareBytes(key, wanted) === 0).map(({ place }) => textOf(place));
  return [...new Set(texts)].toSorted();
}

function textOf({ collectionId, sort }: ItemPlace): string {
  return `${collectionId} ${sort}`;
}
