import type { Buffer } from 'node:buffer';

import { MOST_CHARACTERS } from './base64-decoder.ts';
import type { Base64Decoder } from './base64-decoder.ts';
import { alphabetEnd, hasLineEnd, lastForeign, lineEndLength, paddingAt, readBase64Line } from './base64-line.ts';
import { findRun, SHORTEST_RUN_ENCODED } from './find-run.ts';
import type { LineEnd, PartSegment } from './part-segment.ts';

/** Takes what {@link BodyScanner} tells apart. All bytes are memory that is used again. */
export interface BodySink {
  /** The next bytes that are not decoded. */
  text(bytes: Uint8Array): void;
  /** The next bytes of what is decoded just now. */
  attachment(bytes: Uint8Array): void;
  /** What was decoded is whole, and this is how it is encoded again. */
  endAttachment(segment: PartSegment): void;
}

/** Finds runs of base64 in the body of a message. */
export interface BodyScanner {
  /**
   * Takes bytes from `from` on.
   *
   * @param isLast Whether the body ends with them.
   * @returns How many bytes of the block are done with. The others, less than 4 KiB, must come again with what follows.
   */
  take(block: Buffer, from: number, isLast: boolean): number;
}

/** A run under way. */
interface Run {
  /** Characters in a line; 0 while it is the only one. */
  readonly line: number;
  readonly eol: LineEnd;
  decoded: number;
}

/** No part has more runs: what a part costs on storage must have an end. */
const MOST_RUNS = 64;
/** Source of the first run; before it are header and text. */
const FIRST_SOURCE = 2;
const LF = 0x0a;

