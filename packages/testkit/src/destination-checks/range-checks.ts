import { readFile } from 'node:fs/promises';

import { assertBytes, assertCode, assertResolves } from './assertions.ts';
import type { DestinationCheck } from './destination-check.ts';

const SIZE = 100_000;

/** Ranges are exact, or refused. */
export const rangeChecks: readonly DestinationCheck[] = [
  {
    name: 'reads random ranges exactly',
    async run({ destination, name, randomness, settle }) {
      const bytes = randomness.bytes(SIZE);
      await destination.put(name('object'), bytes);
      await settle();
      const ranges = Array.from({ length: 50 }, () => {
        const offset = randomness.integer(0, SIZE - 1);
        return { offset, length: randomness.integer(1, SIZE - offset) };
      });
      // The edges, where every off-by-one lives.
      ranges.push({ offset: 0, length: 1 }, { offset: SIZE - 1, length: 1 }, { offset: 0, length: SIZE });
      for (const range of ranges) {
        const { offset, length } = range;
        const what = `${length} bytes at offset ${offset} of ${SIZE}`;
        const part = await assertResolves(destination.get(name('object'), { range }), what);
        assertBytes(part, bytes.subarray(offset, offset + length), what);
      }
    },
  },
  {
    name: 'reads a range of no bytes',
    async run({ destination, name, randomness, settle }) {
      await destination.put(name('object'), randomness.bytes(SIZE));
      await settle();
      for (const offset of [0, 10, SIZE]) {
        const what = `no bytes at offset ${offset} of ${SIZE}`;
        const range = { offset, length: 0 };
        const part = await assertResolves(destination.get(name('object'), { range }), what);
        assertBytes(part, new Uint8Array(), what);
      }
    },
  },
  {
    name: 'refuses a range that reaches past the end',
    async run({ destination, name, randomness, settle }) {
      await destination.put(name('object'), randomness.bytes(1000));
      await settle();
      for (const [offset, length] of [
        [0, 1001],
        [999, 2],
        [500, 1_000_000],
      ] as const) {
        const call = destination.get(name('object'), { range: { offset, length } });
        await assertCode(call, 'ERR_RANGE_INVALID', `${length} bytes at offset ${offset} of 1000`);
      }
    },
  },
  {
    name: 'refuses a range that starts at the end or after it',
    async run({ destination, name, randomness, settle }) {
      await destination.put(name('object'), randomness.bytes(1000));
      await destination.put(name('empty'), new Uint8Array());
      await settle();
      for (const [rest, offset, length] of [
        ['object', 1000, 1],
        ['object', 1001, 1],
        ['object', 1001, 0],
        ['empty', 0, 1],
      ] as const) {
        const call = destination.get(name(rest), { range: { offset, length } });
        await assertCode(call, 'ERR_RANGE_INVALID', `${length} bytes at offset ${offset} of the ${rest}`);
      }
    },
  },
  {
    name: 'tells of a file only where that holds the object',
    async run({ destination, name, randomness, settle }) {
      const bytes = randomness.bytes(SIZE);
      await destination.put(name('object'), bytes);
      await settle();
      const ranges = [
        { offset: 0, length: SIZE },
        { offset: 10, length: 1000 },
      ];
      const path = await destination.fileOf?.(name('object'), ranges);
      if (path !== undefined) assertBytes(await readFile(path), bytes, 'the file of an object');
    },
  },
];
