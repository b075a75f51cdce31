import { createHash, createHmac } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createChunker, defaultChunkerParameters } from '../../src/blobs/chunker.ts';
import type { Chunker, ChunkerParameters } from '../../src/blobs/chunker.ts';
import { concatBytes, equalBytes } from '../../src/internal/bytes.ts';
import { propertyRuns } from '../internal/property-runs.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const SMALL: ChunkerParameters = { threshold: 300, min: 64, mean: 256, max: 1024 };

/** Bytes that anybody can make again: SHA-256 of the seed and a number, for each number from 0, back to back. */
function generateBytes(seed: string, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(length / 32) * 32);
  for (let i = 0; i * 32 < length; i++) bytes.set(createHash('sha256').update(`${seed} ${i}`).digest(), i * 32);
  return bytes.subarray(0, length);
}

async function* inPieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let i = 0; start < bytes.length; i++) {
    const end = start + lengths[i % lengths.length]!;
    // A piece whose memory is used again at once, as streams may do.
    const piece = bytes.slice(start, end);
    yield piece;
    piece.fill(0xee);
    start = end;
  }
}

async function chunksOf(chunker: Chunker, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  if (bytes instanceof Uint8Array) return [...chunker.cut(bytes)];
  const stream = chunker.stream();
  for await (const piece of bytes) chunks.push(...stream.push(piece));
  return [...chunks, ...stream.end()];
}

const lengthsOf = async (...args: Parameters<typeof chunksOf>): Promise<number[]> =>
  (await chunksOf(...args)).map((chunk) => chunk.length);

/** The rule of docs/format/trees.md, word by word, with HKDF (RFC 5869) from its parts. */
function cutByTheBook(key: Uint8Array, bytes: Uint8Array, parameters: ChunkerParameters): number[] {
  const { threshold, min, mean, max } = parameters;
  const pseudorandomKey = createHmac('sha256', new Uint8Array(32)).update(key).digest();
  let block = new Uint8Array(0);
  const blocks: Uint8Array[] = [];
  for (let i = 1; i <= 32; i++) {
    block = createHmac('sha256', pseudorandomKey)
      .update(block)
      .update('holdfast v1 gear')
      .update(Uint8Array.of(i))
      .digest();
    blocks.push(block);
  }
  const view = new DataView(concatBytes(blocks).buffer);
  if (bytes.length === 0) return [];
  if (bytes.length <= threshold) return [bytes.length];
  const bits = Math.log2(mean);
  const lengths: number[] = [];
  let hash = 0n;
  let p = 0;
  for (const byte of bytes) {
    p++;
    if (p > min) {
      hash = (2n * hash + BigInt(view.getUint32(4 * byte))) % 2n ** 32n;
      const zeros = p < mean ? bits + 2 : bits - 2;
      if (hash >> BigInt(32 - zeros) !== 0n && p !== max) continue;
      lengths.push(p);
      hash = 0n;
      p = 0;
    }
  }
  if (p > 0) lengths.push(p);
  return lengths;
}

const anyInput = fc
  .record({ seed: fc.nat(), length: fc.oneof(fc.nat(700), fc.nat(20_000)) })
  .map(({ seed, length }) => generateBytes(`input ${seed}`, length));
const anyLengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 3000 })), {
  minLength: 1,
  maxLength: 5,
});

