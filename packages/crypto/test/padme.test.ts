import fc from 'fast-check';
import { expect, it } from 'vitest';
import { padmeLength } from '../src/padme.ts';
import { propertyRuns } from './fixtures.ts';

it.each([
  // By hand: with E = floor(log2 L) and S = floor(log2 E) + 1 a multiple of 2^(E - S); 136 has E = 7, S = 3.
  [1, 1],
  [2, 2],
  [7, 7],
  [8, 8],
  [9, 10],
  [15, 16],
  [17, 18],
  [136, 144],
  [144, 144],
  [1000, 1024],
  [1025, 1088],
  [65_537, 67_584],
  [16_777_217, 17_301_504],
  [2 ** 32 - 1, 2 ** 32],
])('rounds %i up to %i', (length, padded) => {
  expect(padmeLength(length)).toBe(padded);
});

it('never shortens, costs at most 12 %, and gives what it leaves as it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (length) => {
      const padded = padmeLength(length);
      expect(padded).toBeGreaterThanOrEqual(length);
      expect(padded).toBeLessThanOrEqual(length * 1.12);
      // 2^32 itself has no 32-bit form to be asked for.
      expect(padded === 2 ** 32 ? padded : padmeLength(padded)).toBe(padded);
    }),
    { numRuns: propertyRuns * 10 },
  );
});

it('ends in as many zero bits as the format asks for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 2 ** 31 }), (length) => {
      const padded = padmeLength(length);
      const e = Math.floor(Math.log2(padded));
      const s = Math.floor(Math.log2(e)) + 1;
      expect(padded % 2 ** (e - s)).toBe(0);
    }),
    { numRuns: propertyRuns * 10 },
  );
});
