import { concatBytes } from '../internal/bytes.ts';

/** Where a small piece lies: in a group whose blob has a number once it is closed. */
export interface GroupPlace {
  /** The group. */
  readonly group: { number: number };
  /** Offset in it. */
  readonly at: number;
}

/** Puts small pieces together to blobs, because alone each would cost more than it holds (docs/decisions). */
export interface BlobGroups {
  /** Takes a piece in. The bytes are kept, not copied. */
  add(piece: Uint8Array): GroupPlace;
  /** Makes a blob of what is open; all places have their numbers then. */
  close(): void;
}

/** A group is closed before it grows beyond this. */
export const LARGEST_GROUP: number = 64 * 1024;

/** Makes groups; `addBlob` takes each and says its number. */
export function createBlobGroups(addBlob: (raw: Uint8Array) => number): BlobGroups {
  let group = { number: -1 };
  let pieces: Uint8Array[] = [];
  let size = 0;

  function close(): void {
    if (pieces.length === 0) return;
    group.number = addBlob(concatBytes(pieces));
    group = { number: -1 };
    pieces = [];
    size = 0;
  }

  return {
    add(piece) {
      if (size + piece.length > LARGEST_GROUP) close();
      const place = { group, at: size };
      pieces.push(piece);
      size += piece.length;
      return place;
    },
    close,
  };
}