describe('createChunker', () => {
  const chunker = createChunker(KEY, SMALL);

  it('cuts where the format says', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (bytes) => {
        expect(await lengthsOf(chunker, bytes)).toEqual(cutByTheBook(KEY, bytes, SMALL));
      }),
      { numRuns: propertyRuns },
    );
  });

  it('cuts these bytes here for ever: the golden vector', async () => {
    const bytes = generateBytes('golden chunks d', 12 * 1024 * 1024);
    const lengths = await lengthsOf(createChunker(KEY), bytes);
    expect(lengths).toEqual(GOLDEN);
    expect(lengths).toEqual(await lengthsOf(createChunker(KEY), inPieces(bytes, [65_536])));
    expect(lengths).toEqual(cutByTheBook(KEY, bytes, defaultChunkerParameters));
  });

  it('cuts the parts that a stream takes one after the other as if each were alone', () => {
    fc.assert(
      fc.property(
        fc.array(anyInput, { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 3000 }),
        (parts, step) => {
          const stream = chunker.stream();
          for (const part of parts) {
            const chunks: Uint8Array[] = [];
            for (let at = 0; at < part.length; at += step) chunks.push(...stream.push(part.subarray(at, at + step)));
            chunks.push(...stream.end());
            expect(chunks).toEqual([...chunker.cut(part)]);
          }
        },
      ),
      { numRuns: propertyRuns },
    );
  });

  it('gives chunks that make up the input, within the bounds', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (bytes) => {
        const chunks = await chunksOf(chunker, bytes);
        expect(equalBytes(concatBytes(chunks), bytes)).toBe(true);
        for (const [i, chunk] of chunks.entries()) {
          expect(chunk.length).toBeLessThanOrEqual(SMALL.max);
          expect(chunk.length).toBeGreaterThan(i < chunks.length - 1 ? SMALL.min : 0);
        }
      }),
      { numRuns: propertyRuns },
    );
  });

  it('cuts a stream like the bytes themselves, wherever its pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, anyLengths, async (bytes, lengths) => {
        const whole = await chunksOf(chunker, bytes);
        const streamed = await chunksOf(chunker, inPieces(bytes, lengths));
        expect(streamed.map(({ length }) => length)).toEqual(whole.map(({ length }) => length));
        expect(equalBytes(concatBytes(streamed), bytes)).toBe(true);
      }),
      { numRuns: propertyRuns },
    );
  });

  it('finds its old cuts again soon after an insertion or a removal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: -50, max: 50 }), async (seed, change) => {
        const bytes = generateBytes(`shift ${seed}`, 60_000);
        const rest = bytes.subarray(5000 + Math.max(0, -change));
        const changed = concatBytes([bytes.subarray(0, 5000), new Uint8Array(Math.max(0, change)), rest]);
        const before = new Set((await chunksOf(chunker, bytes)).map((chunk) => chunk.join()));
        const after = await chunksOf(chunker, changed);
        const fresh = after.filter((chunk) => !before.has(chunk.join()));
        expect(fresh.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(20_000);
      }),
      { numRuns: Math.min(propertyRuns, 30) },
    );
  });

  it('cuts elsewhere with another key', async () => {
    const bytes = generateBytes('keys', 50_000);
    const other = createChunker(
      Uint8Array.from(KEY, (byte) => byte ^ 1),
      SMALL,
    );
    expect(await lengthsOf(other, bytes)).not.toEqual(await lengthsOf(chunker, bytes));
  });

  it('has chunks of about the mean length', async () => {
    const lengths = await lengthsOf(chunker, generateBytes('mean', 400_000));
    const mean = 400_000 / lengths.length;
    expect(mean).toBeGreaterThan(SMALL.mean * 0.75);
    expect(mean).toBeLessThan(SMALL.mean * 1.5);
  });

  it('cuts at the maximum where nothing in the content cuts', async () => {
    expect(await lengthsOf(chunker, new Uint8Array(2500))).toEqual(cutByTheBook(KEY, new Uint8Array(2500), SMALL));
    const stubborn = createChunker(KEY, { threshold: 0, min: 1000, mean: 1024, max: 1024 });
    expect(await lengthsOf(stubborn, new Uint8Array(2500))).toEqual([1024, 1024, 452]);
  });

  it.each([
    [0, 0],
    [1, 1],
    [299, 1],
    [300, 1],
    [301, 2],
  ])('makes of a part of %d bytes, with a threshold of 300, this many chunks: %d', async (length, expected) => {
    const bytes = new Uint8Array(length);
    const strict = createChunker(KEY, { threshold: 300, min: 200, mean: 200, max: 300 });
    for (const input of [bytes, inPieces(bytes, [7])]) {
      expect(await lengthsOf(strict, input)).toHaveLength(expected);
    }
  });

  it('takes no more of a stream than the next chunk needs', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        taken += 100;
        yield new Uint8Array(100);
      }
    }
    let given = 0;
    const stream = chunker.stream();
    for await (const piece of endless()) {
      for (const chunk of stream.push(piece)) given += chunk.length;
      expect(taken - given).toBeLessThanOrEqual(SMALL.max + 100);
      if (given > 50_000) break;
    }
  });

  it.each([
    { ...SMALL, min: 63 },
    { ...SMALL, min: 257 },
    { ...SMALL, mean: 1025 },
    { ...SMALL, threshold: 1025 },
    { ...SMALL, threshold: -1 },
    { ...SMALL, mean: 256.5 },
    { ...SMALL, max: Number.NaN },
  ])('refuses the parameters %j', (parameters) => {
    expect(() => createChunker(KEY, parameters)).toThrow(RangeError);
  });
});

/** Lengths of the chunks of the golden vector: 12 MiB of `golden chunks d`, key 00 01 … 1f, default parameters. */
const GOLDEN: readonly number[] = [
  763_358, 1_094_600, 896_061, 1_052_059, 1_262_213, 1_061_274, 1_021_480, 1_334_206, 722_207, 1_317_072, 1_208_542,
  849_840,
];
