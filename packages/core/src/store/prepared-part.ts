import type { PartSource } from '../tree/item-record.ts';
import type { PartSegment } from '../mime/part-segment.ts';

/** A part as a lane prepared it: like a stored part, with numbers of blobs in the place of their ids. */
export interface PreparedPart {
  /** Its length in bytes. */
  readonly size: number;
  /**
   * Numbers of its blobs among the ids that came with it, in order; {@link KNOWN_GROUP} for a piece that lies where the known
   * part has it.
   */
  readonly blobs: readonly number[];
  /** What it is put together from; absent where it is its blobs, one after the other. */
  readonly sources?: readonly PartSource[] | undefined;
  /** How; absent where it is its sources, one after the other. */
  readonly segments?: readonly PartSegment[] | undefined;
  /** Stands for what of it is in groups. */
  readonly digest?: Uint8Array | undefined;
}

/** In the place of a blob's number: the group that the known part has there. */
export const KNOWN_GROUP = -1;
