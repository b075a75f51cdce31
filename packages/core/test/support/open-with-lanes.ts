import { silentLogger } from '@holdfast/contracts';
import type { Destination } from '@holdfast/contracts';
import type { Keyring } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { resolveBudget } from '../../src/repository/budget.ts';
import { createRepositoryFace } from '../../src/repository/repository.ts';
import type { Repository } from '../../src/repository/repository.ts';
import { createVault } from '../../src/repository/vault.ts';
import type { Lanes } from '../../src/threads/lanes.ts';
import type { Harness } from './harness.ts';
import { keysOf } from './keys-of.ts';

/** Opens the repository of a harness, which is not encrypted, with lanes of one's own; `wrap` is put before its storage. */
export async function openWithLanes(
  { objects, clock, dice }: Pick<Harness, 'objects' | 'clock' | 'dice'>,
  makeLanes: (keyring: Keyring) => Lanes,
  wrap: (inner: Destination) => Destination = (inner) => inner,
): Promise<Repository> {
  const { config, keyring } = await keysOf(objects, 'none');
  const destination = wrap(memoryDestination({ objects, clock }));
  const environment = { clock, randomness: dice, logger: silentLogger, budget: resolveBudget({ workers: 0 }) };
  return createRepositoryFace(createVault({ destination, config, keyring, lanes: makeLanes(keyring), ...environment }));
}
