import type { Chunker } from '../blobs/chunker.ts';
import { concatBytes } from '../internal/bytes.ts';
import { createMimeSplitter } from '../mime/mime-splitter.ts';
import type { PartSegment } from '../mime/part-segment.ts';
import type { PartSource } from '../tree/item-record.ts';
import type { BlobBatch } from './blob-batch.ts';
import type { BlobGroups, GroupPlace } from './blob-group.ts';
import type { PartKind } from './part-kind.ts';
import type { PreparedPart } from './prepared-part.ts';

/** What parts are prepared with. */
export interface Preparing {
  /** Takes blobs. */
  readonly blobs: BlobBatch;
  /** Takes small pieces. */
  readonly groups: BlobGroups;
  /** Cuts large pieces. */
  readonly chunker: Chunker;
}

/** A source of a part: its blobs, or its place in a group. */
type Piece = { readonly length: number } & ({ readonly numbers: readonly number[] } | { readonly place: GroupPlace });

/** Takes in a part that is there as a whole. What it returns is asked for once all groups are closed. */
export function preparePart(preparing: Preparing, bytes: Uint8Array, kind: PartKind): () => PreparedPart {
  if (kind.mime) return prepareMessage(preparing, bytes, kind);
  const piece = preparePiece(preparing, bytes, kind.grouped);
  return () => joinPieces(bytes.length, [piece], undefined);
}

function prepareMessage(preparing: Preparing, bytes: Uint8Array, kind: PartKind): () => PreparedPart {
  const collected: Uint8Array[][] = [[], []];
  let attachment: Uint8Array[] = [];
  const attachments: Piece[] = [];
  const splitter = createMimeSplitter({
    // What the sink is given is memory that is used again.
    header: (some) => collected[0]?.push(some.slice()),
    text: (some) => collected[1]?.push(some.slice()),
    attachment: (some) => attachment.push(some.slice()),
    endAttachment() {
      attachments.push(preparePiece(preparing, concatBytes(attachment), 0));
      attachment = [];
    },
  });
  splitter.push(bytes);
  const segments = splitter.end();
  if (attachments.length === 0) {
    // The sources one after the other are the part itself.
    const header = concatBytes(collected[0] ?? []).length;
    const split = header < kind.grouped && bytes.length - header < kind.grouped ? bytes.length : header;
    const pieces = [bytes.subarray(0, split), bytes.subarray(split)]
      .filter(({ length }) => length > 0)
      .map((some) => preparePiece(preparing, some, split === bytes.length ? Infinity : kind.grouped));
    return () => joinPieces(bytes.length, pieces, undefined);
  }
  const skeleton = collected.map((some) => preparePiece(preparing, concatBytes(some), kind.grouped));
  return () => joinPieces(bytes.length, [...skeleton, ...attachments], segments);
}

function preparePiece({ blobs, groups, chunker }: Preparing, bytes: Uint8Array, grouped: number): Piece {
  const { length } = bytes;
  if (length > 0 && length < grouped) return { length, place: groups.add(bytes) };
  return { length, numbers: [...chunker.cut(bytes)].map((chunk) => blobs.add(chunk)) };
}

function joinPieces(
  size: number,
  pieces: readonly Piece[],
  segments: readonly PartSegment[] | undefined,
): PreparedPart {
  const [first] = pieces;
  if (pieces.length === 0) return { size, blobs: [] };
  if (segments === undefined && pieces.length === 1 && first !== undefined && 'numbers' in first) {
    return { size, blobs: first.numbers };
  }
  const blobs = pieces.flatMap((piece) => ('numbers' in piece ? piece.numbers : [piece.place.group.number]));
  const sources = pieces.map((piece): PartSource => {
    const { length } = piece;
    return 'numbers' in piece
      ? { blobs: piece.numbers.length, at: 0, length }
      : { blobs: 1, at: piece.place.at, length };
  });
  return { size, blobs, sources, segments };
}
