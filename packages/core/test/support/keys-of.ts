import { openKeyring } from '@holdfast/crypto';
import type { Keyring, RepositoryKey } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { readConfig } from '../../src/repository/config.ts';
import type { RepositoryConfig } from '../../src/repository/config.ts';
import type { Objects } from './harness.ts';

/** Opens the keyring of a repository in memory. */
export async function keysOf(
  objects: Objects,
  key: RepositoryKey | 'none',
): Promise<{ readonly config: RepositoryConfig; readonly keyring: Keyring }> {
  const config = await readConfig(memoryDestination({ objects }), {});
  const files = [...objects].flatMap(([name, { bytes }]) => (name.startsWith('keys/') ? [{ name, bytes }] : []));
  const keyring = await openKeyring({ config: config.json, files, ...(key === 'none' ? {} : { key }) });
  return { config, keyring };
}
