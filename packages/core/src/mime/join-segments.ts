import { Buffer } from 'node:buffer';

import { encodedLength, writeBase64Lines } from './base64-encoder.ts';
import type { LineFormat } from './base64-encoder.ts';
import type { LineEnd, PartSegment } from './part-segment.ts';

/**
 * Puts a part together again from its sources: the way back from `createMimeSplitter`.
 *
 * @param sources Each whole.
 * @param size Length of the result; checked before memory for it is taken.
 * @throws A `RangeError` if the segments do not make up `size` bytes, or ask of a source what it does not have.
 */
export function joinSegments(
  segments: readonly PartSegment[],
  sources: readonly Uint8Array[],
  size: number,
): Uint8Array {
  const taken = sources.map(() => 0);
  let total = 0;
  for (const segment of segments) {
    const { source, length } = segment;
    const before = taken[source];
    if (before === undefined || before + length > sources[source]!.length) {
      throw new RangeError('A segment asks for bytes that its source does not have.');
    }
    taken[source] = before + length;
    total += joinedLength(segment);
  }
  if (total !== size) throw new RangeError('The segments do not make up the part.');

  // Not cleared: the segments make up all of it.
  const target = Buffer.allocUnsafeSlow(size);
  const part = new Uint8Array(target.buffer);
  taken.fill(0);
  let at = 0;
  for (const segment of segments) {
    const { source, length } = segment;
    const bytes = sources[source]!.subarray(taken[source], taken[source]! + length);
    if (segment.line === undefined) part.set(bytes, at);
    else writeBase64Lines(target, at, bytes, lineFormat(segment.line, segment.eol));
    taken[source]! += length;
    at += joinedLength(segment);
  }
  return part;
}

/**
 * How many bytes of the part a segment makes up.
 *
 * @throws A `RangeError` if it is none that docs/format/trees.md allows.
 */
export function joinedLength({ length, line, eol }: PartSegment): number {
  if (!Number.isSafeInteger(length) || length < 0) throw new RangeError('The length of a segment is none.');
  if (line === undefined) return length;
  if (!Number.isSafeInteger(line) || line < 0 || line % 4 !== 0) throw new RangeError('A line of base64 is none.');
  return encodedLength(length, lineFormat(line, eol));
}

function lineFormat(line: number, eol: LineEnd = 'crlf'): LineFormat {
  return { line: line === 0 ? Number.POSITIVE_INFINITY : line, eol };
}
