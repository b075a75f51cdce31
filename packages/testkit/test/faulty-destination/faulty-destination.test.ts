import { DestinationError, systemClock } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';
import type { MemoryObject } from '@holdfast/destinations/memory';
import { describe, expect, it } from 'vitest';
import { deathAtWrite, faultsInTurn, faultyDestination, validateDestination, virtualClock } from '../../src/index.ts';
import type { DestinationFaults, FaultChoice, FaultyDestination, FaultyDestinationOptions } from '../../src/index.ts';

const BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6);
const error = new DestinationError('ERR_UNAVAILABLE', { name: 'x' });

interface Lab {
  readonly objects: Map<string, MemoryObject>;
  readonly storage: FaultyDestination;
}

function lab(options: FaultyDestinationOptions = {}): Lab {
  const objects = new Map<string, MemoryObject>();
  return { objects, storage: faultyDestination(memoryDestination({ objects }), options) };
}

async function names(storage: FaultyDestination, prefix = ''): Promise<string[]> {
  return (await Array.fromAsync(storage.list(prefix))).map(({ name }) => name).toSorted();
}

async function fate(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'well',
    (reason: unknown) => (reason instanceof DestinationError ? reason.code : reason),
  );
}

/** Names of the checks of the contract that a destination with such faults fails. */
async function failedChecks(faults: DestinationFaults, visibilityDelayMs = 0): Promise<readonly string[]> {
  const objects = new Map<string, MemoryObject>();
  const storage = faultyDestination(memoryDestination({ objects }), { faults });
  const options = { seed: 1, manyObjects: 30, largeObjectBytes: 1 << 16, rounds: 2, visibilityDelayMs };
  const reopen = () => storage.reconnect(memoryDestination({ objects }));
  const { results } = await validateDestination(storage, { ...options, reopen });
  expect(results.filter(({ outcome }) => outcome === 'passed').length).toBeGreaterThan(5);
  return results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
}

describe('a faulty destination', () => {
  it('keeps every promise of a destination while no fault is ordered', async () => {
    expect(await failedChecks({})).toEqual([]);
  });

  it('keeps every promise while it is only slow', async () => {
    expect(await failedChecks({ slow: { callMs: 0.1 } })).toEqual([]);
  });

  it('keeps every promise of a store with lag to those who wait for it, and breaks them to those who do not', async () => {
    expect(await failedChecks({ lag: { milliseconds: 5 } }, 8)).toEqual([]);
    expect((await failedChecks({ lag: { milliseconds: 5 } })).length).toBeGreaterThan(3);
  });

  it.each(['get', 'stat', 'list'] as const)('is found out by the checks when each %s fails', async (kind) => {
    const eachThird: FaultChoice = ({ number }) => (number % 3 === 0 ? { error } : undefined);
    expect(await failedChecks({ [kind]: eachThird })).not.toEqual([]);
  });

  it.each(['put', 'get', 'stat', 'delete', 'list'] as const)('fails a %s before it acts', async (kind) => {
    const { objects, storage } = lab();
    await storage.put('a', BYTES);
    storage.faults[kind] = faultsInTurn([{ error }]);
    const calls = {
      put: () => storage.put('a', BYTES.subarray(1)),
      get: () => storage.get('a'),
      stat: () => storage.stat('a'),
      delete: () => storage.delete('a'),
      list: () => Array.fromAsync(storage.list('')),
    };
    expect(await calls[kind]().catch((reason: unknown) => reason)).toBe(error);
    expect(objects.get('a')?.bytes).toEqual(BYTES);
    expect(storage.calls.at(-1)).toMatchObject({ number: 2, kind, landed: 'nothing', failed: true });
    expect(await fate(calls[kind]())).toBe('well');
  });

  it('fails a put and a delete after they landed, and says so in its log', async () => {
    const { objects, storage } = lab({ faults: { any: () => ({ error, landed: true }) } });
    expect(await storage.put('a', BYTES).catch((reason: unknown) => reason)).toBe(error);
    expect(objects.get('a')?.bytes).toEqual(BYTES);
    expect(await storage.delete('a').catch((reason: unknown) => reason)).toBe(error);
    expect(objects.size).toBe(0);
    expect(storage.calls).toMatchObject([
      { number: 1, kind: 'put', name: 'a', bytes: 6, landed: 'whole', failed: true },
      { number: 2, kind: 'delete', name: 'a', bytes: 0, landed: 'whole', failed: true },
    ]);
  });

  it('says what the storage itself refuses, and that nothing landed', async () => {
    const { storage } = lab();
    await storage.put('a', BYTES);
    expect(await fate(storage.put('a', BYTES, { ifAbsent: true }))).toBe('ERR_OBJECT_EXISTS');
    expect(storage.calls.at(-1)).toMatchObject({ landed: 'nothing', failed: true });
  });

  it('tears a put, loudly or in silence', async () => {
    const { objects, storage } = lab({ faults: { put: faultsInTurn([{ error, tornAt: 2 }, { tornAt: 0 }]) } });
    expect(await fate(storage.put('a', BYTES))).toBe('ERR_UNAVAILABLE');
    expect(await fate(storage.put('b', BYTES))).toBe('well');
    expect([...objects.values()].map(({ bytes }) => bytes.length)).toEqual([2, 0]);
    expect(storage.calls).toMatchObject([
      { landed: 'part', failed: true },
      { landed: 'part', failed: false },
    ]);
  });

  it('breaks a listing off after some entries', async () => {
    const { storage } = lab({ faults: { list: () => ({ error, tornAt: 2 }) } });
    for (const name of ['a', 'b', 'c']) await storage.put(name, BYTES);
    const seen: string[] = [];
    const listing = (async () => {
      for await (const { name } of storage.list('')) seen.push(name);
    })();
    expect(await listing.catch((reason: unknown) => reason)).toBe(error);
    expect(seen).toEqual(['a', 'b']);
    expect(storage.calls.at(-1)).toMatchObject({ landed: 'part', failed: true });
  });

  it('changes bytes on their way, and not where they lie', async () => {
    const { objects, storage } = lab({ faults: { get: () => ({ change: (bytes) => bytes.map((byte) => byte ^ 1) }) } });
    await storage.put('a', BYTES);
    expect(await storage.get('a', { range: { offset: 0, length: 2 } })).toEqual(Uint8Array.of(0, 3));
    expect(objects.get('a')?.bytes).toEqual(BYTES);
  });

  it('takes the order for a kind before that for any', async () => {
    const other = new Error('any');
    const { storage } = lab({ faults: { any: () => ({ error: other }), stat: () => ({ error }) } });
    expect(await fate(storage.stat('a'))).toBe('ERR_UNAVAILABLE');
    expect(await fate(storage.get('a'))).toBe(other);
  });
});

