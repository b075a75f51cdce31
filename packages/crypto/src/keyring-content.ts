import { CryptoError, RepositoryError } from '@holdfast/contracts';
import type { JsonObject, JsonValue } from '@holdfast/contracts';
import { fromBase64, fromHex, toBase64, toHex, utf8 } from './bytes.ts';
import { KEY_LENGTH } from './derived-keys.ts';

const VERSION = 1;
/** Names of suites in a keyring. */
export const SUITE_NAMES: {
  /** Sealed with AES-256-GCM. */
  readonly sealed: 'aes-256-gcm';
  /** Not sealed. */
  readonly clear: 'none';
} = { sealed: 'aes-256-gcm', clear: 'none' };

/** What a keyring file holds, as far as reading needs it. */
export interface KeyringContent {
  /** Id of the repository. */
  readonly repositoryId: Uint8Array;
  /** Counts from 1. */
  readonly generation: number;
  /** The root, which never changes. */
  readonly root: Uint8Array;
  /** Name of the suite of new objects. */
  readonly suite: string;
  /** Epoch of new objects. */
  readonly epoch: number;
  /** Keys of the epochs still needed. */
  readonly epochs: ReadonlyMap<number, Uint8Array>;
}

/** {@link KeyringContent} to be written, with what is kept for later generations and for repair. */
export interface NewKeyringContent extends KeyringContent {
  /** Whom the file is sealed to. */
  readonly recipients: readonly JsonObject[];
  /** A copy of the config. */
  readonly config: JsonObject;
}

/** Writes the plaintext of a keyring. */
export function encodeKeyring(content: NewKeyringContent): Uint8Array {
  const { repositoryId, generation, root, suite, epoch, epochs, recipients, config } = content;
  const members: JsonObject = {
    holdfast: 'keyring',
    version: VERSION,
    repository: toHex(repositoryId),
    generation,
    root: toBase64(root),
    suite,
    epoch,
    epochs: Array.from(epochs, ([n, key]) => ({ n, key: toBase64(key) })),
    recipients,
    config,
  };
  return utf8(JSON.stringify(members));
}

/**
 * Reads the plaintext of a keyring.
 *
 * @throws `ERR_KEYRING_DAMAGED`, a {@link CryptoError}, if it is none. Without a cause: the parser's would quote it.
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link RepositoryError}, if it is newer than this version.
 */
export function decodeKeyring(plaintext: Uint8Array, object: string): KeyringContent {
  const members = parseObject(plaintext);
  const version = members?.['version'];
  if (members?.['holdfast'] !== 'keyring' || typeof version !== 'number') throw damaged(object);
  if (version > VERSION) throw new RepositoryError('ERR_VERSION_UNSUPPORTED', { object, version, supported: VERSION });
  const { generation, epoch, suite } = members;
  const repositoryId = fromHex(members['repository'], KEY_LENGTH);
  const root = fromBase64(members['root'], KEY_LENGTH);
  const epochs = readEpochs(members['epochs']);
  const complete =
    repositoryId !== undefined && root !== undefined && epochs !== undefined && typeof suite === 'string';
  if (version !== VERSION || !complete || !isCount(generation) || generation < 1 || !isCount(epoch)) {
    throw damaged(object);
  }
  return { repositoryId, generation, root, suite, epoch, epochs };
}

function readEpochs(value: JsonValue | undefined): ReadonlyMap<number, Uint8Array> | undefined {
  if (!Array.isArray(value)) return undefined;
  const epochs = new Map<number, Uint8Array>();
  for (const entry of value as readonly JsonValue[]) {
    if (!isObject(entry)) return undefined;
    const number = entry['n'];
    const key = fromBase64(entry['key'], KEY_LENGTH);
    if (!isCount(number) || number < 1 || key === undefined || epochs.has(number)) return undefined;
    epochs.set(number, key);
  }
  return epochs;
}

function parseObject(plaintext: Uint8Array): JsonObject | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext)) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}

function damaged(object: string): CryptoError {
  return new CryptoError('ERR_KEYRING_DAMAGED', { object });
}
