import type { Keyring } from '@holdfast/crypto';
import type { ChunkerParameters } from '../blobs/chunker.ts';
import { verifyObject } from '../check/verify-object.ts';
import type { ObjectToVerify, VerifiedObject } from '../check/verify-object.ts';
import { openPieces, savePieces } from '../packs/open-pieces.ts';
import type { OpenedPieces, OpenPiecesInput, SavedPieces, SavePiecesInput } from '../packs/open-pieces.ts';
import type { Compression } from '../repository/compression.ts';
import type { LooseBlobs, SealedPack } from '../store/pack-builder.ts';
import { closePack, packSize, storeBatch, storeLoose, takeLoose } from '../store/pack-tasks.ts';
import type { FreshInput, PackInput, StoredBatch } from '../store/pack-tasks.ts';
import { dropStream, prepareBatch, prepareStream } from '../store/prepare-tasks.ts';
import type { BatchInput, PreparedBatch, PreparedStream, StreamInput } from '../store/prepare-tasks.ts';
import type { StoreSessionKey } from '../store/store-session.ts';

/** What every task of a lane works with. */
export interface LaneContext {
  /** Keys of the repository. */
  readonly keyring: Keyring;
  /** How large parts are cut. */
  readonly chunker: ChunkerParameters;
  /** How new blobs are compressed. */
  readonly compression: Compression;
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
  /** Splits, cuts and groups parts and makes the ids of their blobs. */
  readonly prepareBatch: Task<BatchInput, PreparedBatch>;
  /** The same with the next bytes of a long part. */
  readonly prepareStream: Task<StreamInput, PreparedStream>;
  /** Forgets a long part. */
  readonly dropStream: Task<StoreSessionKey & { readonly stream: number }, null>;
  /** Compresses and packs the new blobs of a batch. */
  readonly storeBatch: Task<FreshInput, StoredBatch>;
  /** Takes in blobs that another lane gave away. */
  readonly storeLoose: Task<PackInput & { readonly loose: LooseBlobs }, readonly SealedPack[]>;
  /** Closes the open pack. */
  readonly closePack: Task<PackInput, readonly SealedPack[]>;
  /** Says how large the open pack is. */
  readonly packSize: Task<StoreSessionKey, number>;
  /** Gives away what is in the open pack. */
  readonly takeLoose: Task<StoreSessionKey, LooseBlobs>;
  /** Opens pieces of items and puts parts together of them. */
  readonly openPieces: Task<OpenPiecesInput, OpenedPieces>;
  /** Opens pieces of items, puts parts together of them and writes these into files. */
  readonly savePieces: Task<SavePiecesInput, SavedPieces>;
  /** Looks into an object that was read whole. */
  readonly verifyObject: Task<ObjectToVerify, VerifiedObject>;
}

/** The tasks. */
export const tasks: Tasks = {
  endSession,
  prepareBatch,
  prepareStream,
  dropStream,
  storeBatch,
  storeLoose,
  closePack,
  packSize,
  takeLoose,
  openPieces,
  savePieces,
  verifyObject,
};

/** The names of all tasks. */
export type TaskName = keyof Tasks;

/** What a task is given. */
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[1];

/** What a task gives back. */
export type TaskOutput<Name extends TaskName> = ReturnType<Tasks[Name]>['output'];