describe('a storage with lag', () => {
  it('shows an object after so many milliseconds, and the old one until then', async () => {
    const clock = virtualClock({ start: 0 });
    const { objects, storage } = lab({ clock });
    await storage.put('old', BYTES);
    storage.faults.lag = { milliseconds: 1000 };
    await storage.put('old', BYTES.subarray(4));
    await storage.put('new', BYTES);
    expect(objects.size).toBe(2);
    await clock.advance(999);
    expect(await names(storage)).toEqual(['old']);
    expect((await storage.get('old')).length).toBe(6);
    expect(await storage.get('old', { range: { offset: 1, length: 2 } })).toEqual(Uint8Array.of(2, 3));
    expect(await fate(storage.get('old', { range: { offset: 5, length: 2 } }))).toBe('ERR_RANGE_INVALID');
    expect((await storage.stat('old')).size).toBe(6);
    expect(await fate(storage.get('new'))).toBe('ERR_OBJECT_NOT_FOUND');
    expect(await fate(storage.stat('new'))).toBe('ERR_OBJECT_NOT_FOUND');
    expect(await fate(storage.put('new', BYTES, { ifAbsent: true }))).toBe('ERR_OBJECT_EXISTS');
    expect(await fate(storage.get('new'))).toBe('ERR_OBJECT_NOT_FOUND');
    await clock.advance(1);
    expect(await names(storage)).toEqual(['new', 'old']);
    expect((await storage.get('old')).length).toBe(2);
    expect(await storage.get('new')).toEqual(BYTES);
  });

  it('shows an object after so many calls, to other connections too', async () => {
    const { objects, storage } = lab({ faults: { lag: { calls: 2 } } });
    await storage.put('a', BYTES);
    expect(await fate(storage.stat('a'))).toBe('ERR_OBJECT_NOT_FOUND');
    const other = storage.reconnect(memoryDestination({ objects }));
    expect(await fate(other.stat('a'))).toBe('ERR_OBJECT_NOT_FOUND');
    expect(await fate(other.stat('a'))).toBe('well');
  });

  it('can be one of listings alone', async () => {
    const { storage } = lab({ faults: { lag: { calls: 9, kinds: ['list'] } } });
    await storage.put('a', BYTES);
    expect(await names(storage)).toEqual([]);
    expect(await storage.get('a')).toEqual(BYTES);
  });
});

