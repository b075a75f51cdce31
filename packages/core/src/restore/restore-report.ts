import type { OmittedPart, ServiceUsage } from '@holdfast/contracts';
import type { RestoreAction } from './restore-action.ts';

/** What became of one item of a plan. */
export interface RestoredItem {
  /** Id of its collection in the snapshot. */
  readonly collection: string;
  /** Its id in the source. */
  readonly item: string;
  /** Its subject, for people. */
  readonly subject: string;
  /** What was done; `'fail'` if the target or the repository would not have it, and `failures` says why. */
  readonly action: RestoreAction | 'fail';
  /** Id of the item in the target that stands for it now; absent if there is none. */
  readonly targetId: string | undefined;
}

/** An item that could not be restored. */
export interface RestoreFailure {
  /** Id of its collection in the snapshot. */
  readonly collection: string;
  /** Its id in the source. */
  readonly item: string;
  /** Code of the error. */
  readonly code: string;
  /** One sentence for people: what happened and what to do. */
  readonly message: string;
}

/** A collection that the target has not and would not make. */
export interface RestoreCollectionFailure {
  /** Its id in the snapshot. */
  readonly collection: string;
  /** Code of the error. */
  readonly code: string;
  /** One sentence for people: what happened and what to do. */
  readonly message: string;
}

/** An item that is in the target but for some part or property. */
export interface RestoreOmission {
  /** Id of its collection in the snapshot. */
  readonly collection: string;
  /** Its id in the source. */
  readonly item: string;
  /** Its id in the target. */
  readonly targetId: string;
  /** What is missing of it. */
  readonly omitted: readonly OmittedPart[];
}

/** Why a restore ended before its plan was carried out. */
export interface RestoreEnd {
  /** Code of the error. */
  readonly code: string;
  /** One sentence for people: what happened and what to do. */
  readonly message: string;
}

/** What a restore did. */
export interface RestoreReport {
  /**
   * `complete-with-failures` if anything planned is missing in the target. Another version that the policy left alone is
   * no failure: its item is among those `skipped`.
   */
  readonly result: 'complete' | 'complete-with-failures';
  /** Why it ended early, if it did: the target is full, or does not allow writing. The rest of the plan was not tried. */
  readonly ended: RestoreEnd | undefined;
  /** Items planned. */
  readonly planned: number;
  /** Items written: created, completed, copied or put in the place of another version. */
  readonly restored: number;
  /** Items left alone, because the target has them or another version of them. */
  readonly skipped: number;
  /** How many items each action was taken with. */
  readonly actions: Readonly<Record<RestoreAction, number>>;
  /** What became of each item, in the order in which they were done; see {@link RestoreOptions.lines}. */
  readonly items: readonly RestoredItem[];
  /** Items that could not be restored. */
  readonly failures: readonly RestoreFailure[];
  /** Collections that could not be made, also those without items. Their items are among `failures`. */
  readonly failedCollections: readonly RestoreCollectionFailure[];
  /** Items that are in the target in part: some part or property was refused, or was never backed up. */
  readonly omissions: readonly RestoreOmission[];
  /** Bytes of item parts read out of the repository. */
  readonly bytesRead: number;
  /** What was asked of the service meanwhile, through this target. */
  readonly usage: ServiceUsage;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}
