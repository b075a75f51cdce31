import type { OmittedPart, OperationOptions, ServiceUsage } from '@holdfast/contracts';

/** An item was created in the target. */
export interface ItemRestored {
  /** Discriminates the events. */
  readonly type: 'item-restored';
  /** Its id in the source. */
  readonly item: string;
  /** Its id in the target. */
  readonly createdId: string;
  /** Items done, restored or failed. */
  readonly done: number;
  /** Items planned. */
  readonly planned: number;
}

/** An item could not be restored; it stands in the report, and the restore goes on. */
export interface ItemRestoreFailed {
  /** Discriminates the events. */
  readonly type: 'item-restore-failed';
  /** Its id in the source. */
  readonly item: string;
  /** Code of the error. */
  readonly code: string;
  /** Items done, restored or failed. */
  readonly done: number;
  /** Items planned. */
  readonly planned: number;
}

/** What {@link RestoreOptions.onProgress} is called with. */
export type RestoreProgress = ItemRestored | ItemRestoreFailed;

/** Options of {@link Repository.restore}. */
export interface RestoreOptions extends OperationOptions {
  /** How many items are created at the same time. @defaultValue `3` */
  readonly concurrency?: number | undefined;
  /** Called synchronously, in order. An error thrown here stops the restore. */
  readonly onProgress?: ((event: RestoreProgress) => void) | undefined;
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

/** An item that was restored but for some part or property. */
export interface RestoreOmission {
  /** Id of its collection in the snapshot. */
  readonly collection: string;
  /** Its id in the source. */
  readonly item: string;
  /** Its id in the target. */
  readonly createdId: string;
  /** What the target did not take. */
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
  /** `complete-with-failures` if anything planned is missing in the target. */
  readonly result: 'complete' | 'complete-with-failures';
  /** Why it ended early, if it did: the target is full, or does not allow writing. The rest of the plan was not tried. */
  readonly ended: RestoreEnd | undefined;
  /** Items created. */
  readonly restored: number;
  /** Items planned. */
  readonly planned: number;
  /** Items that could not be restored. */
  readonly failures: readonly RestoreFailure[];
  /** Items that were restored in part. */
  readonly omissions: readonly RestoreOmission[];
  /** Bytes of item parts read out of the repository. */
  readonly bytesRead: number;
  /** What was asked of the service meanwhile, through this target. */
  readonly usage: ServiceUsage;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}
