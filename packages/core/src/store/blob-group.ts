import type { Arena } from './arena.ts';

/** Where a small piece lies: in a group whose blob has a number once it is closed. */
export interface GroupPlace {
  /** The group. */
  readonly group: { number: number };
  /** Offset in it. */
  readonly at: number;
}

/** Puts small pieces together to blobs, because alone each would cost more than it holds (docs/decisions). */
export interface BlobGroups {
  /** Takes a piece in. */
  add(piece: Uint8Array): GroupPlace;
  /** Makes a blob of what is open; all places have their numbers then. */
  close(): void;
}

/** A group is closed before it grows beyond this. */
export const LARGEST_GROUP: number = 64 * 1024;

/** Makes groups in an arena; `addBlob` takes each and says its number. */
export function createBlobGroups(arena: Arena, addBlob: (raw: Uint8Array) => number): BlobGroups {
  let group = { number: -1 };
  let size = 0;

  function close(): void {
    if (size === 0) return;
    group.number = addBlob(arena.cut());
    group = { number: -1 };
    size = 0;
  }

  return {
    add(piece) {
      if (size + piece.length > LARGEST_GROUP) close();
      const place = { group, at: size };
      arena.put(piece);
      size += piece.length;
      return place;
    },
    close,
  };
}
