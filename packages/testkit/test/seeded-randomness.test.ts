import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { seededRandomness } from '../src/index.ts';

const runs = process.env['SLOW'] === '1' ? 1000 : 100;
const seeds = fc.maxSafeInteger();

describe('seededRandomness', () => {
  it('says the same again for the same seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [a, b] = [seededRandomness(seed), seededRandomness(seed)];
        expect(a.bytes(33)).toEqual(b.bytes(33));
        expect(a.integer(-5, 5)).toBe(b.integer(-5, 5));
        expect(a.shuffle([1, 2, 3, 4])).toEqual(b.shuffle([1, 2, 3, 4]));
        expect(a.seed).toBe(seed);
      }),
      { numRuns: runs },
    );
  });

  it('says something else for another seed', () => {
    fc.assert(
      fc.property(seeds, seeds, (one, other) => {
        fc.pre(one !== other);
        expect(seededRandomness(one).bytes(16)).not.toEqual(seededRandomness(other).bytes(16));
      }),
      { numRuns: runs },
    );
  });

  it('keeps its numbers from version to version, because seeds are written down', () => {
    const digest = createHash('sha256').update(seededRandomness(42).bytes(4096)).digest('hex');
    expect(digest).toBe('c04bf10862dc793fad7d6cf4e8fc5dbbe7a4b63a7cb4b66f8c253887ca7026f3');
  });

  it('stays within the bounds of an integer and reaches both', () => {
    const randomness = seededRandomness(1);
    const seen = new Set(Array.from({ length: 500 }, () => randomness.integer(3, 6)));
    expect([...seen].toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6]);
  });

  it('spreads bytes evenly', () => {
    const counts = new Uint32Array(256);
    for (const byte of seededRandomness(9).bytes(256 * 1000)) counts[byte] = (counts[byte] ?? 0) + 1;
    // Chi squared with 255 degrees of freedom: 340 is passed by chance once in four thousand seeds, and this is one seed.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(340);
  });

  it('keeps every value when it shuffles, and the array it was given', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.integer()), (seed, values) => {
        const before = [...values];
        const shuffled = seededRandomness(seed).shuffle(values);
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(values.toSorted((a, b) => a - b));
        expect(values).toEqual(before);
      }),
      { numRuns: runs },
    );
  });

  it('picks only what is there', () => {
    const randomness = seededRandomness(3);
    const seen = new Set(Array.from({ length: 100 }, () => randomness.pick(['a', 'b', 'c'])));
    expect([...seen].toSorted()).toEqual(['a', 'b', 'c']);
    expect(() => randomness.pick([])).toThrow(RangeError);
  });

  it('refuses a seed that is not a whole number and bounds in the wrong order', () => {
    expect(() => seededRandomness(0.5)).toThrow(RangeError);
    expect(() => seededRandomness(1).integer(2, 1)).toThrow(RangeError);
  });
});
