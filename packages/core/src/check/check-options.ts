import type { ErrorCode, OperationOptions } from '@holdfast/contracts';
import type { OperationProgress } from '../progress/operation-progress.ts';
import type { PauseGate } from '../progress/pause-gate.ts';

/**
 * How deep a check goes; each level includes those before it.
 *
 * - `listing`: config and keys can be read, and every object that the index names is there with its size;
 * - `index`: every segment, snapshot and tree node is read and verified, every segment that a snapshot names is there, and every blob that a snapshot needs lies in a pack that is there;
 * - `ciphertext`: every object is read and its SHA-256 compared with its name;
 * - `decryption`: every blob of every object is opened, decompressed and compared with its id.
 */
export type CheckLevel = 'listing' | 'index' | 'ciphertext' | 'decryption';

/** An object was checked. */
export interface ObjectChecked {
  /** Discriminates the events. */
  readonly type: 'object-checked';
  /** Its name. */
  readonly object: string;
  /** Objects checked so far. */
  readonly done: number;
  /** Bytes read so far. */
  readonly bytesRead: number;
}

/** What {@link CheckOptions.onProgress} is called with. */
export type CheckProgress = ObjectChecked | OperationProgress;

/** Options of {@link Repository.check}. */
export interface CheckOptions extends OperationOptions {
  /** How deep. The last two read everything there is. @defaultValue `'index'` */
  readonly level?: CheckLevel | undefined;
  /** Holds it up between two objects, and lets it go on: see {@link createPause}. @defaultValue nothing does */
  readonly pause?: PauseGate | undefined;
  /** Called synchronously, in order. An error thrown here stops the check. */
  readonly onProgress?: ((event: CheckProgress) => void) | undefined;
}

/** Something that is not as it must be. */
export interface CheckProblem {
  /** Code of the error. */
  readonly code: ErrorCode;
  /** The object concerned. */
  readonly object: string;
  /** One sentence for people: what it is and what to do. */
  readonly message: string;
}

/** What a check found. */
export interface CheckReport {
  /** How deep it went. */
  readonly level: CheckLevel;
  /** `sound` if there is no problem. */
  readonly result: 'sound' | 'damaged';
  /** Every problem found. */
  readonly problems: readonly CheckProblem[];
  /**
   * Index segments that no snapshot names; empty at level `listing`. A run that was cut off, or is under way, leaves such;
   * where neither happened they are the trace of the newest snapshot, which is gone.
   */
  readonly unclaimed: readonly string[];
  /** Objects in the repository, config included. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Snapshots, checkpoints included. */
  readonly snapshots: number;
  /** Blobs opened and compared with their ids; 0 below `decryption`. */
  readonly blobs: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}
