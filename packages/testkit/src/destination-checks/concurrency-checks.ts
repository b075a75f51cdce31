import { assert, assertBytes, assertNames, assertResolves } from './assertions.ts';
import type { DestinationCheck } from './destination-check.ts';

/** Calls at the same time do not disturb each other. */
export const concurrencyChecks: readonly DestinationCheck[] = [
  {
    name: 'gives readers the whole old or the whole new bytes while an object is replaced',
    async run({ destination, name, options, randomness, settle }) {
      const versions = [50_000, 70_000, 30_000].map((size) => randomness.bytes(size));
      const [first = new Uint8Array()] = versions;
      await destination.put(name('object'), first);
      await settle();
      const writing = new AbortController();
      const writer = (async () => {
        for (let round = 0; round < options.rounds * 4; round += 1) {
          await destination.put(name('object'), versions[round % versions.length] ?? first);
          await options.clock.sleep(0);
        }
      })().finally(() => writing.abort());
      const reader = async (): Promise<void> => {
        while (!writing.signal.aborted) {
          const bytes = await assertResolves(destination.get(name('object')), 'a get during a replacement');
          const version = versions.find(({ byteLength }) => byteLength === bytes.byteLength);
          assert(version !== undefined, `a reader got ${bytes.byteLength} bytes, which is no version of the object`);
          assertBytes(bytes, version, 'a version read during a replacement');
          await options.clock.sleep(0);
        }
      };
      await Promise.all([writer, ...Array.from({ length: options.racers }, reader)]);
    },
  },
  {
    name: 'serves many calls at the same time',
    async run({ destination, name, prefix, options, randomness, settle }) {
      const objects = Array.from({ length: options.racers * 4 }, (_, index) => ({
        name: name(`object-${index}`),
        bytes: randomness.bytes(1000 + index),
      }));
      const names = objects.map((object) => object.name);
      const puts = objects.map((object) => destination.put(object.name, object.bytes));
      await assertResolves(Promise.all(puts), 'many puts at a time');
      await settle();
      const reads = objects.map(async (object) => {
        assertBytes(await destination.get(object.name), object.bytes, object.name);
        const { size } = await destination.stat(object.name);
        assert(
          size === object.bytes.byteLength,
          `${object.name} has ${size} bytes instead of ${object.bytes.byteLength}`,
        );
      });
      const lists = Array.from({ length: options.racers }, () =>
        assertNames(destination.list(prefix), names, 'a list among other calls'),
      );
      await assertResolves(Promise.all([...reads, ...lists]), 'many reads at a time');
      await assertResolves(Promise.all(names.map((object) => destination.delete(object))), 'many deletes at a time');
      await settle();
      await assertNames(destination.list(prefix), [], 'a list after everything was deleted');
    },
  },
];
