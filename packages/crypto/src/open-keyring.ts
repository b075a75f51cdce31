import { createHash, timingSafeEqual } from 'node:crypto';
import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { JsonObject, OperationOptions } from '@holdfast/contracts';
import { openAgeFile } from './age-file.ts';
import type { KeyFile } from './age-file.ts';
import { readAgeForm } from './age-header.ts';
import { hasText, toHex } from './bytes.ts';
import { configDamaged, readConfigClaim, verifyConfig } from './config-record.ts';
import { deriveBytes } from './derived-keys.ts';
import { ACCEPTED_WORK_FACTORS, openSlot } from './key-slot.ts';
import type { SlotContent } from './key-slot.ts';
import { decodeKeyring, SUITE_NAMES } from './keyring-content.ts';
import type { KeyringContent } from './keyring-content.ts';
import { openMaterial } from './keyring.ts';
import type { Keyring } from './keyring.ts';
import type { RepositoryKey } from './repository-key.ts';

const NAME = /^keys\/([0-9a-f]{64})$/;

/** Options of {@link openKeyring}. */
export interface OpenKeyringOptions extends OperationOptions {
  /** The config, parsed; its version was looked at before. */
  readonly config: JsonObject;
  /** Every object of `keys/`, in any order. */
  readonly files: readonly KeyFile[];
  /** What opens the repository; absent for one that is not encrypted. */
  readonly key?: RepositoryKey | undefined;
}

/** The files of `keys/` by what they seem to be, and what is wrong with others. */
interface SortedFiles {
  readonly slots: KeyFile[];
  readonly keyrings: KeyFile[];
  readonly clear: KeyFile[];
  readonly damagedSlots: Error[];
  readonly damagedKeyrings: Error[];
}

interface Candidate extends KeyringContent {
  readonly name: string;
}

/**
 * Opens the newest genuine keyring of a repository and checks the MAC of the config.
 *
 * Every slot is tried, which takes a fifth of a second or so each. A damaged or foreign object beside a good one does
 * not matter. A key given for a repository that is not encrypted is refused: somebody may have put a clear repository
 * in the place of the sealed one.
 *
 * @throws `ERR_KEY_MISSING`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if it is encrypted and there is no key.
 * @throws `ERR_KEY_WRONG`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if the key opens no slot.
 * @throws `ERR_KEYRING_DAMAGED`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if the object that is needed is
 * missing, is not what its name says, or cannot be read although the key is right.
 * @throws `ERR_KEYRING_FORGED`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if a keyring opens but was not made
 * by anybody who knew the root.
 * @throws `ERR_SUITE_UNSUPPORTED`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if new objects need an unknown suite.
 * @throws `ERR_CONFIG_DAMAGED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if the config is not the one
 * that was written.
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if slot or keyring is newer.
 *
 * @example Asking again after a wrong password
 * ```ts
 * import { CryptoError } from '@holdfast/contracts';
 * import type { JsonObject } from '@holdfast/contracts';
 * import { openKeyring, password } from '@holdfast/crypto';
 * import type { KeyFile, Keyring } from '@holdfast/crypto';
 *
 * async function tryPassword(config: JsonObject, files: readonly KeyFile[], text: string): Promise<Keyring | undefined> {
 *   return openKeyring({ config, files, key: password(text) }).catch((error: unknown) => {
 *     if (CryptoError.is(error, 'ERR_KEY_WRONG')) return undefined;
 *     throw error;
 *   });
 * }
 * ```
 */
export async function openKeyring(options: OpenKeyringOptions): Promise<Keyring> {
  const { config, key, signal } = options;
  signal?.throwIfAborted();
  const { repositoryId, encrypted } = readConfigClaim(config);
  if (encrypted && key === undefined) throw new CryptoError('ERR_KEY_MISSING', {});
  if (!encrypted && key !== undefined) throw new CryptoError('ERR_KEY_WRONG', {});

  const files = sortFiles(options.files);
  const content =
    key === undefined
      ? openClearKeyring(files, config, repositoryId)
      : await openSealedKeyring(files, await openSlots(files, { key, repositoryId, signal }), { repositoryId, signal });
  const suite = encrypted ? SUITE_NAMES.sealed : SUITE_NAMES.clear;
  if (content.suite !== suite) {
    throw new CryptoError('ERR_SUITE_UNSUPPORTED', { object: content.name, suite: content.suite });
  }
  if (encrypted !== content.epochs.has(content.epoch)) throw damaged(content.name);
  verifyConfig(config, content.root, repositoryId);
  return openMaterial({ ...content, encrypted });
}