describe('a slow storage', () => {
  it('takes its time for calls and bytes', async () => {
    const clock = virtualClock({ start: 0 });
    const { storage } = lab({ clock, faults: { slow: { callMs: 100, byteMs: 10 } } });
    await clock.runUntil(storage.put('a', BYTES));
    expect(clock.now()).toBe(160);
    await clock.runUntil(storage.get('a', { range: { offset: 0, length: 2 } }));
    expect(clock.now()).toBe(280);
    await clock.runUntil(names(storage));
    expect(clock.now()).toBe(380);
    storage.faults.delete = () => ({ delayMs: 1000 });
    await clock.runUntil(storage.delete('a'));
    expect(clock.now()).toBe(1480);
  });

  it('is left at once by an abort, and nothing is written', async () => {
    const { objects, storage } = lab({ clock: virtualClock(), faults: { slow: { callMs: 100 } } });
    const controller = new AbortController();
    const put = storage.put('a', BYTES, { signal: controller.signal });
    const reason = { because: 'too slow' };
    controller.abort(reason);
    expect(await put.catch((told: unknown) => told)).toBe(reason);
    expect(objects.size).toBe(0);
  });

  it('is closed after the calls under way', async () => {
    const { objects, storage } = lab({ clock: systemClock, faults: { slow: { callMs: 20 } } });
    const put = storage.put('a', BYTES);
    await storage[Symbol.asyncDispose]();
    expect(objects.size).toBe(1);
    await put;
    await expect(storage.put('b', BYTES)).rejects.toThrow(TypeError);
  });
});

describe('a full storage', () => {
  it('refuses what does not fit, takes what does, and has room again after a delete', async () => {
    const { objects, storage } = lab();
    await storage.put('a', BYTES);
    storage.faults.capacity = 12;
    await storage.put('b', BYTES);
    expect(await fate(storage.put('c', Uint8Array.of(1)))).toBe('ERR_STORAGE_FULL');
    expect([...objects.keys()]).toEqual(['a', 'b']);
    expect(await fate(storage.put('b', BYTES.subarray(1)))).toBe('well');
    expect(await fate(storage.put('c', Uint8Array.of(1)))).toBe('well');
    await storage.delete('a');
    expect(await fate(storage.put('d', BYTES))).toBe('well');
    expect(await fate(storage.put('e', BYTES))).toBe('ERR_STORAGE_FULL');
    storage.faults.capacity = undefined;
    expect(await fate(storage.put('e', BYTES))).toBe('well');
    storage.faults.capacity = 18;
    expect(await fate(storage.put('f', Uint8Array.of(1)))).toBe('ERR_STORAGE_FULL');
  });

  it('does not give the same room to two puts at the same moment', async () => {
    const { storage } = lab({ faults: { capacity: 10 } });
    const fates = await Promise.all([fate(storage.put('a', BYTES)), fate(storage.put('b', BYTES))]);
    expect(fates.toSorted()).toEqual(['ERR_STORAGE_FULL', 'well']);
  });

  it('takes no room for a put that failed', async () => {
    const { storage } = lab({ faults: { capacity: 12 } });
    await storage.put('a', BYTES);
    expect(await fate(storage.put('a', BYTES.subarray(3), { ifAbsent: true }))).toBe('ERR_OBJECT_EXISTS');
    expect(await fate(storage.put('b', new Uint8Array(7)))).toBe('ERR_STORAGE_FULL');
    expect(await fate(storage.put('b', BYTES))).toBe('well');
  });
});

it('a storage that must keep objects refuses to delete them, and deletes the others', async () => {
  const { objects, storage } = lab({ faults: { locked: (name) => name.startsWith('data/') } });
  await storage.put('data/a', BYTES);
  await storage.put('index/a', BYTES);
  expect(await fate(storage.delete('data/a'))).toBe('ERR_RETENTION_LOCKED');
  expect(await fate(storage.delete('index/a'))).toBe('well');
  expect([...objects.keys()]).toEqual(['data/a']);
});

describe('deathAtWrite', () => {
  const work = async (storage: FaultyDestination): Promise<void> => {
    await storage.put('a', BYTES);
    await storage.stat('a');
    await storage.put('b', BYTES);
    await storage.delete('a');
  };

  it.each([
    ['before', 1, {}],
    ['torn', 1, { a: 3 }],
    ['after', 1, { a: 6 }],
    ['before', 2, { a: 6 }],
    ['torn', 2, { a: 6, b: 3 }],
    ['after', 2, { a: 6, b: 6 }],
    ['before', 3, { a: 6, b: 6 }],
    ['torn', 3, { a: 6, b: 6 }],
    ['after', 3, { b: 6 }],
  ] as const)('strikes %s write %i, and nothing happens after it', async (moment, write, left) => {
    const { objects, storage } = lab({ faults: { any: deathAtWrite(write, { moment, error }) } });
    expect(await work(storage).catch((reason: unknown) => reason)).toBe(error);
    expect(await storage.put('c', BYTES).catch((reason: unknown) => reason)).toBe(error);
    expect(await storage.get('b').catch((reason: unknown) => reason)).toBe(error);
    const sizes = [...objects].map(([name, { bytes }]) => [name, bytes.length]);
    expect(Object.fromEntries(sizes)).toEqual(left);
  });

  it('spares whoever writes less', async () => {
    const { storage } = lab({ faults: { any: deathAtWrite(4) } });
    expect(await fate(work(storage))).toBe('well');
    expect(() => deathAtWrite(0)).toThrow(RangeError);
  });
});
