import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { toHex } from '../internal/bytes.ts';

/** A blob that is wanted, and where it is believed to be. */
export interface LocatedRequest<Request> {
  /** What is wanted. */
  readonly request: Request;
  /** Where it lies. */
  readonly location: BlobLocation;
}

/** A stretch of a pack that is read at once. */
export interface JoinedRange<Request> {
  /** Hex of the name of the pack. */
  readonly pack: string;
  /** Where it begins. */
  readonly offset: number;
  /** How long it is. */
  readonly length: number;
  /** The blobs in it that are wanted. */
  readonly members: readonly LocatedRequest<Request>[];
}

/** Options of {@link joinRanges}. */
export interface JoinOptions {
  /** Bytes in vain that are always cheaper than another read. @defaultValue `32768` */
  readonly near?: number | undefined;
  /** More bytes in vain than these are never cheaper. @defaultValue `524288` */
  readonly far?: number | undefined;
}

/** What lies closer together than this is always read at once, and what lies closer than a share of all that is wanted. */
const NEAR = 32 * 1024;
const NEAR_SHARE = 1 / 16;
/** What lies within this is read at once if at least half of what is read then is wanted. */
const FAR = 512 * 1024;
/** A range never grows beyond this by joining. */
const LONGEST = 8 * 1024 * 1024;

/**
 * Joins blobs that lie near each other in a pack into ranges. Of what is read in vain each range has at most as much as
 * is wanted, and for each of its blobs 32 KiB, or 1/16 of all that is wanted: where much is read, requests cost more than bytes.
 */
export function joinRanges<Request>(
  wanted: readonly LocatedRequest<Request>[],
  { near: leastNear = NEAR, far = FAR }: JoinOptions = {},
): JoinedRange<Request>[] {
  const names = new Map<BlobLocation['pack'], string>();
  const nameOf = ({ pack }: BlobLocation): string => {
    const known = names.get(pack) ?? toHex(pack.name);
    names.set(pack, known);
    return known;
  };
  const near = Math.min(
    far,
    Math.max(leastNear, wanted.reduce((sum, { location }) => sum + location.length, 0) * NEAR_SHARE),
  );
  const sorted = wanted
    .map((one) => ({ one, name: nameOf(one.location) }))
    .toSorted((a, b) => (a.name === b.name ? a.one.location.offset - b.one.location.offset : a.name < b.name ? -1 : 1));
  const ranges: (JoinedRange<Request> & { length: number; useful: number; members: LocatedRequest<Request>[] })[] = [];
  for (const { one, name } of sorted) {
    const { offset, length } = one.location;
    const last = ranges.at(-1);
    const end = offset + length;
    if (last?.pack === name && end - last.offset <= LONGEST) {
      const gap = offset - last.offset - last.length;
      const joined = Math.max(last.length, end - last.offset);
      if (gap <= near || (gap <= far && joined <= 2 * (last.useful + length))) {
        last.length = joined;
        last.useful += length;
        last.members.push(one);
        continue;
      }
    }
    ranges.push({ pack: name, offset, length, useful: length, members: [one] });
  }
  return ranges;
}
