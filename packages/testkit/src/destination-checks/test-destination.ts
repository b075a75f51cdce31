import type { Destination } from '@holdfast/contracts';

import { resolveDestinationCheckOptions } from './check-options.ts';
import type { DestinationCheckOptions } from './check-options.ts';
import { unmetRequirement } from './destination-check.ts';
import { destinationChecks } from './destination-checks.ts';
import { runCheck } from './run-check.ts';

/** The two functions of a test framework that {@link testDestination} needs: vitest, node:test, mocha and jest fit. */
export interface TestRunner {
  /** Groups tests. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Defines a test. If it hands the body something with `skip(reason)`, checks that do not apply are skipped by it. */
  readonly it: (name: string, body: (...context: unknown[]) => Promise<void>) => unknown;
}

/**
 * Defines one test for each of {@link destinationChecks}, in the test framework of the caller.
 *
 * `open` is called for each test, once or twice, and must lead to the same storage whenever it is called within one
 * test. Everything a test writes lies below a random prefix and is deleted afterwards. The seed stands in the name of
 * the group; pass it in the options to repeat a failure.
 *
 * @example Testing a destination with vitest
 * ```ts
 * import { memoryDestination } from '@holdfast/destinations/memory';
 * import type { MemoryObject } from '@holdfast/destinations/memory';
 * import { testDestination } from '@holdfast/testkit';
 * import { describe, it } from 'vitest';
 *
 * const objects = new Map<string, MemoryObject>();
 * testDestination({ describe, it }, () => memoryDestination({ objects }));
 * ```
 */
export function testDestination(
  { describe, it }: TestRunner,
  open: () => Promise<Destination> | Destination,
  options: DestinationCheckOptions = {},
): void {
  const resolved = resolveDestinationCheckOptions(options);
  describe(`keeps the contract of a destination (seed ${resolved.seed})`, () => {
    for (const check of destinationChecks) {
      it(check.name, async (...context) => {
        const destination = await open();
        try {
          const unmet = unmetRequirement(check, destination.capabilities, true);
          if (unmet === undefined) await runCheck(check, { destination, open }, resolved);
          else skip(context[0], unmet);
        } finally {
          await destination[Symbol.asyncDispose]();
        }
      });
    }
  });
}

function skip(context: unknown, reason: string): void {
  if (typeof context !== 'object' || context === null) return;
  if ('skip' in context && typeof context.skip === 'function') context.skip(reason);
}
