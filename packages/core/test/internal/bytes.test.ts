import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { expect, it } from 'vitest';

import { compareBytes, concatBytes, equalBytes, fromHex, toHex } from '../../src/internal/bytes.ts';
import { propertyRuns } from './property-runs.ts';

const anyBytes = fc.uint8Array({ maxLength: 80 });

it('gives bytes back from their hex', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }),
    { numRuns: propertyRuns },
  );
  expect(toHex(Uint8Array.of(0, 10, 255).subarray(1))).toBe('0aff');
});

it.each(['0', 'zz', '0A', ' 00', '00\n', '0x00', '0a0'])('refuses %j as hex', (text) => {
  expect(() => fromHex(text)).toThrow(RangeError);
});

it('gives bytes from hex that share no memory with anything else', () => {
  expect(fromHex('0102').buffer.byteLength).toBe(2);
});

it('orders bytes as the platform does', () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
      expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      expect(equalBytes(a, Uint8Array.from(a))).toBe(true);
    }),
    { numRuns: propertyRuns },
  );
  expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0);
});

it('concatenates into new bytes', () => {
  fc.assert(
    fc.property(fc.array(anyBytes), (parts) => {
      expect(concatBytes(parts)).toEqual(new Uint8Array(parts.flatMap((part) => [...part])));
    }),
    { numRuns: propertyRuns },
  );
  const part = Uint8Array.of(1);
  expect(concatBytes([part]).buffer).not.toBe(part.buffer);
});