/** Makes a scanner for one body, which begins at a line start. */
export function createBodyScanner(sink: BodySink, decoder: Base64Decoder): BodyScanner {
  let run: Run | undefined;
  let runs = 0;
  let isLineStart = true;
  /** Where in the block things are; set anew by each call. */
  let block: Buffer;
  let at = 0;
  let end = 0;
  let isLast = false;

  /** Decodes from `from` to before `to` if it is nothing but base64 and line ends; says whether it was. */
  function tryToDecode(from: number, to: number, length: number): boolean {
    if (length === 0) return true;
    const bytes = decoder.decode(block, from, to, length);
    if (bytes === undefined) return false;
    sink.attachment(bytes);
    run!.decoded += length;
    return true;
  }

  /** Decodes what was seen to be base64. Should the decoder disagree, nothing may be stored. */
  function decode(from: number, to: number, length: number): void {
    if (!tryToDecode(from, to, length)) throw new Error('What is base64 was not decoded as such.');
  }

  function endRun({ line, eol, decoded }: Run): void {
    sink.endAttachment({
      source: FIRST_SOURCE + runs,
      length: decoded,
      line,
      eol,
    });
    runs += 1;
    run = undefined;
    isLineStart = false;
  }

  /** Gives on text as far as it is clear that no run begins there; stops where one does. */
  function takeText(): void {
    const start = at;
    // From `at` up to here there are no bytes but those of lines of base64.
    let clear = at;
    while (run === undefined) {
      if (runs === MOST_RUNS) {
        at = end;
        break;
      }
      // A run would reach beyond the window, so none lies across a byte that is foreign to it. Text has one every few
      // bytes, so hardly more than the window's end is ever looked at.
      const window = at + SHORTEST_RUN_ENCODED;
      const known = Math.min(window, end);
      const foreign = lastForeign(block, Math.max(at, clear), known);
      clear = Math.max(clear, known);
      if (foreign !== -1) {
        at = foreign + 1;
        isLineStart = false;
      } else if (window > end) {
        if (isLast) at = end;
        break;
      } else if (!isLineStart) {
        const lineEnd = block.subarray(at, window).indexOf(LF);
        isLineStart = lineEnd !== -1;
        at = isLineStart ? at + lineEnd + 1 : window;
      } else {
        const found = findRun(block, at, end, isLast);
        if (found === 'more') break;
        if (found.line === undefined) {
          isLineStart = found.at > at;
          at = found.at;
        } else {
          if (at > start) sink.text(block.subarray(start, at));
          beginRun(found.line, found.eol);
          return;
        }
      }
    }
    if (at > start) sink.text(block.subarray(start, at));
  }

  function beginRun(line: number, eol: LineEnd): void {
    run = { line, eol, decoded: 0 };
    if (line === 0) return;
    // What was found begins with a whole line; after it, `at` is always before a line end.
    decode(at, at + line, (line / 4) * 3);
    at += line;
  }

  /** Decodes lines up to the end of the run, or as far as the bytes go. */
  function takeLines(current: Run): void {
    const { line, eol } = current;
    const lineEnd = lineEndLength(eol);
    const stride = lineEnd + line;
    const perLine = (line / 4) * 3;
    for (;;) {
      const lines = countLines(stride, eol);
      if (lines > 0 && tryToDecode(at, at + lines * stride, lines * perLine)) {
        at += lines * stride;
        continue;
      }
      const sound = lines === 0 ? 0 : countSoundLines(lines, stride, lineEnd);
      decode(at, at + sound * stride, sound * perLine);
      at += sound * stride;
      const next = readBase64Line(block, at + lineEnd, end, isLast);
      if (next === 'more') return;
      if (typeof next === 'object' && next.characters <= line) {
        const { characters, padding } = next;
        decode(at, at + lineEnd + characters, (characters / 4) * 3 - padding);
        at += lineEnd + characters;
        if (characters === line && padding === 0 && next.eol === eol) continue;
      }
      endRun(current);
      return;
    }
  }

  /** Decodes the one line of a run up to its end, or as far as the bytes go. */
  function takeLongLine(current: Run): void {
    for (;;) {
      // Something is held back until the last block, or nobody would hear of the end.
      const whole = Math.min(MOST_CHARACTERS, wholeFours(at, isLast ? end : end - 1));
      if (whole > 0 && tryToDecode(at, at + whole, (whole / 4) * 3)) {
        at += whole;
        continue;
      }
      const sound = wholeFours(at, alphabetEnd(block, at, at + whole));
      decode(at, at + sound, (sound / 4) * 3);
      at += sound;
      if (end - at <= 4 && !isLast) return;
      const padding = end - at < 4 ? 0 : paddingAt(block, at);
      if (padding > 0) {
        decode(at, at + 4, 3 - padding);
        at += 4;
      }
      endRun(current);
      return;
    }
  }

  /** How many lines follow of which both ends are where they belong, as many as are decoded at once. */
  function countLines(stride: number, eol: LineEnd): number {
    const most = Math.min(Math.floor(MOST_CHARACTERS / stride), Math.floor((end - at - 2) / stride));
    let next = at + stride;
    let count = 0;
    for (; count < most && hasLineEnd(block, next, eol); next += stride) count += 1;
    return count;
  }

  /** How many of these lines, from the first on, have nothing but characters of the alphabet. */
  function countSoundLines(lines: number, stride: number, lineEnd: number): number {
    let count = 0;
    for (; count < lines; count += 1) {
      const next = at + (count + 1) * stride;
      if (alphabetEnd(block, at + count * stride + lineEnd, next) < next) break;
    }
    return count;
  }

  return {
    take(bytes, from, isLastBlock) {
      block = bytes;
      at = from;
      end = bytes.length;
      isLast = isLastBlock;
      while (at < end) {
        const before = { at, run };
        if (run === undefined) takeText();
        else if (run.line === 0) takeLongLine(run);
        else takeLines(run);
        if (at === before.at && run === before.run) break;
      }
      return at;
    },
  };
}

/** How many characters there are from `from` to before `to`, those left out that do not make up four. */
function wholeFours(from: number, to: number): number {
  return to - from - ((to - from) % 4);
}
