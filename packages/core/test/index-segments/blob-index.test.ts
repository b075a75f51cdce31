import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import { encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import type { BlobLocation, BlobRecord } from '../../src/index-segments/blob-segment.ts';
import { fromHex, toHex } from '../../src/internal/bytes.ts';
import { propertyRuns } from '../internal/property-runs.ts';
import { hashOf, makeBlobRecords, makePack } from './fixtures.ts';
import { createIndexLab, MODES } from './index-lab.ts';

const idsOf = (records: readonly BlobRecord[]): Uint8Array[] => records.map(({ id }) => id);
const locationsOf = (records: readonly BlobRecord[]): BlobLocation[] => records.map(({ location }) => location);
const absent = Array.from({ length: 300 }, (_, i) => hashOf(`absent ${i}`));

it('finds what was added, before and after it was taken', async () => {
  const index = createBlobIndex();
  const records = makeBlobRecords(5000);
  for (const { id, location } of records) index.add(id, location);
  const taken = index.take();
  expect([...taken.records(0, taken.size)]).toEqual(records);
  expect([...taken.records(4090, 4100)]).toEqual(records.slice(4090, 4100));
  for (let round = 0; round < 2; round++) {
    expect(await index.findMany(idsOf(records))).toEqual(locationsOf(records));
    expect(await index.hasMany([...absent, new Uint8Array(16)])).not.toContain(true);
    expect(index.take().size).toBe(0);
  }
});

it('lists each pack once', () => {
  const index = createBlobIndex();
  expect([...index.packs()]).toEqual([]);
  for (const { id, location } of makeBlobRecords(10)) index.add(id, location);
  index.add(hashOf('new'), { pack: { ...makePack(9), domain: hashOf('d', 16) }, ordinal: 0, offset: 48, length: 10 });
  const packs = [...index.packs()].toSorted((a, b) => (toHex(a.name) < toHex(b.name) ? -1 : 1));
  const expected = [makePack(0), makePack(1), makePack(2), { ...makePack(9), domain: hashOf('d', 16) }];
  expect(packs).toEqual(expected.toSorted((a, b) => (toHex(a.name) < toHex(b.name) ? -1 : 1)));
});

it('refuses a record that is not fit for a segment, and loses nothing', async () => {
  const index = createBlobIndex();
  const [{ id, location }] = makeBlobRecords(1) as [BlobRecord];
  expect(() => index.add(id, { ...location, ordinal: -1 })).toThrow(RangeError);
  expect(await index.hasMany([id])).toEqual([false]);
  index.add(id, location);
  expect([...index.take().records(0, 9)]).toEqual([{ id, location }]);
});

it('counts what could not be stored as new again', async () => {
  const index = createBlobIndex();
  const [first, second] = makeBlobRecords(2) as [BlobRecord, BlobRecord];
  index.add(first.id, first.location);
  const taken = index.take();
  index.add(second.id, second.location);
  taken.giveBack();
  const again = index.take();
  expect([...again.records(0, again.size)]).toEqual([first, second]);
});

describe.each(MODES)('in %s mode', (mode) => {
  it('finds every blob of several segments, large and small, and no other', async () => {
    const lab = await createIndexLab({ encrypted: true });
    const writer = lab.open();
    const sizes = [1, 1023, 2049, 3000];
    const all = sizes.map((size, i) => makeBlobRecords(size, `segment ${i}`));
    for (const records of all) await writer.write(encodeBlobSegment(records));
    const index = await lab.opened({ index: mode });
    const records = all.flat();
    expect(await index.blobs.findMany(idsOf(records))).toEqual(locationsOf(records));
    expect(await index.blobs.hasMany([...absent, new Uint8Array(16)])).not.toContain(true);
    expect(index.blobs.records.mode).toBe(mode);
    await index.close();
  });

  it('behaves like a map whatever is added, taken, stored, given back or written by others', async () => {
    const location = fc.record({
      pack: fc.nat(2).map(makePack),
      ordinal: fc.nat(2 ** 20 - 1),
      offset: fc.nat(16_000_000),
      length: fc.nat(700_000),
    });
    // Few ids, so that they come again; random ones beside them.
    const id = fc.oneof(
      fc.nat(12).map((number) => hashOf(`few ${number}`)),
      fc.nat().map((n) => hashOf(`id ${n}`)),
    );
    const records = fc.array(fc.record({ id, location }), { maxLength: 12 });
    const step = fc.record({ type: fc.constantFrom('add', 'store', 'give back', 'other', 'reopen'), records });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const lab = await createIndexLab();
        let index = await lab.opened({ index: mode });
        const other = lab.open();
        const model = new Map<string, BlobLocation[]>();
        const learn = ({ id: added, location: place }: BlobRecord): void =>
          void model.set(toHex(added), [...(model.get(toHex(added)) ?? []), place]);
        const store = async (): Promise<void> => {
          const taken = index.blobs.take();
          const { hash } = await index.write(encodeBlobSegment(taken.records(0, taken.size)));
          taken.stored([hash]);
        };
        for (const current of steps) {
          current.records.forEach(learn);
          if (current.type === 'other') {
            await other.write(encodeBlobSegment(current.records));
            await index.refresh();
          } else for (const record of current.records) index.blobs.add(record.id, record.location);
          if (current.type === 'store' || current.type === 'reopen') await store();
          if (current.type === 'give back') index.blobs.take().giveBack();
          if (current.type === 'reopen') {
            await index.close();
            index = await lab.opened({ index: mode });
          }
          const keys = [...model.keys()].map((name) => fromHex(name));
          const found = await index.blobs.findMany(keys);
          for (const [i, key] of keys.entries()) expect(model.get(toHex(key))).toContainEqual(found[i]);
          expect(await index.blobs.hasMany(absent.slice(0, 20))).not.toContain(true);
        }
        await index.close();
      }),
      { numRuns: Math.ceil(propertyRuns / 4) },
    );
  });
});
