import type { CoverageReport, Snapshot } from '../snapshot/snapshot.ts';

/** A part of an item that the source could not deliver; the rest of the item is in the snapshot. */
export interface PartOmission {
  /** Id of the item's collection. */
  readonly collection: string;
  /** Id of the item. */
  readonly item: string;
  /** Name of the part. */
  readonly part: string;
  /** The source's own code. */
  readonly reason: string;
}

/** What a backup did. */
export interface BackupReport {
  /** The snapshot that was written. */
  readonly snapshot: Snapshot;
  /** `complete-with-failures` if anything of the source is missing from the snapshot. */
  readonly result: 'complete' | 'complete-with-failures';
  /** Whether nothing had changed, so that no item data was stored. */
  readonly unchanged: boolean;
  /** Every collection and every item that failed. */
  readonly coverage: CoverageReport;
  /** Parts that the source could not deliver, of items read in this run. */
  readonly omitted: readonly PartOmission[];
  /** Items that were told by the source and gone before they could be read. */
  readonly vanished: number;
  /** Objects written, the snapshot included. */
  readonly objectsWritten: number;
  /** Bytes of objects written, the snapshot included. */
  readonly bytesWritten: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}
