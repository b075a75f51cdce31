import type { Keyring } from '@holdfast/crypto';
import type { ChunkerParameters } from '../blobs/chunker.ts';
import { verifyObject } from '../check/verify-object.ts';
import type { ObjectToVerify, VerifiedObject } from '../check/verify-object.ts';
import { openPieces } from '../packs/open-pieces.ts';
import type { OpenedPieces, OpenPiecesInput } from '../packs/open-pieces.ts';

/** What every task of a lane works with. */
export interface LaneContext {
  /** Keys of the repository. */
  readonly keyring: Keyring;
  /** How large parts are cut. */
  readonly chunker: ChunkerParameters;
  /** What tasks keep for the ones that come after them, by a name that the caller chose. */
  readonly sessions: Map<string, object>;
}

/** What a task gives back: a value for `postMessage`, and which of its buffers go over instead of being copied. */
export interface TaskResult<Output> {
  /** The value. */
  readonly output: Output;
  /** Buffers that are given away. Empty where nothing is large. */
  readonly transfer: ArrayBuffer[];
}

/** A task: synchronous, and the same on the main thread and in a worker. */
export type Task<Input, Output> = (context: LaneContext, input: Input) => TaskResult<Output>;

function endSession({ sessions }: LaneContext, session: string): TaskResult<null> {
  sessions.delete(session);
  return { output: null, transfer: [] };
}

/** Everything a lane can be asked to do: name, input, output. */
export interface Tasks {
  /** Forgets what tasks kept under that name. */
  readonly endSession: Task<string, null>;
  /** Opens pieces of items and puts parts together of them. */
  readonly openPieces: Task<OpenPiecesInput, OpenedPieces>;
  /** Looks into an object that was read whole. */
  readonly verifyObject: Task<ObjectToVerify, VerifiedObject>;
}

/** The tasks. */
export const tasks: Tasks = { endSession, openPieces, verifyObject };

/** The names of all tasks. */
export type TaskName = keyof Tasks;

/** What a task is given. */
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[1];

/** What a task gives back. */
export type TaskOutput<Name extends TaskName> = ReturnType<Tasks[Name]>['output'];
