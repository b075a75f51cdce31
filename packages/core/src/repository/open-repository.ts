import { openKeyring } from '@holdfast/crypto';
import type { KeyFile } from '@holdfast/crypto';
import type { Destination, OperationOptions } from '@holdfast/contracts';
import { hashOfName } from '../objects/object-name.ts';
import { retryingDestination } from '../objects/retrying-destination.ts';
import { readConfig } from './config.ts';
import { createRepositoryFace } from './repository.ts';
import type { Repository } from './repository.ts';
import { requireKey, resolveEnvironment } from './repository-options.ts';
import type { OpenRepositoryOptions } from './repository-options.ts';
import { createVault } from './vault.ts';

/**
 * Opens a repository. Reads the config and the keys, nothing else.
 *
 * @throws `ERR_REPOSITORY_NOT_FOUND`, `ERR_CONFIG_DAMAGED` or `ERR_VERSION_UNSUPPORTED`, a
 * {@link @holdfast/contracts!RepositoryError | RepositoryError}, if there is none that this version can read.
 * @throws `ERR_KEY_MISSING`, `ERR_KEY_WRONG`, `ERR_KEYRING_DAMAGED` or `ERR_KEYRING_FORGED`, a
 * {@link @holdfast/contracts!CryptoError | CryptoError}, if the key does not open it.
 *
 * @example Opening what was created before
 * ```ts
 * import { createRepository, openRepository } from '@holdfast/core';
 * import { password } from '@holdfast/crypto';
 * import { localDestination } from '@holdfast/destinations/local';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 *
 * const path = await mkdtemp(join(tmpdir(), 'holdfast-'));
 * const key = password('seven copper lanterns');
 * const created = await createRepository({ destination: localDestination({ path }), key });
 * const opened = await openRepository({ destination: localDestination({ path }), key });
 * console.log(opened.id === created.id); // true
 * await opened.close();
 * ```
 */
export async function openRepository(options: OpenRepositoryOptions): Promise<Repository> {
  const { key, signal } = options;
  const environment = resolveEnvironment(options);
  if (key !== undefined) requireKey(key);
  const destination = retryingDestination(environment.destination, environment);
  signal?.throwIfAborted();
  const config = await readConfig(destination, { signal });
  const files = await readKeyFiles(destination, { signal });
  const keyring = await openKeyring({ config: config.json, files, key, signal });
  return createRepositoryFace(createVault({ ...environment, destination, config, keyring }));
}

/** Reads everything in `keys/` unverified: opening tells a damaged file from a wrong key. */
async function readKeyFiles(destination: Destination, options: OperationOptions): Promise<KeyFile[]> {
  const files: KeyFile[] = [];
  for await (const { name } of destination.list('keys/', options)) {
    if (hashOfName('keys', name) !== undefined) files.push({ name, bytes: await destination.get(name, options) });
  }
  return files;
}
