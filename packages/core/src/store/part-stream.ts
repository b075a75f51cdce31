import type { Chunker, ChunkStream } from '../blobs/chunker.ts';
import { createMimeSplitter } from '../mime/mime-splitter.ts';
import type { PartSegment } from '../mime/part-segment.ts';
import type { PartSource } from '../tree/item-record.ts';
import type { BlobBatch } from './blob-batch.ts';

/** A part that is too long to be held: it goes through a lane piece by piece, and nothing of it is grouped. */
export interface PartStream {
  /** Takes the next bytes; the chunks that are certain by now go to the batch. Returns their numbers there. */
  push(bytes: Uint8Array, batch: BlobBatch): readonly number[];
  /** Takes the end. */
  end(batch: BlobBatch): { readonly numbers: readonly number[]; readonly part: StreamedPart };
}

/** What became of a part that came as a stream. Which blobs it has is told with each batch. */
export interface StreamedPart {
  /** Its length in bytes. */
  readonly size: number;
  /** What it is put together from; absent where it is its blobs, one after the other. */
  readonly sources?: readonly PartSource[] | undefined;
  /** How. */
  readonly segments?: readonly PartSegment[] | undefined;
  /** The part's blobs in their order, as numbers of the order in which they were taken. */
  readonly order: readonly number[];
}

interface OpenSource {
  readonly chunks: ChunkStream;
  readonly blobs: number[];
  length: number;
}

/** Header and text come before it. */
const FIRST_ATTACHMENT = 2;

/** Begins a part. However many attachments it has, the memory of three sources is all that is held. */
export function createPartStream(chunker: Chunker, isMime: boolean): PartStream {
  const sources: OpenSource[] = [];
  // One attachment is taken in after the other, so all of them go through the same memory.
  const attachments = chunker.stream();
  let taken = 0;
  let size = 0;
  let batch: BlobBatch | undefined;
  let numbers: number[] = [];
  let isDecoding = false;

  function keep(source: OpenSource, chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      if (batch !== undefined) numbers.push(batch.add(chunk));
      source.blobs.push(taken);
      taken += 1;
    }
  }

  function sourceAt(number: number): OpenSource {
    while (sources.length <= number) {
      sources.push({
        chunks: sources.length < FIRST_ATTACHMENT ? chunker.stream() : attachments,
        blobs: [],
        length: 0,
      });
    }
    return sources[number] as OpenSource;
  }

  function give(number: number, bytes: Uint8Array): void {
    const source = sourceAt(number);
    source.length += bytes.length;
    keep(source, source.chunks.push(bytes));
  }

  const splitter = isMime
    ? createMimeSplitter({
        header: (bytes) => give(0, bytes),
        text: (bytes) => give(1, bytes),
        attachment(bytes) {
          if (!isDecoding) sourceAt(Math.max(FIRST_ATTACHMENT, sources.length));
          isDecoding = true;
          give(sources.length - 1, bytes);
        },
        endAttachment() {
          const source = sources.at(-1) as OpenSource;
          keep(source, source.chunks.end());
          isDecoding = false;
        },
      })
    : undefined;

  return {
    push(bytes, into) {
      batch = into;
      numbers = [];
      size += bytes.length;
      if (splitter === undefined) give(0, bytes);
      else splitter.push(bytes);
      return numbers;
    },
    end(into) {
      batch = into;
      numbers = [];
      const segments = splitter?.end();
      for (const source of sources.slice(0, FIRST_ATTACHMENT)) keep(source, source.chunks.end());
      const order = sources.flatMap(({ blobs }) => blobs);
      if (segments === undefined) return { numbers, part: { size, order } };
      const described = sources.map(({ blobs, length }) => ({ blobs: blobs.length, at: 0, length }));
      return { numbers, part: { size, sources: described, segments, order } };
    },
  };
}
