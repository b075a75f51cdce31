import { BLOB_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import type { Chunker } from '../blobs/chunker.ts';
import { concatBytes, equalBytes } from '../internal/bytes.ts';
import type { Base64Decoder } from '../mime/base64-decoder.ts';
import { createMimeSplitter } from '../mime/mime-splitter.ts';
import type { MimeSink } from '../mime/mime-splitter.ts';
import type { PartSegment } from '../mime/part-segment.ts';
import type { PartSource } from '../tree/item-record.ts';
import type { BatchArenas } from './batch-arenas.ts';
import type { BlobBatch } from './blob-batch.ts';
import type { BlobGroups, GroupPlace } from './blob-group.ts';
import type { PartKind } from './part-kind.ts';
import { KNOWN_GROUP } from './prepared-part.ts';
import type { PreparedPart } from './prepared-part.ts';

/** What parts are prepared with. */
export interface Preparing {
  /** Makes digests. */
  readonly keyring: Keyring;
  /** Takes blobs. */
  readonly blobs: BlobBatch;
  /** Takes small pieces. */
  readonly groups: BlobGroups;
  /** Cuts large pieces. */
  readonly chunker: Chunker;
  /** Decodes base64. */
  readonly decoder: Base64Decoder;
  /** Holds what is made of parts until the batch is stored. */
  readonly arenas: BatchArenas;
}

/** What is to become of a part. */
export interface PreparePart extends PartKind {
  /** Digest of the same part of the same item, as it is stored already. */
  readonly known?: Uint8Array | undefined;
}

/** A source of a part: bytes, and whether they go into a group. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly grouped: boolean;
}

const DIGEST_LENGTH = 16;

/** Takes in a part that is there as a whole. What it returns is asked for once all groups are closed. */
export function preparePart(preparing: Preparing, bytes: Uint8Array, part: PreparePart): () => PreparedPart {
  const piece = (some: Uint8Array, below: number): Piece => ({
    bytes: some,
    grouped: some.length > 0 && some.length < below,
  });
  if (!part.mime) return storePieces(preparing, bytes.length, part, { pieces: [piece(bytes, part.grouped)] });

  const { header, text, attachments, segments } = splitMessage(preparing, bytes);
  if (attachments.length > 0) {
    const skeleton = [piece(header, part.grouped), piece(text, part.grouped)];
    const pieces = [...skeleton, ...attachments.map((some) => piece(some, 0))];
    return storePieces(preparing, bytes.length, part, { pieces, segments });
  }
  // Header and text one after the other are the part itself, so where both are small they are one piece.
  const areSmall = header.length < part.grouped && text.length < part.grouped;
  const pieces = areSmall
    ? [piece(bytes, Number.POSITIVE_INFINITY)]
    : [piece(header, part.grouped), piece(text, part.grouped)].filter((some) => some.bytes.length > 0);
  return storePieces(preparing, bytes.length, part, { pieces });
}

interface SplitMessage {
  readonly header: Uint8Array;
  readonly text: Uint8Array;
  readonly attachments: readonly Uint8Array[];
  readonly segments: readonly PartSegment[];
}

/** Copies what the splitter gives, which is memory that it uses again: header, then text; one attachment after the other. */
function splitMessage({ arenas, decoder }: Preparing, bytes: Uint8Array): SplitMessage {
  const { decoded, skeletons } = arenas;
  const attachments: Uint8Array[] = [];
  let headerLength = 0;
  const sink: MimeSink = {
    header(some) {
      headerLength += some.length;
      skeletons.put(some);
    },
    text: (some) => skeletons.put(some),
    attachment: (some) => decoded.put(some),
    endAttachment: () => attachments.push(decoded.cut()),
  };
  const splitter = createMimeSplitter(sink, decoder);
  splitter.push(bytes);
  const segments = splitter.end();
  const skeleton = skeletons.cut();
  return { header: skeleton.subarray(0, headerLength), text: skeleton.subarray(headerLength), attachments, segments };
}

function storePieces(
  preparing: Preparing,
  size: number,
  { known }: PreparePart,
  { pieces, segments }: { readonly pieces: readonly Piece[]; readonly segments?: readonly PartSegment[] },
): () => PreparedPart {
  const { blobs, groups, chunker } = preparing;
  const digest = digestOf(preparing.keyring, pieces);
  const isKnown = digest !== undefined && known !== undefined && equalBytes(digest, known);
  const stored = pieces.map(({ bytes, grouped }): { numbers: readonly number[] } | { place: GroupPlace } => {
    if (!grouped) return { numbers: Array.from(chunker.cut(bytes), (chunk) => blobs.add(chunk)) };
    return { place: isKnown ? { group: { number: KNOWN_GROUP }, at: 0 } : groups.add(bytes) };
  });
  return () => {
    const numbers = stored.flatMap((one) => ('numbers' in one ? one.numbers : [one.place.group.number]));
    if (segments === undefined && digest === undefined && pieces.length <= 1) return { size, blobs: numbers };
    const sources = stored.map((one, i): PartSource => {
      const length = pieces[i]?.bytes.length ?? 0;
      return 'numbers' in one
        ? { blobs: one.numbers.length, at: 0, length }
        : { blobs: 1, at: one.place.at, length, grouped: true };
    });
    return { size, blobs: numbers, sources, segments, digest };
  };
}

/** Stands for the pieces that go into groups, each with its length. */
function digestOf(keyring: Keyring, pieces: readonly Piece[]): Uint8Array | undefined {
  const grouped = pieces.filter((piece) => piece.grouped);
  if (grouped.length === 0) return undefined;
  const told = grouped.flatMap(({ bytes }) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    return [length, bytes];
  });
  return keyring.blobId(BLOB_KINDS.piece, concatBytes(told)).slice(0, DIGEST_LENGTH);
}
