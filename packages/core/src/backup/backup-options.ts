import type { OperationOptions } from '@holdfast/contracts';
import { resolveCapture } from '../capture/capture-options.ts';
import type { CaptureOptions, ResolvedCapture } from '../capture/capture-options.ts';
import type { OperationProgress } from '../progress/operation-progress.ts';
import type { PauseGate } from '../progress/pause-gate.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Counts of a backup under way. */
export interface BackupTotals {
  /** Items told by the source so far, changed or not. */
  readonly items: number;
  /** Items whose content was read from the source so far. */
  readonly itemsRead: number;
  /** Bytes of item parts read from the source so far. */
  readonly bytesRead: number;
}

/** The source began to tell a collection. */
export interface CollectionStarted {
  /** Discriminates the events. */
  readonly type: 'collection-started';
  /** Id of the collection. */
  readonly collection: string;
  /** Its display name. */
  readonly name: string;
  /** Counts so far. */
  readonly totals: BackupTotals;
}

/** An item was taken into the backup. */
export interface ItemStored {
  /** Discriminates the events. */
  readonly type: 'item-stored';
  /** Id of its collection. */
  readonly collection: string;
  /** Its id. */
  readonly item: string;
  /** Counts so far. */
  readonly totals: BackupTotals;
}

/** An item could not be read; it stands in the report, and the run goes on. */
export interface ItemFailed {
  /** Discriminates the events. */
  readonly type: 'item-failed';
  /** Id of its collection. */
  readonly collection: string;
  /** Its id. */
  readonly item: string;
  /** Code of the error. */
  readonly code: string;
  /** Counts so far. */
  readonly totals: BackupTotals;
}

/** Everything so far is safe: should the run be interrupted, the next one goes on from here. */
export interface CheckpointWritten {
  /** Discriminates the events. */
  readonly type: 'checkpoint-written';
  /** The snapshot that was written. */
  readonly snapshot: Snapshot;
  /** Counts so far. */
  readonly totals: BackupTotals;
}

/** What {@link BackupOptions.onProgress} is called with. */
export type BackupProgress = CollectionStarted | ItemStored | ItemFailed | CheckpointWritten | OperationProgress;

/** How often an unfinished run writes a checkpoint: whenever one of the three is reached. */
export interface CheckpointInterval {
  /** Items taken in since the last one. @defaultValue `1000` */
  readonly items?: number | undefined;
  /** Bytes read since the last one. @defaultValue `134217728`, that is 128 MiB */
  readonly bytes?: number | undefined;
  /**
   * Milliseconds that pass between two at least, unless 16,384 items came in meanwhile: each costs a few objects.
   *
   * @defaultValue `30000` where neither `items` nor `bytes` is given, else `0`
   */
  readonly spacing?: number | undefined;
  /** Milliseconds since the last one. @defaultValue `120000`, that is two minutes */
  readonly milliseconds?: number | undefined;
}

/** Options of {@link Repository.backup}. */
export interface BackupOptions extends OperationOptions {
  /**
   * How many collections are followed, and how many items are read, at the same time. Exchange Online serves at most
   * four requests of an application per mailbox at once, so a higher number only helps other sources.
   *
   * @defaultValue `4`
   */
  readonly concurrency?: number | undefined;
  /**
   * How much the source is asked for. Takes the place of the repository's default, whole.
   *
   * @defaultValue what the repository was opened with
   */
  readonly capture?: CaptureOptions | undefined;
  /** How often an unfinished run writes a checkpoint. */
  readonly checkpoint?: CheckpointInterval | undefined;
  /** Free words to find the snapshot by. @defaultValue none */
  readonly tags?: readonly string[] | undefined;
  /** Holds it up between two items, and lets it go on: see {@link createPause}. @defaultValue nothing does */
  readonly pause?: PauseGate | undefined;
  /** Called synchronously, in order. An error thrown here stops the backup. */
  readonly onProgress?: ((event: BackupProgress) => void) | undefined;
}

/** {@link BackupOptions} with defaults filled in: the only form the engine sees. */
export interface ResolvedBackupOptions extends OperationOptions {
  /** See {@link BackupOptions.concurrency}. */
  readonly concurrency: number;
  /** See {@link BackupOptions.capture}. */
  readonly capture: ResolvedCapture;
  /** See {@link BackupOptions.checkpoint}. */
  readonly checkpoint: Readonly<Record<keyof CheckpointInterval, number>>;
  /** See {@link BackupOptions.tags}. */
  readonly tags: readonly string[];
  /** See {@link BackupOptions.pause}. */
  readonly pause: PauseGate | undefined;
  /** See {@link BackupOptions.onProgress}. Undefined if nobody listens: then no event is made either. */
  readonly onProgress: ((event: BackupProgress) => void) | undefined;
}

const LEAST_SPACING_MS = 30_000;

/** Fills in defaults and rejects nonsense, so that nothing behind this line checks options. */
export function resolveBackupOptions(
  options: BackupOptions = {},
  defaults: { readonly capture?: ResolvedCapture | undefined } = {},
): ResolvedBackupOptions {
  const { concurrency = 4, checkpoint = {}, tags = [], pause, onProgress, signal } = options;
  const { items = 1000, bytes = 128 * 1024 * 1024, milliseconds = 120_000 } = checkpoint;
  for (const [name, value] of Object.entries({ concurrency, items, bytes, milliseconds })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new RangeError(`${name} must be a positive integer, got ${value}`);
  }
  const { spacing = checkpoint.items === undefined && checkpoint.bytes === undefined ? LEAST_SPACING_MS : 0 } =
    checkpoint;
  if (!Number.isSafeInteger(spacing) || spacing < 0) {
    throw new RangeError(`spacing must be an integer of milliseconds, 0 or more, got ${spacing}`);
  }
  const capture = options.capture === undefined ? defaults.capture : undefined;
  return {
    concurrency,
    capture: capture ?? resolveCapture(options.capture),
    checkpoint: { items, bytes, milliseconds, spacing },
    tags: [...tags],
    pause,
    onProgress,
    signal,
  };
}
