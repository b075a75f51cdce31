import { Buffer } from 'node:buffer';

import { createBase64Decoder } from './base64-decoder.ts';
import type { Base64Decoder } from './base64-decoder.ts';
import { createBodyScanner } from './body-scanner.ts';
import type { BodySink } from './body-scanner.ts';
import { headerEnd } from './header-end.ts';
import type { PartSegment } from './part-segment.ts';

/** Takes what a part is split into. All bytes are memory that is used again as soon as the call returns. */
export interface MimeSink {
  /** The next bytes of the header: source 0. */
  header(bytes: Uint8Array): void;
  /** The next bytes of all that is neither header nor decoded: source 1. */
  text(bytes: Uint8Array): void;
  /** The next bytes of what is decoded just now: source 2 up to the first {@link endAttachment}, then 3, and so on. */
  attachment(bytes: Uint8Array): void;
  /** What was decoded is whole. */
  endAttachment(): void;
}

/** Splits one part: {@link createMimeSplitter}. */
export interface MimeSplitter {
  /** Takes the next bytes. They may be changed once the call returned. */
  push(bytes: Uint8Array): void;
  /** Says that there are no more, and how the part is put together again. Nothing may be pushed afterwards. */
  end(): readonly PartSegment[];
}

/** A segment that may still get longer. */
type Growing = { -readonly [Name in keyof PartSegment]: PartSegment[Name] };

/** More than the scanner ever needs to see at once, so that there is always some way forward. */
const HELD = 8 * 1024;

/**
 * Makes a splitter for one message, with a decoder that others may have too: its header up to the first empty line, each run of base64 decoded, and all
 * the rest. `joinSegments` gives the very bytes back, whatever they are; no MIME is understood, so none can be
 * misunderstood.
 *
 * Decoded is only what encoding gives back exactly: lines of one length and one line end, of up to 998 characters, the
 * last of them shorter if need be and padded with zero bits; or a single line that is longer. Runs of less than 1 KiB stay
 * text, and so does everything after the first 64 runs.
 *
 * The result does not depend on how the bytes are cut into pieces. At most 8 KiB are held back, and nothing is kept of
 * what was given on but the segments, at most 130 of them.
 */
export function createMimeSplitter(sink: MimeSink, decoder: Base64Decoder = createBase64Decoder()): MimeSplitter {
  const segments: Growing[] = [];
  const bodySink: BodySink = {
    text: give(1, (bytes) => sink.text(bytes)),
    attachment: (bytes) => sink.attachment(bytes),
    endAttachment(segment) {
      segments.push(segment);
      sink.endAttachment();
    },
  };
  const body = createBodyScanner(bodySink, decoder);
  const giveHeader = give(0, (bytes) => sink.header(bytes));
  let isHeader = true;
  let isStart = true;
  let holder = Buffer.alloc(0);
  let held = 0;

  function give(source: number, into: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
    return (bytes) => {
      if (bytes.length === 0) return;
      const last = segments.at(-1);
      if (last?.source === source) last.length += bytes.length;
      else segments.push({ source, length: bytes.length });
      into(bytes);
    };
  }

  /** Gives on what can be told; the number of bytes that are done with. */
  function take(block: Buffer, isLast: boolean): number {
    let from = 0;
    if (isHeader) {
      const { end, isFound } = headerEnd(block, isStart, isLast);
      giveHeader(block.subarray(0, end));
      if (end > 0) isStart = false;
      if (!isFound) return end;
      isHeader = false;
      from = end;
    }
    return body.take(block, from, isLast);
  }

  return {
    push(bytes) {
      let block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      while (held > 0) {
        const added = block.copy(holder, held);
        held += added;
        if (held < HELD) return;
        const left = HELD - take(holder, false);
        const isInBlock = left <= added;
        holder.copyWithin(0, HELD - left);
        held = isInBlock ? 0 : left;
        block = block.subarray(isInBlock ? added - left : added);
      }
      const left = block.subarray(take(block, false));
      if (left.length === 0) return;
      if (holder.length === 0) holder = Buffer.allocUnsafe(HELD);
      held = left.copy(holder);
    },
    end() {
      take(holder.subarray(0, held), true);
      held = 0;
      return segments;
    },
  };
}
