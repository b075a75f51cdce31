import { testDestination, virtualClock } from '@holdfast/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { memoryDestination } from '../../src/memory/index.ts';
import type { MemoryObject } from '../../src/memory/index.ts';
import { answers, modelRuns, predictions, steps } from '../model.ts';

describe('memoryDestination', () => {
  const objects = new Map<string, MemoryObject>();
  testDestination({ describe, it }, () => memoryDestination({ objects }));

  it('answers any sequence of calls as a map would', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        expect(await answers(memoryDestination(), sequence)).toEqual(predictions(sequence));
      }),
      { numRuns: modelRuns * 5 },
    );
  });

  it('keeps to itself without a shared map', async () => {
    await memoryDestination().put('config', Uint8Array.of(1));
    await expect(memoryDestination().get('config')).rejects.toMatchObject({ code: 'ERR_OBJECT_NOT_FOUND' });
  });

  it('hands out copies, which the caller may change', async () => {
    const destination = memoryDestination();
    await destination.put('config', Uint8Array.of(1, 2, 3));
    (await destination.get('config')).fill(0);
    expect(await destination.get('config')).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('stamps objects by the clock it is given', async () => {
    const clock = virtualClock({ start: 1000 });
    const destination = memoryDestination({ clock });
    await destination.put('first', Uint8Array.of(1));
    await clock.advance(500);
    await destination.put('second', Uint8Array.of(1));
    expect(await destination.stat('first')).toEqual({ name: 'first', size: 1, modified: 1000 });
    expect(await destination.stat('second')).toEqual({ name: 'second', size: 1, modified: 1500 });
  });

  it('comes to the end of a listing while the caller goes on writing', async () => {
    const destination = memoryDestination();
    await destination.put('a', Uint8Array.of(1));
    let count = 0;
    for await (const { name } of destination.list('')) {
      await destination.put(`${name}x`, Uint8Array.of(1));
      count += 1;
    }
    expect(count).toBe(1);
  });

  it('refuses a range that is no range of any object', async () => {
    const destination = memoryDestination();
    await destination.put('config', Uint8Array.of(1, 2, 3));
    for (const range of [
      { offset: -1, length: 1 },
      { offset: 0.5, length: 1 },
      { offset: 0, length: Number.NaN },
    ]) {
      await expect(destination.get('config', { range })).rejects.toThrow(RangeError);
    }
  });
});
