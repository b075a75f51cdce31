import type { Destination } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';
import type { MemoryObject } from '@holdfast/destinations/memory';
import { describe, expect, it } from 'vitest';

import { destinationChecks, validateDestination } from '../../src/index.ts';
import type { DestinationCheckResult } from '../../src/index.ts';
import { withoutConditionalPut } from './liar.ts';

const small = { largeObjectBytes: 10_000, manyObjects: 20, rounds: 2 };

describe('validateDestination', () => {
  it('trusts a good destination and says so for each check', async () => {
    const objects = new Map<string, MemoryObject>();
    const reopen = () => memoryDestination({ objects });
    const verdict = await validateDestination(reopen(), { ...small, reopen, seed: 7 });
    expect(verdict).toMatchObject({ title: 'memory', passed: true, seed: 7 });
    expect(verdict.results.map(({ name }) => name)).toEqual(destinationChecks.map(({ name }) => name));
  });

  it('skips with a reason what does not apply', async () => {
    const { results, passed } = await validateDestination(memoryDestination(), small);
    expect(passed).toBe(true);
    expect(results.filter(({ outcome }) => outcome === 'skipped').map(({ name, reason }) => [name, reason])).toEqual([
      [
        'refuses ifAbsent with a TypeError where it has no way to keep it',
        'is for conditionalPut none; this destination has atomic',
      ],
      ['shows everything to whoever opens it again', 'needs a way to open the storage a second time'],
      ['throws after it was closed', 'needs a way to open the storage a second time'],
      ['finishes the calls under way when it is closed', 'needs a way to open the storage a second time'],
    ]);
  });

  it('asks a destination without conditional put for the documented other behaviour', async () => {
    const { results, passed } = await validateDestination(withoutConditionalPut(memoryDestination(), new Map()), small);
    expect(passed).toBe(true);
    const refusal = results.find(({ name }) => name.startsWith('refuses ifAbsent with a TypeError'));
    expect(refusal?.outcome).toBe('passed');
  });

  it('leaves nothing behind and does not touch the objects of others', async () => {
    const objects = new Map<string, MemoryObject>();
    const destination = memoryDestination({ objects });
    await destination.put('config', Uint8Array.of(1, 2, 3));
    await validateDestination(destination, { ...small, reopen: () => memoryDestination({ objects }) });
    expect([...objects.keys()]).toEqual(['config']);
    expect(await destination.get('config')).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('leaves nothing behind when a check fails', async () => {
    const objects = new Map<string, MemoryObject>();
    const good = memoryDestination({ objects });
    const liar = { ...good, get: () => Promise.resolve(new Uint8Array()) };
    const verdict = await validateDestination(liar, small);
    expect(verdict.passed).toBe(false);
    const failed = verdict.results.find(({ name }) => name === 'gives back an object of one byte');
    expect(failed).toMatchObject({ outcome: 'failed', reason: 'an object of 1 bytes: got 0 bytes instead of 1' });
    expect(failed?.error).toBeInstanceOf(Error);
    expect([...objects.keys()]).toEqual([]);
  });

  it('stops between two checks when it is aborted, with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: DestinationCheckResult[] = [];
    const running = validateDestination(memoryDestination(), {
      ...small,
      signal: controller.signal,
      onProgress(result) {
        seen.push(result);
        if (seen.length === 3) controller.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(seen).toHaveLength(3);
  });

  it('waits as long as the storage needs to show what was written', async () => {
    const objects = new Map<string, MemoryObject>();
    const good = memoryDestination({ objects });
    // The put resolves at once; the object shows 20 ms later.
    const put: Destination['put'] = async (name, bytes) => {
      setTimeout(() => void good.put(name, bytes), 20);
    };
    const late = { ...good, put };
    const checks = destinationChecks.filter(({ name }) => name === 'gives back an object of one byte');
    expect((await validateDestination(late, { ...small, checks })).passed).toBe(false);
    expect((await validateDestination(late, { ...small, checks, visibilityDelayMs: 40 })).passed).toBe(true);
  });

  it('refuses options that make no sense', async () => {
    const destination = memoryDestination();
    await expect(validateDestination(destination, { racers: 1 })).rejects.toThrow(RangeError);
    await expect(validateDestination(destination, { visibilityDelayMs: -1 })).rejects.toThrow(RangeError);
  });
});
