import { createKeyring, generateKey } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import type { Logger } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';
import { faultyDestination, seededRandomness, virtualClock } from '@holdfast/testkit';
import type { DestinationFaults } from '@holdfast/testkit';
import { createObjectStore } from '../../src/objects/object-store.ts';
import type { ObjectStore } from '../../src/objects/object-store.ts';
import { resolveBudget } from '../../src/repository/budget.ts';
import type { BudgetOptions } from '../../src/repository/budget.ts';
import { createIndexStore } from '../../src/repository/index-store.ts';
import type { IndexStore } from '../../src/repository/index-store.ts';
import type { Objects } from '../support/harness.ts';

/** Where an index is looked up in a test. */
export const MODES = ['memory', 'disk'] as const;

/** A storage with segments, and indexes over it. */
export interface IndexLab {
  readonly stored: Objects;
  readonly keyring: Keyring;
  readonly objects: ObjectStore;
  readonly plan: DestinationFaults;
  /** Texts of warnings. */
  readonly warnings: string[];
  /** An index that knows nothing yet. */
  open(budget?: BudgetOptions): IndexStore;
  /** The same, once it has seen what is stored. */
  opened(budget?: BudgetOptions): Promise<IndexStore>;
}

/** Makes an {@link IndexLab}. */
export async function createIndexLab({ encrypted = false }: { readonly encrypted?: boolean } = {}): Promise<IndexLab> {
  const stored: Objects = new Map();
  const plan: DestinationFaults = {};
  const randomness = seededRandomness(1);
  const clock = virtualClock();
  const key = encrypted ? generateKey() : 'none';
  const { keyring } = await createKeyring({ key, config: {}, randomness, clock });
  const objects = createObjectStore(faultyDestination(memoryDestination({ objects: stored }), { faults: plan }));
  const warnings: string[] = [];
  const logger: Logger = { debug() {}, info() {}, warn: (message) => void warnings.push(message), error() {} };
  const open = (budget: BudgetOptions = {}): IndexStore =>
    createIndexStore({ objects, keyring, randomness, clock, logger, budget: resolveBudget(budget) });
  return {
    stored,
    keyring,
    objects,
    plan,
    warnings,
    open,
    async opened(budget) {
      const index = open(budget);
      await index.refresh();
      return index;
    },
  };
}
