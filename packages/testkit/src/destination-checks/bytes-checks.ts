import { assert, assertBytes, assertResolves } from './assertions.ts';
import type { DestinationCheck, DestinationCheckContext } from './destination-check.ts';

/** What is put comes back, byte for byte. */
export const bytesChecks: readonly DestinationCheck[] = [
  { name: 'gives back an empty object', run: (context) => roundTrip(context, 0) },
  { name: 'gives back an object of one byte', run: (context) => roundTrip(context, 1) },
  {
    name: 'gives back an object of the size of a pack',
    run: (context) => {
      const { maxObjectSize = Infinity } = context.destination.capabilities;
      return roundTrip(context, Math.min(context.options.largeObjectBytes, maxObjectSize));
    },
  },
  {
    name: 'stores a view of a larger buffer as what the view shows',
    async run({ destination, name, randomness, settle }) {
      const view = randomness.bytes(4096).subarray(1000, 1010);
      await destination.put(name('view'), view);
      await settle();
      assertBytes(await destination.get(name('view')), view, 'a view of 10 bytes of a buffer of 4096');
    },
  },
  {
    name: 'keeps its bytes when the caller changes the buffer after the put',
    async run({ destination, name, randomness, settle }) {
      const buffer = randomness.bytes(1000);
      const before = buffer.slice();
      await destination.put(name('buffer'), buffer);
      buffer.fill(0);
      await settle();
      assertBytes(await destination.get(name('buffer')), before, 'after the buffer was used again');
    },
  },
  {
    name: 'hands out bytes that are the own of whoever reads',
    async run({ destination, name, randomness, settle }) {
      const [bytes, others] = [randomness.bytes(70_000), randomness.bytes(70_000)];
      await destination.put(name('mine'), bytes);
      await destination.put(name('other'), others);
      await settle();
      const range = { offset: 1000, length: 69_000 };
      const read = (): Promise<Uint8Array> => destination.get(name('mine'));
      const readPart = (): Promise<Uint8Array> => destination.get(name('mine'), { range });

      const [first, second, part] = await Promise.all([read(), read(), readPart()]);
      assertBytes(await destination.get(name('other')), others, 'another object');
      assertBytes(await destination.get(name('other'), { range }), others.subarray(1000), 'a part of another object');
      const kept: [Uint8Array, Uint8Array, string][] = [
        [first, bytes, 'an object read before another one'],
        [second, bytes, 'an object read twice at the same time'],
        [part, bytes.subarray(1000), 'a part of it read at the same time'],
      ];
      for (const [one, expected, what] of kept) assertBytes(one, expected, what);
      for (const [index, [one, expected, what]] of kept.entries()) {
        assertBytes(one, expected, what);
        // What the engine does with bytes it has no more use for: the buffer is theirs alone, so it can be used or sent away.
        one.fill(index);
        structuredClone(one.buffer, { transfer: [one.buffer as ArrayBuffer] });
        assertBytes(await read(), bytes, 'an object whose bytes were changed and sent away after they had been read');
        assertBytes(await readPart(), bytes.subarray(1000), 'a part of an object that was used so');
      }
    },
  },
  {
    name: 'tells the size of an object without reading it',
    async run({ destination, name, randomness, settle }) {
      for (const size of [0, 1, 70_000]) {
        const object = name(`size-${size}`);
        await destination.put(object, randomness.bytes(size));
        await settle();
        const info = await destination.stat(object);
        assert(info.size === size, `stat tells ${info.size} bytes instead of ${size}`);
        assert(info.name === object, `stat tells the name ${info.name} instead of ${object}`);
      }
    },
  },
  {
    name: 'tells when an object was written',
    requires: { clock: 'store' },
    async run({ destination, name, randomness, settle }) {
      const times: number[] = [];
      for (const object of [name('first'), name('second')]) {
        await destination.put(object, randomness.bytes(10));
        await settle();
        const { modified } = await destination.stat(object);
        assert(modified !== undefined && Number.isFinite(modified) && modified > 0, `stat tells no time: ${modified}`);
        times.push(modified);
      }
      const [first = 0, second = 0] = times;
      // Two seconds: the precision of FAT, and of HTTP dates on two servers.
      assert(second >= first - 2000, `the time runs backwards, from ${first} to ${second}`);
    },
  },
  {
    name: 'describes itself',
    async run({ destination }) {
      const { title, capabilities } = destination;
      assert(typeof title === 'string' && title.trim() !== '', 'the title is empty');
      const copy: unknown = JSON.parse(JSON.stringify(capabilities));
      const same = JSON.stringify(copy) === JSON.stringify(structuredClone(capabilities));
      assert(same, 'the capabilities are not plain data');
      assert(
        ['none', 'bestEffort', 'atomic'].includes(capabilities.conditionalPut) &&
          ['store', 'none'].includes(capabilities.clock),
        'the capabilities have values that the contract does not know',
      );
    },
  },
];

async function roundTrip(
  { destination, name, randomness, settle }: DestinationCheckContext,
  size: number,
): Promise<void> {
  const bytes = randomness.bytes(size);
  await assertResolves(destination.put(name('object'), bytes), `put of ${size} bytes`);
  await settle();
  const back = await assertResolves(destination.get(name('object')), `get of ${size} bytes`);
  assertBytes(back, bytes, `an object of ${size} bytes`);
}
