import { expect, it } from 'vitest';

import { fromHalfBits, toHalfBits } from '../../src/internal/half-float.ts';

it('gives all 65,536 half floats their own bits back', () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 0x1_00_00; bits++) {
    const value = fromHalfBits(bits);
    if (toHalfBits(value) !== (Number.isNaN(value) ? 0x7e00 : bits)) wrong.push(bits);
  }
  expect(wrong).toEqual([]);
});

it.each([0.1, 65_505, 65_520, 2 ** -25, 1 + 2 ** -11, 2 ** 16, 1e300, 5e-324])('has no half float for %d', (value) => {
  expect(toHalfBits(value)).toBeUndefined();
});
