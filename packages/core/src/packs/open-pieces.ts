import { BLOB_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { PackInfo } from '../index-segments/blob-segment.ts';
import type { StoredPart } from '../tree/item-record.ts';
import { concatBytes } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { assemblePart } from '../tree/assemble-part.ts';
import type { LaneContext, TaskResult } from '../threads/tasks.ts';
import { packError } from '../threads/transported-error.ts';
import type { TransportedError } from '../threads/transported-error.ts';
import { openLocatedBlob } from './open-located-blob.ts';
import { createFileRangeReader } from './range-of-file.ts';
import type { FileRangeReader, RangeOfFile } from './range-of-file.ts';
import { saveFileNow } from './save-file.ts';
import type { FileToSave } from './save-file.ts';

/** Something to be made of pieces: a part of an item, or, without a recipe, the pieces one after the other. */
export interface Assembly {
  /** Numbers of its blobs in {@link OpenPiecesInput.places}. */
  readonly blobs: readonly number[];
  /** The part that they make up, if they are not simply joined. */
  readonly part: Omit<StoredPart, 'blobs'> | undefined;
}

/** Sealed pieces, and what is to be made of them. */
export interface OpenPiecesInput {
  /** Ranges of packs that they lie in, each in a buffer of its own, or still in a file. */
  readonly ranges: readonly (Uint8Array | RangeOfFile)[];
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

/** Sealed pieces, and the files that what is made of them is written into. */
export interface SavePiecesInput extends OpenPiecesInput {
  /** A file for each of {@link OpenPiecesInput.assemblies}. */
  readonly files: readonly FileToSave[];
}

/** What became of each file: it is there; a piece is damaged or missing; or why it could not be written. */
export type SavedPieces = readonly ('saved' | 'unread' | TransportedError)[];

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
  // What is a piece, or a view of one, has to outlive it.
  const output = makeParts(keyring, input, (made) => (made?.isOwn === false ? made.bytes.slice() : made?.bytes));
  return { output, transfer: output.flatMap((bytes) => (bytes === undefined ? [] : (bytes.buffer as ArrayBuffer))) };
}

/** The same, but what is made is written into files at once, in order. */
export function savePieces({ keyring }: LaneContext, input: SavePiecesInput): TaskResult<SavedPieces> {
  const output = makeParts(keyring, input, (made, position) => {
    const file = input.files[position];
    if (made === undefined || file === undefined) return 'unread';
    try {
      saveFileNow(file, made.bytes);
      return 'saved';
    } catch (error) {
      return packError(error);
    } finally {
      if (made.isOwn) freeBytes(made.bytes);
    }
  });
  return { output, transfer: [] };
}

/** Makes everything that was ordered, one after the other, and gives it to a function. */
function makeParts<T>(
  keyring: Keyring,
  input: OpenPiecesInput,
  take: (made: OpenedPiece | undefined, position: number) => T,
): T[] {
  const files = createFileRangeReader();
  try {
    return makePartsFrom(files, keyring, input, take);
  } finally {
    files.close();
  }
}

function makePartsFrom<T>(
  files: FileRangeReader,
  keyring: Keyring,
  { ranges, ids, places, packs, assemblies }: OpenPiecesInput,
  take: (made: OpenedPiece | undefined, position: number) => T,
): T[] {
  const read = new Map<number, Uint8Array | undefined>();
  const opened = new Map<number, OpenedPiece | undefined>();
  const uses = new Uint32Array(places.length / PLACE_NUMBERS);
  for (const { blobs } of assemblies) for (const number of blobs) if (number < uses.length) uses[number]! += 1;

  function bytesOf(number: number): Uint8Array | undefined {
    if (read.has(number)) return read.get(number);
    const range = ranges[number];
    const bytes = range === undefined || range instanceof Uint8Array ? range : files.read(range);
    read.set(number, bytes);
    return bytes;
  }

  function open(number: number): OpenedPiece | undefined {
    if (opened.has(number)) return opened.get(number);
    const [pack = 0, ordinal = 0, range = 0, offset = 0, length = 0] = places.subarray(
      number * PLACE_NUMBERS,
      (number + 1) * PLACE_NUMBERS,
    );
    const info = packs[pack];
    const sealed = length === 0 ? undefined : bytesOf(range)?.subarray(offset, offset + length);
    const expected = { kind: BLOB_KINDS.piece, id: ids.subarray(number * ID_LENGTH, (number + 1) * ID_LENGTH) };
    const bytes =
      info === undefined || sealed === undefined
        ? undefined
        : orNothing(() => openLocatedBlob(keyring, expected, { pack: info, ordinal }, sealed));
    const piece = bytes && { bytes, isOwn: bytes.buffer !== sealed?.buffer };
    opened.set(number, piece);
    return piece;
  }

  function close(number: number): void {
    uses[number]! -= 1;
    if (uses[number] !== 0) return;
    const piece = opened.get(number);
    opened.delete(number);
    if (piece?.isOwn === true) freeBytes(piece.bytes);
  }

  const all = assemblies.map(({ blobs, part }, position) => {
    const pieces = blobs.flatMap((number) => open(number)?.bytes ?? []);
    const bytes =
      pieces.length < blobs.length
        ? undefined
        : orNothing(() => (part === undefined ? concatBytes(pieces) : assemblePart(part, pieces)));
    const taken = take(bytes && { bytes, isOwn: pieces.every(({ buffer }) => buffer !== bytes.buffer) }, position);
    for (const number of blobs) close(number);
    return taken;
  });
  for (const range of new Set([...ranges, ...read.values()])) if (range instanceof Uint8Array) freeBytes(range);
  return all;
}

/** Bytes of a piece, or of what was made of pieces. */
interface OpenedPiece {
  readonly bytes: Uint8Array;
  /** Whether it has memory of its own; if not, it is a view of a range, or of a piece. */
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
