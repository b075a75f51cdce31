import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/internal/bytes.ts';
import { joinSegments } from '../../src/mime/join-segments.ts';
import { createMimeSplitter } from '../../src/mime/mime-splitter.ts';
import type { PartSegment } from '../../src/mime/part-segment.ts';
import { propertyRuns } from '../internal/property-runs.ts';

interface Split {
  readonly sources: Uint8Array[];
  readonly segments: readonly PartSegment[];
}

/** Splits bytes that come in pieces of these lengths, over and over. */
function split(bytes: Uint8Array, lengths: readonly number[] = [bytes.length]): Split {
  const collected: Uint8Array[][] = [[], []];
  let attachment: Uint8Array[] = [];
  const splitter = createMimeSplitter({
    header: (some) => collected[0]?.push(new Uint8Array(some)),
    text: (some) => collected[1]?.push(new Uint8Array(some)),
    attachment: (some) => attachment.push(new Uint8Array(some)),
    endAttachment() {
      collected.push(attachment);
      attachment = [];
    },
  });
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const piece = bytes.slice(at, at + Math.max(1, lengths[i % lengths.length] ?? 1));
    splitter.push(piece);
    at += piece.length;
    // Memory that is used again, as slabs are.
    piece.fill(0xee);
  }
  const segments = splitter.end();
  return { sources: collected.map(concatBytes), segments };
}

function expectBack(bytes: Uint8Array, lengths?: readonly number[]): Split {
  const made = split(bytes, lengths);
  const back = joinSegments(made.segments, made.sources, bytes.length);
  expect(Buffer.compare(back, bytes), 'byte-identical').toBe(0);
  return made;
}

const latin = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const content = (length: number, seed = 1): Buffer =>
  Buffer.from(Array.from({ length }, (_, i) => (Math.imul(i + seed * 977, 2_654_435_761) >>> 13) & 255));
const lines = (base64: string, line: number, eol: string): string =>
  base64.match(new RegExp(`.{1,${line}}`, 'g'))?.join(eol) ?? '';
const HEAD = 'Subject: hello\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n';

