import type { StoredPart } from '../tree/item-record.ts';

/** Where a small piece of a stored part lies. */
export interface KnownPlace {
  /** The group. */
  readonly blob: Uint8Array;
  /** Offset in it. */
  readonly at: number;
}

/** Where a stored part has its small pieces, in order. */
export function knownPlaces({ sources = [], blobs: ids }: StoredPart): KnownPlace[] {
  let used = 0;
  return sources.flatMap(({ blobs, at, grouped }) => {
    const blob = ids[used];
    used += blobs;
    return grouped === true && blob !== undefined ? [{ blob, at }] : [];
  });
}
