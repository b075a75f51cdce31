/**
 * The chunker in JavaScript against the same rule in WebAssembly, alternating, on bytes that do not compress, on text, and on
 * a mix in parts of a few sizes: `node tools/run.mjs bench/experiments/chunker.ts`. What came of it:
 * docs/decisions/0003-chunker-in-javascript.md.
 */
import { createChunker, defaultChunkerParameters } from '../../packages/core/src/blobs/chunker.ts';
import { buildWasmChunker } from '../../packages/core/test/support/wasm-chunker.ts';
import { seededRandomness } from '@holdfast/testkit';

const KEY = new Uint8Array(32);
const ROUNDS = 9;
const dice = seededRandomness(11);
const words = Array.from({ length: 500 }, () => Buffer.from(dice.bytes(dice.integer(2, 7))).toString('base64url'));
const textOf = (length: number): Uint8Array => {
  const once = Array.from({ length: 60_000 }, () => dice.pick(words)).join(' ');
  return new TextEncoder().encode(once.repeat(Math.ceil(length / once.length)).slice(0, length));
};

const MIB = 1024 * 1024;
const INPUTS: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['does not compress, 16 MiB', [dice.bytes(16 * MIB)]],
  ['text, 16 MiB', [textOf(16 * MIB)]],
  ['parts of 1 MiB, mixed', Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? dice.bytes(MIB) : textOf(MIB)))],
];
const javascript = createChunker(KEY, defaultChunkerParameters);
const wasm = await buildWasmChunker(KEY, defaultChunkerParameters);

for (const [name, parts] of INPUTS) {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  const speeds: { readonly js: number[]; readonly wasm: number[] } = { js: [], wasm: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    speeds.js.push(speed(bytes, () => parts.forEach((part) => Array.from(javascript.cut(part)))));
    speeds.wasm.push(speed(bytes, () => parts.forEach((part) => wasm(part))));
  }
  const [js, other] = [median(speeds.js), median(speeds.wasm)];
  console.log(
    `${name.padEnd(28)} JavaScript ${js.toFixed(0)} MB/s, WebAssembly with the copy ${other.toFixed(0)} MB/s: ${(other / js).toFixed(2)}`,
  );
}

function speed(bytes: number, work: () => void): number {
  const begin = performance.now();
  work();
  return bytes / 1000 / (performance.now() - begin);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
