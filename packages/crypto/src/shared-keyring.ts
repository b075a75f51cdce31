import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { implementationOf, OpenKeyring } from './keyring.ts';
import type { Keyring, KeyringFacts, KeyringKeys } from './keyring.ts';

/**
 * An open keyring on its way to another thread of the same process: fit for `postMessage` and `workerData`, and for nothing
 * else. It holds keys, so it must not be stored, printed or sent to another process.
 */
export interface SharedKeyring extends KeyringFacts {
  /** The keys; `KeyObject`s do not show what they hold. */
  readonly keys: Omit<KeyringKeys, 'chunker'>;
  /** Key of the chunker. */
  readonly chunker: KeyObject;
}

/**
 * Makes the form of a keyring that another thread can join.
 *
 * @throws `TypeError` if the keyring was disposed of.
 *
 * @example A keyring in two threads
 * ```ts
 * import { createKeyring, joinKeyring, shareKeyring } from '@holdfast/crypto';
 *
 * const { keyring } = await createKeyring({ key: 'none', config: { version: 1 } });
 * const shared = structuredClone(shareKeyring(keyring)); // what postMessage does
 * const joined = joinKeyring(shared);
 * console.log(joined.generation === keyring.generation); // true
 * ```
 */
export function shareKeyring(keyring: Keyring): SharedKeyring {
  const { keys, repositoryId, encrypted, generation, epoch } = implementationOf(keyring);
  const { chunker, ...others } = keys;
  return { repositoryId, encrypted, generation, epoch, keys: others, chunker: createSecretKey(chunker) };
}

/** Makes the keyring of this thread out of what {@link shareKeyring} made in another. Dispose of each by itself. */
export function joinKeyring({ keys, chunker, ...facts }: SharedKeyring): Keyring {
  return new OpenKeyring(facts, { ...keys, chunker: new Uint8Array(chunker.export()) });
}
