import { DestinationError } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';
import { randomFaults, seededRandomness } from '../../src/index.ts';
import type { DestinationCall, DestinationFault, RandomFaultRates } from '../../src/index.ts';

const CALLS = 4000;
const KINDS = ['put', 'get', 'stat', 'list', 'delete'] as const;

function call(number: number): DestinationCall {
  return { number, kind: KINDS[number % 5] ?? 'put', name: `object-${number % 7}`, bytes: number % 5 === 0 ? 100 : 0 };
}

function faults(seed: number, rates: RandomFaultRates): (DestinationFault | undefined)[] {
  const choose = randomFaults(seededRandomness(seed), rates);
  return Array.from({ length: CALLS }, (_, index) => choose(call(index)) ?? undefined);
}

function shape(fault: DestinationFault | undefined): string {
  if (fault === undefined) return 'none';
  if (fault.tornAt !== undefined) return `torn at ${fault.tornAt}`;
  if (fault.delayMs !== undefined) return `late by ${fault.delayMs}`;
  if (fault.change !== undefined) return `flipped ${fault.change(new Uint8Array(4)).join(',')}`;
  return fault.landed === true ? 'after' : 'before';
}

describe('randomFaults', () => {
  const rates = { before: 0.1, after: 0.1, torn: 0.1, flipped: 0.1, delayed: 0.1 };

  it('are the same for the same seed, and others for another', () => {
    const first = faults(1, rates).map(shape);
    expect(faults(1, rates).map(shape)).toEqual(first);
    expect(faults(2, rates).map(shape)).not.toEqual(first);
  });

  it('come as often as is asked for, and only where they apply', () => {
    const all = faults(3, rates).map((fault, index) => ({ kind: call(index).kind, shape: shape(fault), fault }));
    const share = (begin: string): number => all.filter((one) => one.shape.startsWith(begin)).length / CALLS;
    expect(share('before')).toBeGreaterThan(0.07);
    expect(share('before')).toBeLessThan(0.13);
    expect(share('after')).toBeGreaterThan(0.07);
    expect(share('late')).toBeLessThan(0.13);
    const torn = all.filter((one) => one.shape.startsWith('torn'));
    expect(new Set(torn.map(({ kind }) => kind))).toEqual(new Set(['put']));
    expect(torn.every(({ fault }) => (fault?.tornAt ?? 100) < 100)).toBe(true);
    const flipped = all.filter((one) => one.shape.startsWith('flipped'));
    expect(new Set(flipped.map(({ kind }) => kind))).toEqual(new Set(['get']));
    for (const { fault } of flipped) {
      const bits = (fault?.change?.(new Uint8Array(4)) ?? new Uint8Array()).map(
        (byte) => byte.toString(2).split('1').length - 1,
      );
      expect(bits.reduce((sum, one) => sum + one, 0)).toBe(1);
    }
  });

  it('fail only the kinds that are named, with the error that is made', () => {
    const some = faults(4, { before: 1, kinds: ['stat'], error: ({ name }) => `no ${name}` });
    expect(some.every((fault, index) => (fault !== undefined) === (call(index).kind === 'stat'))).toBe(true);
    expect(some[2]?.error).toBe('no object-2');
    expect(DestinationError.is(faults(4, { before: 1 })[0]?.error, 'ERR_UNAVAILABLE')).toBe(true);
  });

  it('let every name through after so many failures in a row', () => {
    const choose = randomFaults(seededRandomness(5), { before: 1, inARow: 2 });
    const got = Array.from({ length: 6 }, () =>
      shape(choose({ number: 1, kind: 'put', name: 'a', bytes: 1 }) ?? undefined),
    );
    expect(got).toEqual(['before', 'before', 'none', 'before', 'before', 'none']);
    expect(shape(choose({ number: 1, kind: 'put', name: 'b', bytes: 1 }) ?? undefined)).toBe('before');
  });

  it('refuse shares that cannot be', () => {
    for (const bad of [{ before: -0.1 }, { before: 0.6, torn: 0.5 }, { after: Number.NaN }]) {
      expect(() => randomFaults(seededRandomness(1), bad)).toThrow(RangeError);
    }
  });
});
