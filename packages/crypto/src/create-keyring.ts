import { systemClock, systemRandomness } from '@holdfast/contracts';
import type { Clock, JsonObject, Randomness } from '@holdfast/contracts';
import { sealConfig } from './config-record.ts';
import type { ConfigRecord } from './config-record.ts';
import { deriveBytes, KEY_LENGTH } from './derived-keys.ts';
import { sealSlot } from './key-slot.ts';
import { encodeKeyring, SUITE_NAMES } from './keyring-content.ts';
import type { NewKeyringContent } from './keyring-content.ts';
import { openMaterial } from './keyring.ts';
import type { Keyring } from './keyring.ts';
import type { RepositoryKey } from './repository-key.ts';

const FIRST_GENERATION = 1;
const FIRST_EPOCH = 1;
const NO_EPOCH = 0;
const CONTROL_CHARACTER = /\p{Cc}|\u2028|\u2029/u;

/** Options of {@link createKeyring}. */
export interface CreateKeyringOptions {
  /** What will open the repository; `'none'` makes one that is not encrypted, for ever. */
  readonly key: RepositoryKey | 'none';
  /** The members of the config, `id` and `mac` left out; `encrypted` is added if it is missing. */
  readonly config: JsonObject;
  /** Text for people that tells slots apart, without line breaks. @defaultValue the empty text */
  readonly label?: string | undefined;
  /**
   * Source of the repository id, the root and the epoch key; anything but the default belongs in tests. The age files
   * draw from the platform's generator in any case.
   *
   * @defaultValue the platform's generator
   */
  readonly randomness?: Randomness | undefined;
  /** Time of creation. @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/** What {@link createKeyring} made. */
export interface NewKeyring {
  /** The bytes of each object to be put into `keys/`: the slot if there is one, then the keyring. */
  readonly files: readonly Uint8Array[];
  /** The keyring, open. */
  readonly keyring: Keyring;
  /** The complete config, to be written after `files` are durable. */
  readonly config: ConfigRecord;
}

/**
 * Makes the keys of a new repository: id, root, first epoch, a slot for the key given, and the config with its MAC.
 *
 * It takes a fifth of a second or so, because a slot is made costly to guess.
 *
 * @throws `RangeError` if the config has an `id` or a `mac`, contradicts `key`, or the label has control characters.
 *
 * @example A new encrypted repository
 * ```ts
 * import { createKeyring, generateKey } from '@holdfast/crypto';
 *
 * const { files, config, keyring } = await createKeyring({ key: generateKey(), config: { version: 1 } });
 * console.log(files.length, config.encrypted, keyring.generation); // 2 true 1
 * ```
 */
export async function createKeyring(options: CreateKeyringOptions): Promise<NewKeyring> {
  const { key, label = '', randomness = systemRandomness, clock = systemClock } = options;
  const encrypted = key !== 'none';
  checkConfig(options.config, encrypted);
  if (CONTROL_CHARACTER.test(label)) throw new RangeError('A label must not hold line breaks or control characters.');

  const repositoryId = randomness.bytes(KEY_LENGTH);
  const root = randomness.bytes(KEY_LENGTH);
  const epochs = new Map(encrypted ? [[FIRST_EPOCH, randomness.bytes(KEY_LENGTH)]] : []);
  const config = sealConfig(options.config, root, { repositoryId, encrypted });
  const created = new Date(clock.now()).toISOString();
  const material = {
    repositoryId,
    generation: FIRST_GENERATION,
    root,
    suite: encrypted ? SUITE_NAMES.sealed : SUITE_NAMES.clear,
    epoch: encrypted ? FIRST_EPOCH : NO_EPOCH,
    epochs,
  };
  const files = encrypted
    ? await sealedFiles({ ...material, key, label, created, config })
    : [encodeKeyring({ ...material, recipients: [], config })];
  return { files, keyring: openMaterial({ ...material, encrypted }), config };
}

type SealedFiles = Omit<NewKeyringContent, 'recipients'> & {
  readonly key: RepositoryKey;
  readonly label: string;
  readonly created: string;
};

async function sealedFiles({ key, label, created, ...content }: SealedFiles): Promise<readonly Uint8Array[]> {
  const { repositoryId, root } = content;
  // Here and not above: it takes 15 MB in every thread that loads it, and only opening and making keys needs it.
  const { Encrypter, generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const commitment = deriveBytes(root, repositoryId, 'root check');
  const slot = await sealSlot({ key, repositoryId, commitment, identity, label, created });
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const recipients = [{ recipient, type: key.type, label, created }];
  return [slot, await encrypter.encrypt(encodeKeyring({ ...content, recipients }))];
}

function checkConfig(config: JsonObject, encrypted: boolean): void {
  if ('id' in config || 'mac' in config) throw new RangeError('The id and the MAC of a config are made here.');
  if ('encrypted' in config && config['encrypted'] !== encrypted) {
    throw new RangeError('The config and the key disagree on whether the repository is encrypted.');
  }
}
