import { DestinationError } from '@holdfast/contracts';

import { assert, assertBytes, assertCode, assertResolves, fail, isNotFound } from './assertions.ts';
import type { DestinationCheck } from './destination-check.ts';

/** A put replaces, unless it is told not to. */
export const overwriteChecks: readonly DestinationCheck[] = [
  {
    name: 'replaces an object that is put again',
    async run({ destination, name, randomness, settle }) {
      for (const size of [1000, 10, 2000]) {
        const bytes = randomness.bytes(size);
        await destination.put(name('object'), bytes);
        await settle();
        assertBytes(await destination.get(name('object')), bytes, `after a put of ${size} bytes`);
      }
    },
  },
  {
    name: 'stores with ifAbsent what is not there',
    requires: { conditionalPut: ['bestEffort', 'atomic'] },
    async run({ destination, name, randomness, settle }) {
      for (let round = 0; round < 2; round += 1) {
        const bytes = randomness.bytes(100);
        await assertResolves(destination.put(name('object'), bytes, { ifAbsent: true }), 'a put with ifAbsent');
        await settle();
        assertBytes(await destination.get(name('object')), bytes, 'after a put with ifAbsent');
        await destination.delete(name('object'));
        await settle();
      }
    },
  },
  {
    name: 'refuses with ifAbsent to replace what is there',
    requires: { conditionalPut: ['bestEffort', 'atomic'] },
    async run({ destination, name, randomness, settle }) {
      const first = randomness.bytes(100);
      await destination.put(name('object'), first);
      await settle();
      // The same bytes too: some storages take a repeated upload for success.
      for (const second of [randomness.bytes(100), first, new Uint8Array()]) {
        const put = destination.put(name('object'), second, { ifAbsent: true });
        await assertCode(put, 'ERR_OBJECT_EXISTS', 'a second put with ifAbsent');
        await settle();
        assertBytes(await destination.get(name('object')), first, 'after a refused put');
      }
    },
  },
  {
    name: 'lets exactly one of several writers win with ifAbsent',
    requires: { conditionalPut: ['atomic'] },
    async run({ destination, name, options, randomness, settle }) {
      for (let round = 0; round < options.rounds; round += 1) {
        const object = name(`race-${round}`);
        const offers = Array.from({ length: options.racers }, () => randomness.bytes(20_000));
        const outcomes = await Promise.allSettled(
          offers.map((bytes) => destination.put(object, bytes, { ifAbsent: true })),
        );
        const winners = offers.filter((_, index) => outcomes[index]?.status === 'fulfilled');
        assert(winners.length === 1, `${winners.length} of ${offers.length} writers won`);
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected' && !DestinationError.is(outcome.reason, 'ERR_OBJECT_EXISTS')) {
            fail('a writer lost with another error than ERR_OBJECT_EXISTS', { cause: outcome.reason });
          }
        }
        await settle();
        assertBytes(await destination.get(object), winners[0] ?? new Uint8Array(), 'the bytes of the winner');
      }
    },
  },
  {
    name: 'refuses ifAbsent with a TypeError where it has no way to keep it',
    requires: { conditionalPut: ['none'] },
    async run({ destination, name, settle }) {
      const outcome = await destination.put(name('object'), Uint8Array.of(1), { ifAbsent: true }).then(
        () => 'it resolved',
        (error: unknown) => (error instanceof TypeError ? undefined : 'it rejected with another error'),
      );
      assert(outcome === undefined, `ifAbsent must be refused with a TypeError; ${outcome}`);
      await settle();
      const there = await destination.get(name('object')).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      assert(there === undefined, 'the refused object was written');
    },
  },
];
