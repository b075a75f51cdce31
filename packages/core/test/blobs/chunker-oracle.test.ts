import { seededRandomness } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createChunker, defaultChunkerParameters } from '../../src/blobs/chunker.ts';
import { buildWasmChunker } from '../support/wasm-chunker.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);

it.each([
  ['usual', defaultChunkerParameters, 9_000_000],
  ['small', { threshold: 300, min: 64, mean: 256, max: 1024 }, 60_000],
])('cuts where the same rule in WebAssembly cuts: %s sizes', async (_, parameters, longest) => {
  const { cut } = createChunker(KEY, parameters);
  const other = await buildWasmChunker(KEY, parameters);
  for (let seed = 1; seed <= 12; seed += 1) {
    const dice = seededRandomness(seed);
    const bytes = dice.bytes(dice.integer(1, longest));
    // A stretch without any content, in which only the longest length cuts.
    if (seed % 3 === 0) bytes.fill(0, 0, bytes.length >> 1);
    expect(Array.from(cut(bytes), ({ length }) => length)).toEqual(other(bytes));
  }
});
