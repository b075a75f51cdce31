import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { encodedLength, writeBase64Lines, writeBase64LinesPlainly } from '../../src/mime/base64-encoder.ts';
import type { LineFormat } from '../../src/mime/base64-encoder.ts';
import { base64Lines } from '../../src/mime/base64-lines.ts';
import { BASE64_LINES_WASM } from '../../src/mime/base64-lines-wasm.ts';

const dice = seededRandomness(12);

/** Lines as a person would write them down. */
function byHand(bytes: Uint8Array, { line, eol }: LineFormat): string {
  const text = Buffer.from(bytes).toString('base64');
  const lines = line === Number.POSITIVE_INFINITY ? [text] : (text.match(new RegExp(`.{1,${line}}`, 'g')) ?? []);
  return lines.join(eol === 'crlf' ? '\r\n' : '\n');
}

type Writer = typeof writeBase64Lines;

function written(writer: Writer, bytes: Uint8Array, format: LineFormat): string {
  const length = encodedLength(bytes.length, format);
  const around = 20;
  const target = Buffer.alloc(length + 2 * around, 0x7e);
  writer(target, around, bytes, format);
  const text = target.toString('latin1');
  // Nothing beside its place is touched.
  expect(text.slice(0, around) + text.slice(-around)).toBe('~'.repeat(2 * around));
  return text.slice(around, -around);
}

it('is compiled of the source beside it', async () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/mime/base64-lines.wat'), 'utf8');
  const { buffer } = (await wabt()).parseWat('base64-lines.wat', source, { simd: true }).toBinary({});
  expect(BASE64_LINES_WASM).toBe(Buffer.from(buffer).toString('base64'));
  expect(base64Lines()).toBeDefined();
});

describe.each([
  ['with WebAssembly', writeBase64Lines],
  ['without', writeBase64LinesPlainly],
] as const)('lines of base64, %s', (_how, writer) => {
  it.each([4, 8, 60, 64, 72, 76, 100, 998 - (998 % 4), 40_000, Number.POSITIVE_INFINITY])(
    'are those of everybody else, %s characters long',
    (line) => {
      const lineBytes = (line / 4) * 3;
      const near = Number.isFinite(lineBytes)
        ? [lineBytes, 2 * lineBytes, Math.floor(24_576 / lineBytes) * lineBytes].filter((length) => length > 0)
        : [24_576, 49_152];
      const lengths = [
        ...Array.from({ length: 40 }, (_, length) => length),
        ...near.flatMap((length) => [-3, -2, -1, 0, 1, 2, 3].map((more) => length + more)),
        ...Array.from({ length: 10 }, () => dice.integer(1, 120_000)),
      ].filter((length) => length >= 0);
      const wrong: string[] = [];
      for (const eol of ['lf', 'crlf'] as const) {
        for (const length of lengths) {
          const bytes = dice.bytes(length);
          const format = { line, eol };
          if (written(writer, bytes, format) !== byHand(bytes, format)) wrong.push(`${length} bytes, ${eol}`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  it('have each of the 64 characters in each place', () => {
    const bytes = Uint8Array.from(
      { length: 3 * 4096 },
      (_none, i) => [i >> 4, ((i << 4) | (i >> 8)) & 0xff, i & 0xff][i % 3]!,
    );
    const format = { line: 76, eol: 'crlf' } as const;
    expect(written(writer, bytes, format)).toBe(byHand(bytes, format));
  });
});
