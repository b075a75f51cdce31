import type { ServiceUsage } from '@holdfast/contracts';
import type { CoverageReport, Snapshot, SnapshotCapture } from '../snapshot/snapshot.ts';

/** What a backup did. */
export interface BackupReport {
  /** The snapshot that was written. */
  readonly snapshot: Snapshot;
  /** How it was captured, which may be more than what was asked for: see {@link CaptureOptions}. */
  readonly capture: SnapshotCapture;
  /**
   * `complete-with-failures` if anything of the source is missing from the snapshot: a collection or an item that
   * failed, or a part of an item that was lost. A part whose content the item's other parts hold is no loss.
   */
  readonly result: 'complete' | 'complete-with-failures';
  /** Whether nothing had changed, so that no item data was stored. */
  readonly unchanged: boolean;
  /** Every collection, every item that failed, every part that was omitted. */
  readonly coverage: CoverageReport;
  /** Items that were told by the source and gone before they could be read. */
  readonly vanished: number;
  /** Objects written, the snapshot included. */
  readonly objectsWritten: number;
  /** Bytes of objects written, the snapshot included. */
  readonly bytesWritten: number;
  /** What was asked of the service meanwhile, through this source. */
  readonly usage: ServiceUsage;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}
