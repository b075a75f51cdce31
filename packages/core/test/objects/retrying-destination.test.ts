import { DestinationError } from '@holdfast/contracts';
import type { DestinationErrorCode, Logger } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';
import { faultsInTurn, faultyDestination, seededRandomness, virtualClock } from '@holdfast/testkit';
import type { DestinationFault, FaultChoice } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { retryingDestination } from '../../src/objects/retrying-destination.ts';

const NAMES = Array.from({ length: 20 }, (_, index) => `index/${String(index).padStart(2, '0')}`);
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function failure(code: DestinationErrorCode = 'ERR_UNAVAILABLE'): DestinationError {
  return new DestinationError(code, { name: 'index/' });
}

async function lab(list: FaultChoice) {
  const clock = virtualClock();
  const faulty = faultyDestination(memoryDestination({ clock }), { clock });
  for (const name of NAMES) await faulty.put(name, new Uint8Array(3));
  faulty.faults.list = list;
  const destination = retryingDestination(faulty, { clock, randomness: seededRandomness(1), logger: silent });
  const listings = (): number => faulty.calls.filter(({ kind }) => kind === 'list').length;
  const names = async (signal?: AbortSignal): Promise<string[]> => {
    const listed: string[] = [];
    for await (const { name, size } of destination.list('index/', { signal })) {
      expect(size).toBe(3);
      listed.push(name);
    }
    return listed;
  };
  return { clock, faulty, destination, names, listings };
}

const brokenAt = (...entries: number[]): DestinationFault[] =>
  entries.map((tornAt) => ({ tornAt, error: failure('ERR_THROTTLED') }));

describe('a listing of a destination that fails for a while', () => {
  it('is begun again after it broke off, and tells every object once', async () => {
    const { clock, names, listings } = await lab(faultsInTurn(brokenAt(0, 7, 12, 3)));
    expect((await clock.runUntil(names())).toSorted()).toEqual(NAMES);
    expect(listings()).toBe(5);
  });

  it('waits before it is begun again', async () => {
    const { clock, names } = await lab(faultsInTurn(brokenAt(7)));
    const start = clock.now();
    await clock.runUntil(names());
    expect(clock.now() - start).toBeGreaterThanOrEqual(250);
  });

  it('comes to its end however often it breaks off, as long as it gets further', async () => {
    const { clock, names, listings } = await lab(faultsInTurn(brokenAt(...NAMES.keys())));
    expect((await clock.runUntil(names())).toSorted()).toEqual(NAMES);
    expect(listings()).toBe(NAMES.length + 1);
  });

  it('fails with the error of the destination when it gets no further', async () => {
    const error = failure();
    const { clock, names, listings } = await lab(() => ({ tornAt: 4, error }));
    await expect(clock.runUntil(names())).rejects.toBe(error);
    // Once to get there, and five times without a new name.
    expect(listings()).toBe(6);
  });

  it('is not begun again after an error that stays', async () => {
    const error = failure('ERR_ACCESS_DENIED');
    const { clock, names, listings } = await lab(faultsInTurn([{ tornAt: 4, error }]));
    await expect(clock.runUntil(names())).rejects.toBe(error);
    expect(listings()).toBe(1);
  });

  it('tells what was written meanwhile at most once, and ends with the reason of an abort', async () => {
    const { clock, destination, faulty, listings } = await lab(faultsInTurn(brokenAt(5)));
    const listed: string[] = [];
    const listing = (async () => {
      for await (const { name } of destination.list('index/')) {
        listed.push(name);
        if (listed.length === 3) await faulty.put('index/new', new Uint8Array(3));
      }
    })();
    await clock.runUntil(listing);
    expect(listed.filter((name) => name !== 'index/new').toSorted()).toEqual(NAMES);
    expect(new Set(listed).size).toBe(listed.length);
    expect(listings()).toBe(2);

    const aborted = await lab(() => ({ tornAt: 4, error: failure() }));
    const reason = new Error('enough');
    const controller = new AbortController();
    const ending = aborted.names(controller.signal);
    await aborted.clock.advance(100);
    controller.abort(reason);
    await expect(aborted.clock.runUntil(ending)).rejects.toBe(reason);
  });
});
