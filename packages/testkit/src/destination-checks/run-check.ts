import { systemRandomness } from '@holdfast/contracts';
import type { Destination } from '@holdfast/contracts';

import { seededRandomness } from '../seeded-randomness.ts';
import type { ResolvedDestinationCheckOptions } from './check-options.ts';
import type { DestinationCheck } from './destination-check.ts';

/** A storage to run a check on. */
export interface CheckedStorage {
  /** What is checked. */
  readonly destination: Destination;
  /** Opens the storage once more. */
  readonly open: (() => Promise<Destination> | Destination) | undefined;
}

/** Runs one check below a prefix of its own, and deletes everything there afterwards. Throws what the check throws. */
export async function runCheck(
  check: DestinationCheck,
  { destination, open }: CheckedStorage,
  options: ResolvedDestinationCheckOptions,
): Promise<void> {
  // Never from the seed: two runs against one bucket must not meet.
  const prefix = `holdfast-check-${hex(systemRandomness.bytes(8))}/`;
  const opened: Destination[] = [];
  const context = {
    destination,
    options,
    prefix,
    randomness: seededRandomness(options.seed),
    name: (rest: string) => prefix + rest,
    settle: () => (options.visibilityDelayMs > 0 ? options.clock.sleep(options.visibilityDelayMs) : Promise.resolve()),
    async reopen() {
      if (open === undefined) throw new TypeError(`the check "${check.name}" must require a second connection`);
      const second = await open();
      opened.push(second);
      return second;
    },
  };
  const tidyUp = async (): Promise<void> => {
    await context.settle();
    await deleteBelow(destination, prefix);
    for (const second of opened) await second[Symbol.asyncDispose]();
  };
  try {
    await check.run(context);
  } catch (error) {
    // What the check says is worth more than that it could not tidy up.
    await tidyUp().catch(() => {});
    throw error;
  }
  await tidyUp();
}

async function deleteBelow(destination: Destination, prefix: string): Promise<void> {
  const names: string[] = [];
  for await (const { name } of destination.list(prefix)) names.push(name);
  for (const name of names) await destination.delete(name);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
