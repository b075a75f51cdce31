import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import { decodeBlobSegment, encodeBlobSegment } from '../../src/index-segments/blob-segment.ts';
import type { BlobLocation, BlobRecord } from '../../src/index-segments/blob-segment.ts';
import { toHex } from '../../src/internal/bytes.ts';
import { propertyRuns } from '../internal/property-runs.ts';
import { hashOf, makeBlobRecords, makePack, OBJECT } from './fixtures.ts';

it('finds what segments hold and what was added, before and after it was taken', async () => {
  const index = createBlobIndex();
  const [old, fresh] = [makeBlobRecords(40, 'old'), makeBlobRecords(40, 'fresh')];
  index.addSegment(decodeBlobSegment(encodeBlobSegment(old), { object: OBJECT }));
  for (const { id, location } of fresh) index.add(id, location);
  for (let round = 0; round < 2; round++) {
    expect(await index.findMany([...old, ...fresh].map(({ id }) => id))).toEqual(
      [...old, ...fresh].map(({ location }) => location),
    );
    expect(await index.hasMany([hashOf('absent')])).toEqual([false]);
    expect(index.takeRecent()).toEqual(round === 0 ? fresh : []);
  }
});

it('lists each pack once', () => {
  const index = createBlobIndex();
  expect([...index.packs()]).toEqual([]);
  index.addSegment(decodeBlobSegment(encodeBlobSegment(makeBlobRecords(10)), { object: OBJECT }));
  index.addSegment(decodeBlobSegment(encodeBlobSegment(makeBlobRecords(10)), { object: OBJECT }));
  index.add(hashOf('new'), { pack: makePack(9), ordinal: 0, offset: 48, length: 10 });
  index.add(hashOf('newer'), { pack: makePack(9), ordinal: 1, offset: 58, length: 10 });
  const names = [...index.packs()].map(({ name }) => toHex(name));
  expect(names.toSorted()).toEqual([0, 1, 2, 9].map((number) => toHex(makePack(number).name)).toSorted());
});

it('takes nothing, and loses nothing, if a record is not fit for a segment', () => {
  const index = createBlobIndex();
  const [{ id, location }] = makeBlobRecords(1) as [BlobRecord];
  index.add(id, { ...location, ordinal: -1 });
  expect(() => index.takeRecent()).toThrow(RangeError);
  index.add(id, location);
  expect(index.takeRecent()).toEqual([{ id, location }]);
});

it('behaves like a map in which the last wins', async () => {
  const record = fc.tuple(fc.nat(8), fc.nat(1000)).map(([number, offset]) => ({
    id: hashOf(`few ${number}`),
    location: { pack: makePack(0), ordinal: 0, offset, length: 1 },
  }));
  const step = fc.oneof(
    record.map((added) => ({ type: 'add' as const, added })),
    fc.constant({ type: 'take' as const }),
    record.map((added) => ({ type: 'segment' as const, added })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const index = createBlobIndex();
      const model = new Map<string, BlobLocation>();
      let recent = new Map<string, BlobRecord>();
      for (const current of steps) {
        if (current.type === 'take') {
          expect(index.takeRecent()).toEqual([...recent.values()]);
          recent = new Map();
          continue;
        }
        const { id, location } = current.added;
        if (current.type === 'add') {
          index.add(id, location);
          recent.set(toHex(id), current.added);
        } else {
          // What was added and not taken yet stays in front of segments.
          index.addSegment(decodeBlobSegment(encodeBlobSegment([current.added]), { object: OBJECT }));
          if (recent.has(toHex(id))) continue;
        }
        model.set(toHex(id), location);
      }
      for (let number = 0; number <= 8; number++) {
        const id = hashOf(`few ${number}`);
        expect(await index.find(id)).toEqual(model.get(toHex(id)));
        expect(await index.hasMany([id])).toEqual([model.has(toHex(id))]);
      }
    }),
    { numRuns: propertyRuns },
  );
});
