import { Buffer } from 'node:buffer';

import { BASE64_LINES_WASM } from './base64-lines-wasm.ts';

/** So many bytes are encoded at once: what comes of them stays in the processor's cache. A multiple of 12. */
const MOST_BYTES = 24 * 1024;
/** Where they lie in the memory of the module, and what comes of them: up to 5 bytes for each 3 of them, and some more. */
const INPUT = 0;
const OUTPUT = 32 * 1024;

/** What `base64-lines.wat` exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly encode: (from: number, length: number, to: number, lineBytes: number, eolBytes: number) => number;
}

/** The part of WebAssembly that is used here: the types of Node leave it to those of browsers. */
interface WebAssembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** Lines of base64 that are encoded a multiple of 3 bytes at a time. */
export interface Base64Lines {
  /** The most bytes that are taken at once. */
  readonly mostBytes: number;
  /**
   * Encodes bytes, a multiple of 3 and no more than `mostBytes`, and writes them from `at` on, with a line end after each
   * `lineBytes`, a multiple of 3.
   *
   * @param eolBytes - 1 for LF, 2 for CR and LF.
   * @returns Where the text ends.
   */
  encode(
    target: Uint8Array,
    at: number,
    bytes: Uint8Array,
    line: { readonly lineBytes: number; readonly eolBytes: number },
  ): number;
}

let lines: Base64Lines | undefined;
let isTried = false;

/** The lines, once for each thread; `undefined` where WebAssembly, or its vectors, cannot be had. */
export function base64Lines(): Base64Lines | undefined {
  if (!isTried) {
    isTried = true;
    lines = start();
  }
  return lines;
}

function start(): Base64Lines | undefined {
  const { WebAssembly } = globalThis as { readonly WebAssembly?: WebAssembly };
  if (WebAssembly === undefined) return undefined;
  let exports: Exports;
  try {
    const module = new WebAssembly.Module(Buffer.from(BASE64_LINES_WASM, 'base64'));
    exports = new WebAssembly.Instance(module).exports as Exports;
  } catch {
    // A processor without vectors of 128 bits, or no room for the addresses.
    return undefined;
  }
  const memory = new Uint8Array(exports.memory.buffer);
  return {
    mostBytes: MOST_BYTES,
    encode(target, at, bytes, { lineBytes, eolBytes }) {
      memory.set(bytes, INPUT);
      const end = exports.encode(INPUT, bytes.length, OUTPUT, lineBytes, eolBytes);
      target.set(memory.subarray(OUTPUT, end), at);
      return at + end - OUTPUT;
    },
  };
}