describe('a message that is split', () => {
  it.each([
    ['76 and CR LF', 76, '\r\n'],
    ['72 and LF', 72, '\n'],
    ['64 and CR LF', 64, '\r\n'],
    ['60 and LF', 60, '\n'],
    ['4 and LF', 4, '\n'],
    ['996 and CR LF', 996, '\r\n'],
  ])('has its attachment decoded: lines of %s', (_, line, eol) => {
    for (const length of [1024, 1500, 1501, 1502, 100_000]) {
      const attachment = content(length);
      const bytes = latin(`${HEAD}${lines(attachment.toString('base64'), line, eol)}${eol}--b--${eol}`);
      const { sources, segments } = expectBack(bytes);
      expect(segments.some((segment) => segment.line === line)).toBe(true);
      expect(Buffer.concat(sources.slice(2)).equals(attachment)).toBe(true);
      expect(Buffer.from(sources[0] ?? []).toString('latin1')).toBe(HEAD.slice(0, HEAD.indexOf('--b')));
    }
  });

  it('has base64 in one long line decoded, whatever comes after it', () => {
    for (const length of [1026, 1027, 1028, 50_000, 50_001, 200_000]) {
      const attachment = content(length);
      for (const after of ['', '\r\n--b--', '\n', '\r', '=', '==', 'A', 'AB==', '-_', ' AAAA', '\r\nAAAA']) {
        const bytes = latin(`${HEAD}${attachment.toString('base64')}${after}`);
        const { sources, segments } = expectBack(bytes);
        expect(segments[2]).toMatchObject({ source: 2, line: 0 });
        expect(Buffer.from(sources[2] ?? []).indexOf(attachment.subarray(0, length - (length % 3)))).toBe(0);
        expect(split(bytes, [1, 700, 3])).toEqual({ sources, segments });
      }
    }
  });

  it('has the same attachment from one long line as from lines', () => {
    const attachment = content(50_000);
    const inLines = expectBack(latin(`${HEAD}${lines(attachment.toString('base64'), 76, '\r\n')}\r\n--b--`));
    const inOne = expectBack(latin(`${HEAD}${attachment.toString('base64')}\r\n--b--`));
    expect(inOne.sources[2]).toEqual(inLines.sources[2]);
  });

  it.each([
    ['998', 998],
    ['999', 999],
    ['1364', 1364],
  ])('keeps a single line of %s characters as it is', (_, length) => {
    expect(expectBack(latin(`${HEAD}${'A'.repeat(length)}\r\n--b--`)).sources).toHaveLength(2);
  });

  it.each([
    ['a character that is none', (text: string) => text.replace('A', '-')],
    ['a blank in it', (text: string) => `${text.slice(0, 3000)} ${text.slice(3000)}`],
    ['a line end in it', (text: string) => `${text.slice(0, 3001)}\n${text.slice(3001)}`],
    ['padding in the middle', (text: string) => `${text.slice(0, 3000)}AA==${text.slice(3004)}`],
    ['bits behind the end', (text: string) => text.replace(/.=$/, 'B=')],
    ['no padding', (text: string) => text.replaceAll('=', '')],
    ['a character too many', (text: string) => text.replaceAll('=', 'A')],
  ])('comes back although the long line of its base64 has %s', (_, spoil) => {
    for (const length of [50_000, 50_001, 50_002]) {
      const spoilt = spoil(content(length).toString('base64'));
      expectBack(latin(`${HEAD}${spoilt}`));
      expectBack(latin(`${HEAD}${spoilt}\r\n--b--\r\n`), [1, 700, 3]);
    }
  });

  it.each([
    ['a character that is none', (text: string) => text.replace('A', '-')],
    ['a blank at the end of a line', (text: string) => text.replace('\r\n', ' \r\n')],
    ['a line that is too long', (text: string) => text.replace('\r\n', 'AAAA\r\n')],
    ['a line end of another kind', (text: string) => text.replace('\r\n', '\n')],
    ['CR alone', (text: string) => text.replace('\r\n', '\r')],
    ['a NUL', (text: string) => `${text.slice(0, 3000)}\0${text.slice(3001)}`],
    ['bits behind the end', (text: string) => text.replace(/.=\s*$/, 'B=')],
    ['no padding', (text: string) => text.replaceAll('=', '')],
    ['padding in the middle', (text: string) => `${text.slice(0, 3000)}====${text.slice(3004)}`],
    ['no end', (text: string) => text.slice(0, -1)],
  ])('comes back although its base64 has %s', (_, spoil) => {
    for (const length of [5000, 5001, 5002]) {
      const spoilt = spoil(lines(content(length).toString('base64'), 76, '\r\n'));
      expectBack(latin(`${HEAD}${spoilt}`));
      expectBack(latin(`${HEAD}${spoilt}\r\n--b--\r\n`), [1, 700, 3]);
    }
  });

  it('has 64 attachments apart at most, and costs nothing for ten thousand', () => {
    const part = `--b\r\n\r\n${lines(content(2000).toString('base64'), 76, '\r\n')}\r\n`;
    const { sources, segments } = expectBack(latin(HEAD + part.repeat(200)));
    expect(sources).toHaveLength(2 + 64);
    expect(segments.length).toBeLessThanOrEqual(130);
    const bomb = Array.from(
      { length: 10_000 },
      (_, i) => `Content-Type: multipart/mixed; boundary=${i}\r\n\r\n--${i}\r\n`,
    );
    expect(expectBack(latin(bomb.join(''))).segments.length).toBeLessThanOrEqual(130);
  });

  it('may be nothing, or all header', () => {
    expect(expectBack(latin('')).segments).toEqual([]);
    expect(expectBack(latin('Subject: x')).segments).toEqual([{ source: 0, length: 10 }]);
    expectBack(latin('\r\n'));
    expectBack(latin('\n\n\n'));
  });

  it('is split the same however it comes in pieces, and always comes back', () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.constantFrom('\r\n', '\n', '\r', '=', '==', '\r\n\r\n', '--b\r\n', ' '),
      fc
        .tuple(
          fc.integer({ min: 0, max: 9000 }),
          fc.constantFrom(4, 60, 64, 72, 76, 80, 996, 1000, 4000),
          fc.constantFrom('\r\n', '\n'),
        )
        .map(([length, line, eol]) => lines(content(length, length).toString('base64'), line, eol)),
      fc.integer({ min: 1, max: 40_000 }).map((length) => content(length, 3).toString('base64')),
    );
    const message = fc.array(chunk, { maxLength: 12 }).map((chunks) => latin(HEAD + chunks.join('')));
    fc.assert(
      fc.property(
        message,
        fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 }),
        (bytes, cuts) => {
          const whole = expectBack(bytes);
          const pieces = split(bytes, cuts);
          expect(pieces.segments).toEqual(whole.segments);
          expect(
            pieces.sources.every((source, i) => Buffer.compare(source, whole.sources[i] as Uint8Array) === 0),
          ).toBe(true);
        },
      ),
      { numRuns: propertyRuns },
    );
  });
});

describe('segments', () => {
  it.each([
    [[{ source: 1, length: 1 }], 1],
    [[{ source: 0, length: 4 }], 4],
    [[{ source: 0, length: 2 }], 3],
    [[{ source: 0, length: -1 }], 0],
    [[{ source: 0, length: 3, line: 3, eol: 'lf' as const }], 4],
    [[{ source: 0, length: 3, line: -4, eol: 'lf' as const }], 4],
    [[{ source: 0, length: 3, line: 0, eol: 'lf' as const }], 5],
  ])('that do not fit are refused: %j', (segments, size) => {
    expect(() => joinSegments(segments, [Uint8Array.of(1, 2, 3)], size)).toThrow(RangeError);
  });
});