function sortFiles(files: readonly KeyFile[]): SortedFiles {
  const sorted: SortedFiles = { slots: [], keyrings: [], clear: [], damagedSlots: [], damagedKeyrings: [] };
  // In the order of names, so that the outcome does not depend on that of a listing.
  for (const file of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const digest = NAME.exec(file.name)?.[1];
    if (digest === undefined) continue;
    const intact = createHash('sha256').update(file.bytes).digest('hex') === digest;
    const age = readAgeForm(file.bytes);
    if (age.form === 'keyring') {
      if (intact) sorted.keyrings.push(file);
      else sorted.damagedKeyrings.push(damaged(file.name));
    } else if (!intact || age.form === 'malformed') {
      // Bytes that lost their form may have been either: it is named whichever turns out to be missing.
      sorted.damagedSlots.push(damaged(file.name));
      sorted.damagedKeyrings.push(damaged(file.name));
    } else if (age.form === 'slot') {
      const { least, most } = ACCEPTED_WORK_FACTORS;
      if (age.workFactor >= least && age.workFactor <= most) sorted.slots.push(file);
      else sorted.damagedSlots.push(damaged(file.name));
    } else if (hasText(file.bytes, 0, '{')) {
      sorted.clear.push(file);
    }
  }
  return sorted;
}

interface SlotSearch extends OperationOptions {
  readonly key: RepositoryKey;
  readonly repositoryId: Uint8Array;
}

/** Every slot of this repository that the key opens: at least one. */
async function openSlots(
  files: SortedFiles,
  { key, repositoryId, signal }: SlotSearch,
): Promise<readonly SlotContent[]> {
  const opened: SlotContent[] = [];
  const failures = [...files.damagedSlots];
  let foreign = 0;
  for (const file of files.slots) {
    signal?.throwIfAborted();
    const slot = await openSlot(file, key).catch((error: Error) => {
      failures.push(error);
    });
    if (slot === undefined) continue;
    if (isEqual(slot.repositoryId, repositoryId)) opened.push(slot);
    else foreign += 1;
  }
  if (opened.length > 0) return opened;
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  // A damaged file that looks like a keyring may have been the slot.
  if (files.slots.length === 0) throw files.damagedKeyrings[0] ?? damaged('keys/');
  // A creation that was interrupted may have left the slot of an id that no config names; the key may be that one's.
  if (foreign === files.slots.length) throw configDamaged('its id is not that of the key slots');
  throw new CryptoError('ERR_KEY_WRONG', {});
}

interface KeyringSearch extends OperationOptions {
  readonly repositoryId: Uint8Array;
}

async function openSealedKeyring(
  files: SortedFiles,
  slots: readonly SlotContent[],
  { repositoryId, signal }: KeyringSearch,
): Promise<Candidate> {
  let newest: Candidate | undefined;
  let forged: Error | undefined;
  const failures = [...files.damagedKeyrings];
  for (const file of files.keyrings) {
    for (const slot of slots) {
      signal?.throwIfAborted();
      const content = await openKeyringFile(file, slot.identity).catch((error: Error) => {
        // A newer version must stop the reader even beside one it knows: it may have been overtaken.
        if (!CryptoError.is(error)) throw error;
        failures.push(error);
      });
      if (content === undefined) continue;
      if (!isGenuine(content, slot, repositoryId)) {
        forged ??= new CryptoError('ERR_KEYRING_FORGED', { object: file.name });
      } else if (newest === undefined || content.generation > newest.generation) {
        newest = content;
      }
    }
  }
  if (newest !== undefined) return newest;
  throw forged ?? failures[0] ?? damaged(files.keyrings[0]?.name ?? 'keys/');
}

async function openKeyringFile(file: KeyFile, identity: string): Promise<Candidate | undefined> {
  const plaintext = await openAgeFile(file, { identity });
  return plaintext && { ...decodeKeyring(plaintext, file.name), name: file.name };
}

// age authenticates no sender: only the commitment, which the slot keeps under its secret, tells who knew the root.
function isGenuine(content: KeyringContent, slot: SlotContent, repositoryId: Uint8Array): boolean {
  const commitment = deriveBytes(content.root, repositoryId, 'root check');
  return isEqual(content.repositoryId, repositoryId) && isEqual(commitment, slot.commitment);
}

function openClearKeyring(files: SortedFiles, config: JsonObject, repositoryId: Uint8Array): Candidate {
  let newest: Candidate | undefined;
  let foreign: Error | undefined;
  const failures = [...files.damagedKeyrings];
  for (const file of files.clear) {
    try {
      const content = { ...decodeKeyring(file.bytes, file.name), name: file.name };
      if (!isEqual(content.repositoryId, repositoryId)) {
        foreign ??= isConfigOf(content, config)
          ? configDamaged('its id is not the one that its MAC covers')
          : new CryptoError('ERR_KEYRING_FORGED', { object: file.name });
      } else if (newest === undefined || content.generation > newest.generation) {
        newest = content;
      }
    } catch (error) {
      if (!CryptoError.is(error)) throw error;
      failures.push(error);
    }
  }
  if (newest !== undefined) return newest;
  throw failures[0] ?? foreign ?? damaged('keys/');
}

/** Whether the config is that of the keyring, but for its id. */
function isConfigOf({ root, repositoryId }: KeyringContent, config: JsonObject): boolean {
  try {
    verifyConfig({ ...config, id: toHex(repositoryId) }, root, repositoryId);
    return true;
  } catch (error) {
    if (!RepositoryError.is(error)) throw error;
    return false;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function damaged(object: string): CryptoError {
  return new CryptoError('ERR_KEYRING_DAMAGED', { object });
}
