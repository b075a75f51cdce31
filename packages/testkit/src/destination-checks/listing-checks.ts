import { assert, assertNames, assertResolves, collect } from './assertions.ts';
import type { DestinationCheck, DestinationCheckContext } from './destination-check.ts';

/** A listing is complete, free of doubles and cheap to leave. */
export const listingChecks: readonly DestinationCheck[] = [
  {
    name: 'lists every object once, with its size',
    async run({ destination, name, prefix, randomness, settle }) {
      const sizes = new Map(['a', 'b/c', 'b/d/e', 'f/g/h/i'].map((rest, index) => [name(rest), index * 1000]));
      for (const [object, size] of sizes) await destination.put(object, randomness.bytes(size));
      await settle();
      await assertNames(destination.list(prefix), [...sizes.keys()], 'list of everything');
      for (const { name: object, size } of await collect(destination.list(prefix))) {
        assert(size === sizes.get(object), `${object} is listed with ${size} bytes instead of ${sizes.get(object)}`);
      }
    },
  },
  {
    name: 'lists by a prefix that ends within a segment',
    async run({ destination, name, settle }) {
      const names = ['data/aa1', 'data/ab', 'data/ab1', 'data/abc/d', 'data/b', 'datum', 'other/ab'].map(name);
      for (const object of names) await destination.put(object, Uint8Array.of(1));
      await settle();
      for (const rest of ['data/ab', 'dat', 'data/', 'data/abc', 'data/ab1', 'data/abcd', 'o']) {
        const expected = names.filter((object) => object.startsWith(name(rest)));
        await assertNames(destination.list(name(rest)), expected, `list of ${rest}`);
      }
    },
  },
  {
    name: 'lists more than one page',
    async run(context) {
      const names = Array.from({ length: context.options.manyObjects }, (_, index) => context.name(`many/${index}`));
      await putAll(context, names);
      await assertNames(context.destination.list(context.name('many/')), names, 'a long list');
    },
  },
  {
    name: 'lets a listing be left early',
    async run(context) {
      const { destination, name, prefix } = context;
      const names = Array.from({ length: 20 }, (_, index) => name(`object-${index}`));
      await putAll(context, names);
      for (let round = 0; round < 3; round += 1) {
        for await (const info of destination.list(prefix)) {
          assert(names.includes(info.name), `${info.name} does not belong there`);
          break;
        }
      }
      await assertNames(destination.list(prefix), names, 'a list after three that were left early');
      await assertResolves(destination.put(name('object-0'), Uint8Array.of(2)), 'a put after listings left early');
    },
  },
  {
    name: 'goes on listing while objects are deleted',
    async run(context) {
      const { destination, name, prefix, randomness } = context;
      const names = Array.from({ length: 60 }, (_, index) => name(`object-${index}`));
      await putAll(context, names);
      const doomed = new Set(randomness.shuffle(names).slice(0, 30));
      const seen: string[] = [];
      const listing = async (): Promise<void> => {
        for await (const info of destination.list(prefix)) {
          seen.push(info.name);
          // In the middle: who counts by position then skips as many as were deleted before it.
          if (seen.length === 10) await Promise.all(Array.from(doomed, (object) => destination.delete(object)));
        }
      };
      await assertResolves(listing(), 'a list with deletions meanwhile');
      assert(new Set(seen).size === seen.length, 'an object is listed twice');
      const lost = names.find((object) => !doomed.has(object) && !seen.includes(object));
      assert(lost === undefined, `${lost} was not deleted and is not listed`);
    },
  },
  {
    name: 'never lists an object that is half written',
    async run({ destination, name, prefix, options, randomness, settle }) {
      const { maxObjectSize = Infinity } = destination.capabilities;
      const bytes = randomness.bytes(Math.min(options.largeObjectBytes, maxObjectSize));
      const writing = new AbortController();
      const put = destination.put(name('object'), bytes).finally(() => writing.abort());
      const watch = async (): Promise<void> => {
        do {
          for (const info of await collect(destination.list(prefix))) {
            assert(info.name === name('object'), `${info.name} is listed while another object is written`);
            assert(
              info.size === bytes.byteLength,
              `the object is listed with ${info.size} of ${bytes.byteLength} bytes`,
            );
          }
          await options.clock.sleep(1);
        } while (!writing.signal.aborted);
      };
      await Promise.all([put, watch()]);
      await settle();
      await assertNames(destination.list(prefix), [name('object')], 'a list after a put');
    },
  },
];

async function putAll(
  { destination, options, settle }: DestinationCheckContext,
  names: readonly string[],
): Promise<void> {
  const rest = names.values();
  const writer = async (): Promise<void> => {
    for (const name of rest) await destination.put(name, Uint8Array.of(1));
  };
  await Promise.all(Array.from({ length: options.racers }, writer));
  await settle();
}
