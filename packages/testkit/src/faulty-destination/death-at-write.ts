import type { DestinationCall, DestinationFault, FaultChoice } from './destination-faults.ts';

/** Options of {@link deathAtWrite}. */
export interface DeathAtWriteOptions {
  /**
   * Where it strikes: before the write does anything, after the whole of it, or in its middle, so that half of the bytes
   * are stored (a delete counts as not done).
   *
   * @defaultValue `'before'`
   */
  readonly moment?: 'after' | 'before' | 'torn' | undefined;
  /** What the write and every later call reject with. @defaultValue an `Error` that says that the process is dead */
  readonly error?: unknown;
}

/**
 * Plays the death of a process: at the given put or delete, counted from 1, it strikes, and every call from then on fails
 * without doing anything. Run once without it to learn how many writes there are
 * ({@link FaultyDestination.calls}), then once for each of them.
 *
 * @example Dying at each write of two
 * ```ts
 * import { memoryDestination } from '@holdfast/destinations/memory';
 * import { deathAtWrite, faultyDestination } from '@holdfast/testkit';
 *
 * for (const write of [1, 2]) {
 *   const faults = { any: deathAtWrite(write, { moment: 'after' }) };
 *   const destination = faultyDestination(memoryDestination(), { faults });
 *   await destination.put('a', new Uint8Array(1)).catch(() => {});
 *   await destination.put('b', new Uint8Array(1)).catch(() => {});
 *   console.log(destination.calls.filter(({ landed }) => landed === 'whole').length === write); // true
 * }
 * ```
 */
export function deathAtWrite(write: number, options: DeathAtWriteOptions = {}): FaultChoice {
  if (!Number.isInteger(write) || write < 1) throw new RangeError(`writes are counted from 1, got ${write}`);
  const { moment = 'before', error = new Error('the process is dead') } = options;
  let writes = 0;
  return ({ kind, bytes }: DestinationCall): DestinationFault | undefined => {
    if (writes >= write) return { error };
    if (kind !== 'put' && kind !== 'delete') return undefined;
    writes += 1;
    if (writes < write) return undefined;
    if (moment === 'torn') return kind === 'put' ? { error, tornAt: bytes >> 1 } : { error };
    return { error, landed: moment === 'after' };
  };
}
