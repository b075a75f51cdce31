import { createKeyring } from '@holdfast/crypto';
import { DestinationError, RepositoryError } from '@holdfast/contracts';
import { equalBytes } from '../internal/bytes.ts';
import { CONFIG_NAME } from '../objects/object-name.ts';
import { createObjectStore } from '../objects/object-store.ts';
import { retryingDestination } from '../objects/retrying-destination.ts';
import { holdsSnapshots, newConfig, parseConfig, serialiseConfig } from './config.ts';
import { createRepositoryFace } from './repository.ts';
import type { Repository } from './repository.ts';
import { requireKey, resolveEnvironment, resolvePackTarget } from './repository-options.ts';
import type { CreateRepositoryOptions } from './repository-options.ts';
import { createVault } from './vault.ts';

/**
 * Creates a repository in an empty destination and opens it.
 *
 * Keys are written first, then the config, which is read back. A creation that was interrupted leaves nothing that
 * hinders the next one.
 *
 * @throws `ERR_REPOSITORY_EXISTS`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if there is one already,
 * be it one that has lost its config.
 * @throws `RangeError`, if an option is out of range.
 *
 * @example An encrypted repository in memory
 * ```ts
 * import { createRepository } from '@holdfast/core';
 * import { generateKey } from '@holdfast/crypto';
 * import { memoryDestination } from '@holdfast/destinations/memory';
 *
 * const key = generateKey();
 * const repository = await createRepository({ destination: memoryDestination(), key });
 * console.log(repository.encrypted, key.secret.reveal().length); // true 44
 * await repository.close();
 * ```
 */
export async function createRepository(options: CreateRepositoryOptions): Promise<Repository> {
  const { key, label, signal } = options;
  const environment = resolveEnvironment(options);
  if (key !== 'none') requireKey(key);
  const packTarget = resolvePackTarget(options);
  const { clock, randomness } = environment;
  const destination = retryingDestination(environment.destination, environment);
  signal?.throwIfAborted();

  const exists = (cause?: unknown): RepositoryError =>
    new RepositoryError('ERR_REPOSITORY_EXISTS', { destination: destination.title }, { cause });
  if ((await holdsConfig()) || (await holdsSnapshots(destination, { signal }))) throw exists();

  const created = new Date(clock.now()).toISOString();
  const config = newConfig({ encrypted: key !== 'none', created, packTarget });
  const made = await createKeyring({ key, config, label, randomness, clock });
  const objects = createObjectStore(destination);
  for (const file of made.files) await objects.put('keys', file, { signal });
  const bytes = serialiseConfig(made.config);
  try {
    const ifAbsent = destination.capabilities.conditionalPut !== 'none';
    await destination.put(CONFIG_NAME, bytes, { ifAbsent, signal });
  } catch (error) {
    // A lost answer makes the retry find our own config; only somebody else's is a conflict.
    if (!DestinationError.is(error, 'ERR_OBJECT_EXISTS')) throw error;
  }
  if (!equalBytes(await destination.get(CONFIG_NAME, { signal }), bytes)) throw exists();
  return createRepositoryFace(
    createVault({ ...environment, destination, config: parseConfig(bytes), keyring: made.keyring }),
  );

  async function holdsConfig(): Promise<boolean> {
    try {
      await destination.stat(CONFIG_NAME, { signal });
      return true;
    } catch (error) {
      if (DestinationError.is(error, 'ERR_OBJECT_NOT_FOUND')) return false;
      throw error;
    }
  }
}
