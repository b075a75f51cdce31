/**
 * Lines of base64 with WebAssembly and without, alternating: `node tools/run.mjs bench/experiments/base64-lines.ts`. What came of
 * it: docs/decisions/0006-base64-in-webassembly.md.
 */
import {
  encodedLength,
  writeBase64Lines,
  writeBase64LinesPlainly,
} from '../../packages/core/src/mime/base64-encoder.ts';
import { seededRandomness } from '@holdfast/testkit';

const ROUNDS = 9;
const AT_ONCE = 64 * 1024 * 1024;
const format = { line: 76, eol: 'crlf' } as const;
const dice = seededRandomness(11);

for (const size of [3000, 50_000, 1_000_000]) {
  const bytes = dice.bytes(size);
  const target = Buffer.alloc(encodedLength(size, format));
  const times = Math.ceil(AT_ONCE / size);
  const [quick, plain]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    quick.push(speed(() => writeBase64Lines(target, 0, bytes, format)));
    plain.push(speed(() => writeBase64LinesPlainly(target, 0, bytes, format)));
  }
  const [one, other] = [median(quick), median(plain)];
  console.log(
    `${size} bytes: WebAssembly ${one.toFixed(0)} MB/s, without ${other.toFixed(0)} MB/s: ${(one / other).toFixed(1)}`,
  );

  function speed(write: () => void): number {
    const begin = performance.now();
    for (let i = 0; i < times; i += 1) write();
    return (size * times) / 1000 / (performance.now() - begin);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
