import { seededRandomness } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import type { PackInfo } from '../../src/index-segments/blob-segment.ts';
import { joinRanges } from '../../src/packs/join-ranges.ts';
import type { LocatedRequest } from '../../src/packs/join-ranges.ts';

const KIB = 1024;
const pack = (number: number): PackInfo => ({
  name: new Uint8Array(32).fill(number),
  header: new Uint8Array(48),
  size: 16 * KIB * KIB,
});
const first = pack(1);

/** Blobs of one length, so far from each other. */
const spread = (count: number, length: number, gap: number, where = first): LocatedRequest<number>[] =>
  Array.from({ length: count }, (_, i) => ({
    request: i,
    location: { pack: where, ordinal: i, offset: i * (length + gap), length },
  }));

it('joins what is near, and what is further where much is wanted', () => {
  expect(joinRanges(spread(20, KIB, 32 * KIB))).toHaveLength(1);
  expect(joinRanges(spread(20, KIB, 33 * KIB))).toHaveLength(20);
  // 16 times 100 KiB allow for gaps of 100 KiB; so do those of another pack.
  expect(joinRanges([...spread(1, 100 * 16 * KIB, 0, pack(2)), ...spread(20, KIB, 100 * KIB)])).toHaveLength(2);
  expect(joinRanges([...spread(1, 100 * 15 * KIB, 0, pack(2)), ...spread(20, KIB, 100 * KIB)])).toHaveLength(21);
});

it('never reads more in vain than is wanted and what nearness allows, and covers each blob', () => {
  const dice = seededRandomness(8);
  for (let round = 0; round < 200; round += 1) {
    const wanted = Array.from({ length: dice.integer(1, 60) }, (_, request) => {
      const length = dice.integer(1, dice.pick([2, 50, 400]) * KIB);
      const where = dice.pick([first, pack(2), pack(3)]);
      return { request, location: { pack: where, ordinal: request, offset: dice.integer(48, 12_000 * KIB), length } };
    });
    const all = wanted.reduce((sum, { location }) => sum + location.length, 0);
    const near = Math.min(512 * KIB, Math.max(32 * KIB, all / 16));
    const ranges = joinRanges(wanted);
    for (const { offset, length, members } of ranges) {
      const useful = members.reduce((sum, { location }) => sum + location.length, 0);
      expect(length).toBeLessThanOrEqual(2 * useful + members.length * near);
      for (const { location } of members) {
        expect(location.offset).toBeGreaterThanOrEqual(offset);
        expect(location.offset + location.length).toBeLessThanOrEqual(offset + length);
      }
    }
    const numbers = ranges.flatMap(({ members }) => members.map(({ request }) => request));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(wanted.map(({ request }) => request));
  }
});
