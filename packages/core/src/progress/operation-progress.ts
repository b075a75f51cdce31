/**
 * What an operation is at.
 *
 * - `listing`: finds out what there is: snapshots and folders; of a check, keys, objects and the index;
 * - `reading`: a backup reads the source; a check reads snapshots and trees, and the objects themselves if it goes so deep;
 * - `settling`: a backup asks what became of items that left their folders; it may read on after that;
 * - `restoring`: a restore brings items into the target;
 * - `storing`: a backup writes the last packs and trees;
 * - `committing`: a backup writes the index and the snapshot.
 */
export type ProgressPhase = 'listing' | 'reading' | 'settling' | 'restoring' | 'storing' | 'committing';

/** How much is done, and how much there will be. */
export interface ProgressCount {
  /** Done so far. */
  readonly done: number;
  /** How much there will be in all, as far as anybody can tell now, never less than `done`; undefined if nobody can. */
  readonly expected: number | undefined;
}

/**
 * How far an operation is: the same for backup, restore and check. Told when its phase changes, when it ends, and in
 * between whenever something was done, at most four times a second. While nothing is done, nothing is told.
 */
export interface OperationProgress {
  /** Discriminates the events. */
  readonly type: 'progress';
  /** What it is at. */
  readonly phase: ProgressPhase;
  /** Items: of a backup those told by the source, changed or not; of a restore those of the plan; of a check objects. */
  readonly items: ProgressCount;
  /** Bytes of item parts read, by a backup from the source, by a restore from the storage; of a check all bytes read. */
  readonly bytes: ProgressCount;
  /** Items in a second, over about the last ten seconds. */
  readonly itemsPerSecond: number;
  /** Bytes in a second, over about the last ten seconds. */
  readonly bytesPerSecond: number;
  /** When it will be done if it goes on like that, by bytes if their number is known, else by items; undefined if unknown. */
  readonly estimatedEnd: Date | undefined;
}
