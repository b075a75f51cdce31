/** What {@link planMerge} must know of a segment. */
export interface MergeCandidate {
  /** How many records it has. */
  readonly count: number;
  /** Bytes of the object. */
  readonly size: number;
}

/** How large segments of a kind become. */
export interface SegmentSizes {
  /** Records of a segment at most. A merged one that reaches half of that is final. */
  readonly most: number;
  /** Below so many records a segment is small. */
  readonly small: number;
  /** Below so many records a segment is tiny. */
  readonly tiny: number;
}

/** Sizes of segments of records of fixed length: at most 12 MiB of records, so that merging is bounded in memory. */
export const RECORD_SEGMENTS: SegmentSizes = { most: 2 ** 18, small: 2 ** 15, tiny: 512 };

/** Sizes of segments of snapshots, which are read as a whole. */
export const SNAPSHOT_SEGMENTS: SegmentSizes = { most: 4096, small: 1024, tiny: 128 };

const MOST_TINY = 8;
const MOST_MEDIUM = 8;
const MANY_SMALL = 32;
const MOST_SMALL = 64;
/** What any run may write to merge tiny segments, beside as much as it wrote itself. */
const FREE_BYTES = 12 * 1024;
/** How many times what it wrote itself a run may write to merge small segments, before there are too many. */
const COMPARABLE = 8;

/**
 * Says which segments of one kind are to be merged into one; none if there is nothing to do.
 *
 * Tiny ones are merged by eights, as far as that writes hardly more than the run wrote anyway. Small ones wait for each other
 * until there are so many that opening the index is slow: all of them together then make one of middle size, and eight of
 * these a final one. So a record is written about three times in all, whatever the size of the runs, and a run that writes much for
 * merging is as rare as that is much.
 *
 * @param own - Bytes of segments that the run has written itself.
 */
export function planMerge<Candidate extends MergeCandidate>(
  segments: readonly Candidate[],
  own: number,
  { most, small, tiny }: SegmentSizes,
): readonly Candidate[] {
  const ascending = segments.filter(({ count }) => count < most / 2).toSorted((a, b) => a.count - b.count);
  const mediums = ascending.filter(({ count }) => count >= small);
  const smalls = ascending.filter(({ count }) => count < small);
  const tinies = smalls.filter(({ count }) => count < tiny);

  const allSmall = firstWithin(smalls, ({ count }) => count, most);
  const costs = allSmall.reduce((sum, { size }) => sum + size, 0);
  if (smalls.length > MOST_SMALL || (smalls.length > MANY_SMALL && costs <= COMPARABLE * own)) return allSmall;
  if (mediums.length >= MOST_MEDIUM) return firstWithin(mediums, ({ count }) => count, most);
  if (tinies.length < MOST_TINY) return [];
  const affordable = firstWithin(tinies, ({ size }) => size, FREE_BYTES + own);
  return affordable.length >= MOST_TINY / 2 ? affordable : [];
}

/** As many of the first ones as stay within a limit. */
function firstWithin<Candidate>(
  candidates: readonly Candidate[],
  cost: (candidate: Candidate) => number,
  limit: number,
): readonly Candidate[] {
  let sum = 0;
  const end = candidates.findIndex((candidate) => (sum += cost(candidate)) > limit);
  return end === -1 ? candidates : candidates.slice(0, end);
}
