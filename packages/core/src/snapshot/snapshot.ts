/** Numbers of the run that wrote a snapshot. */
export interface SnapshotStatistics {
  /** Collections in the snapshot. */
  readonly collections: number;
  /** Items in the snapshot. */
  readonly items: number;
  /** Items that were new to the source. */
  readonly added: number;
  /** Items whose content or properties had changed. */
  readonly changed: number;
  /** Items that had moved to another collection. */
  readonly moved: number;
  /** Items that are no longer there. */
  readonly removed: number;
  /** Items that could not be read. */
  readonly failed: number;
  /** Bytes of item parts read from the source. */
  readonly bytesRead: number;
  /** Bytes of objects that the run had written to the storage before this snapshot. */
  readonly bytesStored: number;
}

/** The source that a snapshot is of. */
export interface SnapshotSource {
  /** Its id, which never changes. */
  readonly id: string;
  /** For people: the address of the mailbox when the snapshot was made. */
  readonly title: string;
}

/**
 * How much a run asks the source for.
 *
 * - `incremental`: what changed since the last snapshot;
 * - `differential`: what changed since the last full, so that what was read between counts for nothing;
 * - `full`: everything is listed anew, and every item is read again, whatever its change key says.
 *
 * Whatever the mode, every snapshot is whole in itself and restores without any other; and bodies that are stored
 * already are not stored again.
 */
export type CaptureMode = 'incremental' | 'differential' | 'full';

/** How a snapshot was captured. */
export interface SnapshotCapture {
  /** How much was asked for: not always what the caller said, see {@link CaptureOptions}. */
  readonly mode: CaptureMode;
  /** Id of the snapshot that changes were counted from; undefined for a full. It need not exist any more. */
  readonly base: string | undefined;
  /** Whether it is a full that shares no byte with what was stored before it. */
  readonly selfContained: boolean;
}

/** One source at one point in time. */
export interface Snapshot {
  /** Names it for ever: 32 hex digits. */
  readonly id: string;
  /** What was backed up. */
  readonly source: SnapshotSource;
  /** `checkpoint`: the run that wrote it had not come to its end. */
  readonly state: 'complete' | 'checkpoint';
  /** Counts the snapshots of a source, from 1. */
  readonly sequence: number;
  /** Ids of the snapshots that it continues. */
  readonly continues: readonly string[];
  /** How it was captured. A checkpoint tells what its run was to be. */
  readonly capture: SnapshotCapture;
  /** When the run began. */
  readonly started: Date;
  /** When it was written. */
  readonly finished: Date;
  /** Numbers of the run. */
  readonly statistics: SnapshotStatistics;
  /** Free words. */
  readonly tags: readonly string[];
  /** Whether retention must keep it. */
  readonly pinned: boolean;
}

/**
 * One collection in a coverage report. "Covered", "skipped" and "failed" are three different answers. A failed one may be
 * in the snapshot all the same, with what was read of it in this run and before.
 */
export interface CollectionCoverage {
  /** Id of the collection; empty if the source has none for it, which is a failure. */
  readonly id: string;
  /** Display name. */
  readonly name: string;
  /** What became of it. */
  readonly state: 'covered' | 'skipped' | 'failed';
  /** Why it was skipped, a {@link @holdfast/contracts!SkipCause | SkipCause}, or the code of the failure. */
  readonly cause: string | undefined;
  /** Items in the snapshot. */
  readonly items: number;
  /** Items of it that could not be backed up, see {@link CoverageReport.failures}. */
  readonly failed: number;
  /** Parts of its items that the source did not deliver, see {@link CoverageReport.omitted}. */
  readonly omitted: number;
  /**
   * Whether it had come to rest, so that the snapshot shows it as it was at one moment of the run. `false` is no failure:
   * it changed whenever it was asked for, and the next run brings the rest. Of one that was skipped or whose feed failed it is always `false`.
   */
  readonly atRest: boolean;
}

/** An item that could not be backed up. */
export interface ItemFailure {
  /** Id of its collection. */
  readonly collection: string;
  /** Its id; empty if the source has none for it. */
  readonly item: string;
  /** Code of the error. */
  readonly code: string;
  /** The source's own code. */
  readonly reason: string | undefined;
}

/** A part of an item that the source did not deliver; the rest of the item is in the snapshot. */
export interface PartOmission {
  /** Id of the item's collection. */
  readonly collection: string;
  /** Id of the item. */
  readonly item: string;
  /** Name of the part. */
  readonly part: string;
  /** The source's own code. */
  readonly reason: string;
  /** Whether content is missing because of it; `false` where the item's other parts hold all of it. */
  readonly lost: boolean;
}

/** A coverage report in one line. */
export interface CoverageTotals {
  /** Collections that are covered. */
  readonly covered: number;
  /** Collections that were skipped. */
  readonly skipped: number;
  /** Collections that failed. */
  readonly failed: number;
  /** Items in the snapshot. */
  readonly items: number;
  /** Items that could not be backed up. */
  readonly failedItems: number;
  /** Parts that the source did not deliver. */
  readonly omittedParts: number;
  /** Those of them whose content is missing because of it. */
  readonly lostParts: number;
}

/** What a coverage report counts and does not tell one by one, so that its size has an end. */
export interface CoverageLeftOut {
  /** Collections of which there is something to say, and that have no line. */
  readonly collections: number;
  /** Collections that are covered, nothing else to be said of them, and that have no line. */
  readonly covered: number;
  /** Items that could not be backed up and have no line. */
  readonly failures: number;
  /** Parts that were not delivered and have no line. */
  readonly omitted: number;
}

/** What a run covered: stored beside its snapshot. */
export interface CoverageReport {
  /** The sums. They are exact, also where lines are left out. */
  readonly totals: CoverageTotals;
  /**
   * The collections that the source told of: up to 10,000 of which there is something to say, and up to 100,000 others.
   * Those of which there is something to say come into the report first.
   */
  readonly collections: readonly CollectionCoverage[];
  /** Items that could not be backed up: the first 10,000 of them. */
  readonly failures: readonly ItemFailure[];
  /** Parts that the source did not deliver, of items read in this run: the first 10,000 of them. */
  readonly omitted: readonly PartOmission[];
  /** How much has no line of its own. */
  readonly leftOut: CoverageLeftOut;
}
