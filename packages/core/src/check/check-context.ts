import { CryptoError, DestinationError, RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import type { Vault } from '../repository/vault.ts';
import type { CheckProblem } from './check-options.ts';

/** What the steps of one check share. */
export interface CheckContext {
  /** The open repository. */
  readonly vault: Vault;
  /** Carries the signal. */
  readonly options: OperationOptions;
  /** Size of every data pack, by hash. */
  readonly packs: Map<string, number>;
  /** What was found. */
  readonly problems: CheckProblem[];
  /** Code and object of each of these. */
  readonly noted: Set<string>;
  /** Segments that no snapshot names. */
  readonly unclaimed: string[];
  /** Waits before an object is looked at, if the check is held up. */
  readonly whileHeldUp: () => Promise<void>;
  /** Tells the caller that an object is done. */
  readonly checked: (object: string) => void;
  /** Blobs opened so far. */
  blobs: number;
  /** Bytes of objects that were read whole so far. */
  bytesVerified: number;
}

/** Runs a step; what is wrong with the repository becomes a problem, everything else is thrown. */
export async function noting<T>(
  context: CheckContext,
  object: string,
  step: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    const missing = DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND');
    // A thread of this process that ended says nothing about the repository.
    if (RepositoryError.is(error, 'ERR_WORKER_FAILED')) throw error;
    if (!missing && !RepositoryError.is(error) && !CryptoError.is(error)) throw error;
    addProblem(context, error, object);
    return undefined;
  }
}

/** Notes a problem once. */
export function addProblem(
  context: CheckContext,
  { code, message }: DestinationError | RepositoryError | CryptoError,
  object: string,
): void {
  noteProblem(context, { code, message }, object);
}

/** Notes a problem that was found elsewhere, once for each object. */
export function noteProblem(
  { problems, noted }: CheckContext,
  { code, message }: Omit<CheckProblem, 'object'>,
  object: string,
): void {
  const key = `${code} ${object}`;
  if (noted.has(key)) return;
  noted.add(key);
  problems.push({ code, message, object });
}
