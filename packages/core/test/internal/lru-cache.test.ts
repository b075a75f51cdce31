import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createLruCache } from '../../src/internal/lru-cache.ts';
import { propertyRuns } from './property-runs.ts';

it('drops what was not used for longest', () => {
  const cache = createLruCache<number>(3);
  cache.set('a', 1, 1);
  cache.set('b', 2, 1);
  cache.set('c', 3, 1);
  cache.get('a');
  cache.set('d', 4, 1);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([1, undefined, 3, 4]);
});

it('does not keep a value that costs more than the limit, nor the one it was to replace', () => {
  const cache = createLruCache<number>(3);
  cache.set('a', 1, 1);
  cache.set('b', 2, 1);
  cache.set('a', 5, 4);
  expect(cache.get('a')).toBeUndefined();
  expect(cache.get('b')).toBe(2);
  expect(cache.cost).toBe(1);
});

it('is empty after clear', () => {
  const cache = createLruCache<number>(3);
  cache.set('a', 1, 2);
  cache.clear();
  expect(cache.get('a')).toBeUndefined();
  expect(cache.cost).toBe(0);
});

it('behaves like a list that is searched', () => {
  const command = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), cost: fc.option(fc.nat(6)) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.array(command, { maxLength: 60 }), (limit, commands) => {
      const cache = createLruCache<number>(limit);
      let model: { key: string; value: number; cost: number }[] = [];
      for (const [value, { key, cost }] of commands.entries()) {
        const present = model.find((entry) => entry.key === key);
        if (cost === null) {
          expect(cache.get(key)).toBe(present?.value);
          if (present) model = [...model.filter((entry) => entry !== present), present];
        } else {
          cache.set(key, value, cost);
          model = model.filter((entry) => entry !== present);
          if (cost <= limit) model.push({ key, value, cost });
          while (total(model) > limit) model.shift();
        }
        expect(cache.cost).toBe(total(model));
      }
    }),
    { numRuns: propertyRuns },
  );
});

function total(entries: readonly { cost: number }[]): number {
  return entries.reduce((sum, { cost }) => sum + cost, 0);
}
