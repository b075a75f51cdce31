import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { propertyRuns } from '../internal/property-runs.ts';
import { createNodeBoundary } from '../../src/tree/node-boundary.ts';

/** The rule as docs/format/trees.md says it, without any haste. */
function asTheFormatSays(level: number, sort: number, id: string, length: number): boolean {
  const head = Buffer.alloc(9);
  head.writeUInt8(level, 0);
  head.writeBigInt64BE(BigInt(sort), 1);
  const digest = createHash('sha256').update(head).update(new TextEncoder().encode(id)).digest();
  return digest.readUInt32BE(0) < length * 2 ** 18;
}

it('ends nodes where the format says, for any key', () => {
  const boundary = createNodeBoundary();
  fc.assert(
    fc.property(
      fc.nat(5),
      fc.maxSafeInteger(),
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.string({ unit: 'binary-ascii', minLength: 400, maxLength: 4000 }),
      ),
      fc.integer({ min: 5, max: 70_000 }),
      (level, sort, id, length) => {
        expect(boundary.endsAfter(level, { sort, id }, length)).toBe(asTheFormatSays(level, sort, id, length));
      },
    ),
    { numRuns: propertyRuns },
  );
});
