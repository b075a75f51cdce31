import { expect, it } from 'vitest';
import { LazyMap, LazySet } from '../../src/internal/lazy-collections.ts';

it('a lazy map is a map', () => {
  const map = new LazyMap<string, number>();
  expect([map.size, map.get('a'), [...map], [...map.values()]]).toEqual([0, undefined, [], []]);
  map.set('a', 1).set('b', 2).set('a', 3);
  expect([map.size, map.get('a'), [...map], [...map.values()]]).toEqual([
    2,
    3,
    [
      ['a', 3],
      ['b', 2],
    ],
    [3, 2],
  ]);
});

it('a lazy set is a set', () => {
  const set = new LazySet<string>();
  expect([set.size, set.has('a'), set.delete('a'), [...set]]).toEqual([0, false, false, []]);
  set.add('a').add('b').add('a');
  expect([set.size, set.has('a'), set.delete('a'), set.delete('a'), [...set]]).toEqual([2, true, true, false, ['b']]);
  expect([...new LazySet(['x', 'x', 'y'])]).toEqual(['x', 'y']);
});
