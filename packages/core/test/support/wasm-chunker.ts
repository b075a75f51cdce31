import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hkdfSync } from 'node:crypto';
import wabt from 'wabt';
import type { ChunkerParameters } from '../../src/blobs/chunker.ts';

interface Instantiator {
  readonly instantiate: (bytes: Uint8Array) => Promise<{
    readonly instance: {
      readonly exports: {
        readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
        readonly scan: (from: number, to: number, mask: number, warm: number) => number;
      };
    };
  }>;
}

const NORMALISATION = 2;
const PAGE = 65_536;

/** Cuts bytes that are there as a whole; the copying into the module's memory is part of it. */
export type WasmChunker = (bytes: Uint8Array) => number[];

/** Builds the chunker from its source, `chunker.wat`: the other form of `blobs/chunker.ts`, to compare with. */
export async function buildWasmChunker(key: Uint8Array, parameters: ChunkerParameters): Promise<WasmChunker> {
  const source = readFileSync(join(import.meta.dirname, 'chunker.wat'), 'utf8');
  const { buffer } = (await wabt()).parseWat('chunker.wat', source).toBinary({});
  // The types of Node leave it to those of browsers.
  const { instantiate } = (globalThis as unknown as { readonly WebAssembly: Instantiator }).WebAssembly;
  const { memory, scan } = (await instantiate(buffer.slice())).instance.exports;
  const gear = new DataView(hkdfSync('sha256', key, '', 'holdfast v1 gear', 1024));
  const view = new DataView(memory.buffer);
  for (let i = 0; i < 256; i += 1) view.setUint32(4 * i, gear.getUint32(4 * i), true);
  const { threshold, min, mean, max } = parameters;
  const bits = Math.floor(Math.log2(mean));
  const mask = (count: number): number => (count >= 32 ? -1 : ~(0xffff_ffff >>> count));
  const [strict, easy] = [mask(bits + NORMALISATION), mask(bits - NORMALISATION)];

  return (bytes) => {
    if (bytes.length <= threshold) return bytes.length === 0 ? [] : [bytes.length];
    const missing = 1024 + bytes.length - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    new Uint8Array(memory.buffer).set(bytes, 1024);
    const lengths: number[] = [];
    for (let start = 0; start < bytes.length;) {
      const limit = Math.min(bytes.length, start + max);
      const first = Math.min(limit, start + min);
      const turn = Math.max(first, Math.min(limit, start + mean - 1));
      let cut = scan(first, turn, strict, 0);
      if (cut === -1) cut = scan(turn, limit, easy, Math.min(32, turn - first));
      if (cut === -1) cut = limit;
      lengths.push(cut - start);
      start = cut;
    }
    return lengths;
  };
}
