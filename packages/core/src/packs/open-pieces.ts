import { BLOB_KINDS } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { PackInfo } from '../index-segments/blob-segment.ts';
import type { StoredPart } from '../tree/item-record.ts';
import { concatBytes } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { assemblePart } from '../tree/assemble-part.ts';
import type { LaneContext, TaskResult } from '../threads/tasks.ts';
import { openLocatedBlob } from './open-located-blob.ts';

/** Something to be made of pieces: a part of an item, or, without a recipe, the pieces one after the other. */
export interface Assembly {
  /** Numbers of its blobs in {@link OpenPiecesInput.places}. */
  readonly blobs: readonly number[];
  /** The part that they make up, if they are not simply joined. */
  readonly part: Omit<StoredPart, 'blobs'> | undefined;
}

/** Sealed pieces, and what is to be made of them. */
export interface OpenPiecesInput {
  /** Ranges of packs that they lie in, each in a buffer of its own. */
  readonly ranges: readonly Uint8Array[];
  /** Their ids, 32 bytes each. */
  readonly ids: Uint8Array;
  /** Of each: number of its pack, ordinal, number of its range, offset in that, length. A length of 0: it could not be read. */
  readonly places: Uint32Array;
  /** The packs. */
  readonly packs: readonly PackInfo[];
  /** What is to be made. */
  readonly assemblies: readonly Assembly[];
}

/** What was made, in order, each in a buffer of its own; `undefined` where a piece is damaged or missing. */
export type OpenedPieces = readonly (Uint8Array | undefined)[];

/** Numbers for each piece in `places`. */
export const PLACE_NUMBERS = 5;
/** Length of an id. */
export const ID_LENGTH = 32;

/**
 * Opens pieces, each once, verifies their ids and puts together what is made of them. What cannot be opened or put
 * together is left out: its reader finds out why, and whether there is another copy. The ranges are freed, and each piece as
 * soon as nothing more is made of it.
 */
export function openPieces({ keyring }: LaneContext, input: OpenPiecesInput): TaskResult<OpenedPieces> {
  const { ranges, ids, places, packs, assemblies } = input;
  const opened = new Map<number, OpenedPiece>();
  const uses = new Uint32Array(places.length / PLACE_NUMBERS);
  for (const { blobs } of assemblies) for (const number of blobs) if (number < uses.length) uses[number]! += 1;

  function open(number: number): OpenedPiece {
    const known = opened.get(number);
    if (known !== undefined) return known;
    const [pack = 0, ordinal = 0, range = 0, offset = 0, length = 0] = places.subarray(
      number * PLACE_NUMBERS,
      (number + 1) * PLACE_NUMBERS,
    );
    const info = packs[pack];
    const sealed = ranges[range]?.subarray(offset, offset + length);
    const expected = { kind: BLOB_KINDS.piece, id: ids.subarray(number * ID_LENGTH, (number + 1) * ID_LENGTH) };
    const bytes =
      length === 0 || info === undefined || sealed === undefined
        ? undefined
        : orNothing(() => openLocatedBlob(keyring, expected, { pack: info, ordinal }, sealed));
    const piece = { bytes, isOwn: bytes?.buffer !== sealed?.buffer };
    opened.set(number, piece);
    return piece;
  }

  function close(number: number): void {
    uses[number]! -= 1;
    const piece = opened.get(number);
    if (uses[number] !== 0 || piece === undefined) return;
    opened.delete(number);
    if (piece.bytes !== undefined && piece.isOwn) freeBytes(piece.bytes);
  }

  const made = assemblies.map(({ blobs, part }) => {
    const pieces = blobs.flatMap((number) => open(number).bytes ?? []);
    const bytes =
      pieces.length < blobs.length
        ? undefined
        : orNothing(() => (part === undefined ? concatBytes(pieces) : assemblePart(part, pieces)));
    // What is a piece, or a view of one, has to outlive it.
    const own = bytes !== undefined && pieces.some(({ buffer }) => buffer === bytes.buffer) ? bytes.slice() : bytes;
    for (const number of blobs) close(number);
    return own;
  });
  for (const range of ranges) freeBytes(range);
  return {
    output: made,
    transfer: made.flatMap((bytes) => (bytes === undefined ? [] : (bytes.buffer as ArrayBuffer))),
  };
}

interface OpenedPiece {
  /** Absent if it could not be read or opened. */
  readonly bytes: Uint8Array | undefined;
  /** Whether it has memory of its own; if not, it is a view of its range. */
  readonly isOwn: boolean;
}

function orNothing<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (RepositoryError.is(error) || CryptoError.is(error)) return undefined;
    throw error;
  }
}
