import type { Destination, OperationOptions } from '@holdfast/contracts';

import { resolveDestinationCheckOptions } from './check-options.ts';
import type { DestinationCheckOptions } from './check-options.ts';
import { unmetRequirement } from './destination-check.ts';
import type { DestinationCheck } from './destination-check.ts';
import { destinationChecks } from './destination-checks.ts';
import { runCheck } from './run-check.ts';

/** Options of {@link validateDestination}. */
export interface ValidateDestinationOptions extends DestinationCheckOptions, OperationOptions {
  /**
   * Opens the same storage once more, with a connection of its own.
   *
   * @defaultValue checks that need a second connection are skipped
   */
  readonly reopen?: (() => Promise<Destination> | Destination) | undefined;
  /** What to check. @defaultValue all of {@link destinationChecks} */
  readonly checks?: readonly DestinationCheck[] | undefined;
  /** Called synchronously after each check. */
  readonly onProgress?: ((result: DestinationCheckResult) => void) | undefined;
}

/** What became of one check. */
export interface DestinationCheckResult {
  /** Name of the check: completes the sentence "the destination …". */
  readonly name: string;
  /** Whether the promise was kept, broken, or does not apply. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped, for people. */
  readonly reason?: string | undefined;
  /** What was thrown, if it failed. */
  readonly error?: unknown;
}

/** What became of all checks. */
export interface DestinationVerdict {
  /** The storage that was checked. */
  readonly title: string;
  /** Whether no check failed. */
  readonly passed: boolean;
  /** Repeats this run with the same data. */
  readonly seed: number;
  /** One for each check, in their order. */
  readonly results: readonly DestinationCheckResult[];
}

/**
 * Checks a real storage, without a test framework: may it be trusted with a backup?
 *
 * It writes some megabytes and about a thousand small objects, all below random prefixes that start with
 * `holdfast-check-`, and deletes them again; objects of others are not touched. The destination stays open. A broken
 * promise is a line of the verdict, not an exception; an abort takes effect between two checks.
 *
 * @example Trying out a folder
 * ```ts no-run
 * import { localDestination } from '@holdfast/destinations/local';
 * import { validateDestination } from '@holdfast/testkit';
 *
 * const open = () => localDestination({ path: '/media/ada/backups', create: false });
 * const destination = open();
 * const { passed, results } = await validateDestination(destination, { reopen: open });
 * for (const { name, outcome, reason } of results) if (outcome === 'failed') console.log(name, reason);
 * console.log(passed ? 'fit for backups' : 'not fit for backups');
 * await destination[Symbol.asyncDispose]();
 * ```
 */
export async function validateDestination(
  destination: Destination,
  options: ValidateDestinationOptions = {},
): Promise<DestinationVerdict> {
  const { reopen, checks = destinationChecks, onProgress, signal } = options;
  const resolved = resolveDestinationCheckOptions(options);
  const results: DestinationCheckResult[] = [];
  for (const check of checks) {
    signal?.throwIfAborted();
    const result = await validate(check);
    results.push(result);
    onProgress?.(result);
  }
  const passed = results.every(({ outcome }) => outcome !== 'failed');
  return { title: destination.title, passed, seed: resolved.seed, results };

  async function validate(check: DestinationCheck): Promise<DestinationCheckResult> {
    const { name } = check;
    const unmet = unmetRequirement(check, destination.capabilities, reopen !== undefined);
    if (unmet !== undefined) return { name, outcome: 'skipped', reason: unmet };
    try {
      await runCheck(check, { destination, open: reopen }, resolved);
      return { name, outcome: 'passed' };
    } catch (error) {
      return { name, outcome: 'failed', reason: error instanceof Error ? error.message : typeof error, error };
    }
  }
}
