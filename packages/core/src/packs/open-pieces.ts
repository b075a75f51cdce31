import { BLOB_KINDS } from '@holdfast/crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { PackInfo } from '../index-segments/blob-segment.ts';
import type { StoredPart } from '../tree/item-record.ts';
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
  /** Their sealed forms, one after the other. */
  readonly sealed: Uint8Array;
  /** Their ids, 32 bytes each. */
  readonly ids: Uint8Array;
  /** Of each: number of its pack in `packs`, ordinal, sealed length. A length of 0: it could not be read. */
  readonly places: Uint32Array;
  /** The packs. */
  readonly packs: readonly PackInfo[];
  /** What is to be made. */
  readonly assemblies: readonly Assembly[];
}

/** What was made: `bytes` from `starts` to `ends`; a start of −1 where a piece is damaged or missing. */
export interface OpenedPieces {
  /** Everything that was made. */
  readonly bytes: Uint8Array;
  /** Where each begins. */
  readonly starts: Float64Array;
  /** Where each ends. */
  readonly ends: Float64Array;
}

/** Numbers for each piece in `places`. */
export const PLACE_NUMBERS = 3;
/** Length of an id. */
export const ID_LENGTH = 32;

/**
 * Opens pieces, each once, verifies their ids and puts together what is made of them. What cannot be opened or put
 * together is left out: its reader finds out why, and whether there is another copy.
 */
export function openPieces({ keyring }: LaneContext, input: OpenPiecesInput): TaskResult<OpenedPieces> {
  const { sealed, ids, places, packs, assemblies } = input;
  const opened: (Uint8Array | undefined)[] = [];
  let offset = 0;
  for (let i = 0; i * PLACE_NUMBERS < places.length; i += 1) {
    const [pack = 0, ordinal = 0, length = 0] = places.subarray(i * PLACE_NUMBERS, (i + 1) * PLACE_NUMBERS);
    const info = packs[pack];
    const bytes = sealed.subarray(offset, offset + length);
    offset += length;
    const expected = { kind: BLOB_KINDS.piece, id: ids.subarray(i * ID_LENGTH, (i + 1) * ID_LENGTH) };
    opened.push(
      length === 0 || info === undefined
        ? undefined
        : orNothing(() => openLocatedBlob(keyring, expected, { pack: info, ordinal }, bytes)),
    );
  }
  const made = assemblies.map(({ blobs, part }): readonly Uint8Array[] | undefined => {
    const pieces = blobs.flatMap((number) => opened[number] ?? []);
    if (pieces.length < blobs.length) return undefined;
    return part === undefined ? pieces : orNothing(() => [assemblePart(part, pieces)]);
  });
  return packUp(made);
}

function packUp(made: readonly (readonly Uint8Array[] | undefined)[]): TaskResult<OpenedPieces> {
  const bytes = new Uint8Array(made.flat().reduce((sum, piece) => sum + (piece?.length ?? 0), 0));
  const starts = new Float64Array(made.length).fill(-1);
  const ends = new Float64Array(made.length);
  let end = 0;
  for (const [number, pieces] of made.entries()) {
    if (pieces === undefined) continue;
    starts[number] = end;
    for (const piece of pieces) {
      bytes.set(piece, end);
      end += piece.length;
    }
    ends[number] = end;
  }
  return { output: { bytes, starts, ends }, transfer: [bytes.buffer, starts.buffer, ends.buffer] };
}

function orNothing<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (RepositoryError.is(error) || CryptoError.is(error)) return undefined;
    throw error;
  }
}
