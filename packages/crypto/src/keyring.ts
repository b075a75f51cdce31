import { createHash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { CryptoError } from '@holdfast/contracts';
import { concatBytes, toLatin1, utf8 } from './bytes.ts';
import { deriveBytes, deriveKey, KEY_LENGTH } from './derived-keys.ts';
import { hkdfKey } from './hkdf.ts';
import { hmac } from './hmac.ts';
import { OBJECT_KINDS, readHeader, SUITE_AES_256_GCM, SUITE_NONE } from './object-header.ts';
import type { ObjectHeader } from './object-header.ts';

const ITEM_ID_LENGTH = 16;
/** Bytes of a domain of blob ids. */
export const DOMAIN_LENGTH = 16;
const WITH_DOMAIN = 0x80;
const CACHED_OBJECTS = 64;
const MASK = '[keyring]';

/**
 * The open keys of one repository. Made by {@link createKeyring}, {@link openKeyring} and {@link joinKeyring} only.
 *
 * Like {@link Secret} it shows nothing of itself when printed. After disposal every method throws a `TypeError`.
 */
export interface Keyring {
  /** Id of the repository, 32 bytes. */
  readonly repositoryId: Uint8Array;
  /** Whether the repository is encrypted. */
  readonly encrypted: boolean;
  /** Generation of the keyring in force. */
  readonly generation: number;
  /** Cipher suite of new objects, as in a header: 0 none, 1 AES-256-GCM. */
  readonly suite: number;
  /** Epoch of new objects; 0 if not encrypted. */
  readonly epoch: number;
  /** Key of the chunker, 32 bytes. */
  readonly chunkerKey: Uint8Array;
  /**
   * The id of a blob, 32 bytes, from its kind and its raw bytes. With a domain, 16 bytes, it is another than without, and
   * another than in every other domain.
   *
   * @throws `RangeError` if the domain does not have 16 bytes.
   */
  blobId(kind: number, raw: Uint8Array, domain?: Uint8Array): Uint8Array;
  /** The id under which an item stands in the index, 16 bytes. */
  itemId(sourceId: string, itemId: string): Uint8Array;
  /** Forgets the keys. */
  [Symbol.dispose](): void;
}

/** What a keyring is made of. The secret arrays are wiped once the keys are derived. */
export interface KeyringMaterial {
  /** Id of the repository. */
  readonly repositoryId: Uint8Array;
  /** Whether the repository is encrypted. */
  readonly encrypted: boolean;
  /** Generation of the keyring. */
  readonly generation: number;
  /** Epoch of new objects. */
  readonly epoch: number;
  /** The root. */
  readonly root: Uint8Array;
  /** Keys of all epochs still needed. */
  readonly epochs: ReadonlyMap<number, Uint8Array>;
}

/** What the blobs of one object are sealed with. */
export interface ObjectSeal {
  /** The header. */
  readonly header: ObjectHeader;
  /** The object key; `undefined` with suite none. */
  readonly key: KeyObject | undefined;
  /** Repository id and header: how the associated data of every blob begins. */
  readonly aad: Uint8Array;
}

/** The keys that an open keyring works with. All of them can be handed to another thread. */
export interface KeyringKeys {
  /** Makes blob ids. */
  readonly blobId: KeyObject;
  /** Makes item ids. */
  readonly itemId: KeyObject;
  /** Key of the chunker. */
  readonly chunker: Uint8Array;
  /** Keys of data packs, by epoch. */
  readonly data: ReadonlyMap<number, KeyObject>;
  /** Keys of all other objects, by epoch. */
  readonly metadata: ReadonlyMap<number, KeyObject>;
}

/** What tells one keyring from another, beside its keys. */
export type KeyringFacts = Pick<Keyring, 'repositoryId' | 'encrypted' | 'generation' | 'epoch'>;

/** Derives the keys, and wipes what they are derived from. */
function deriveKeys({ repositoryId, root, epochs }: KeyringMaterial): KeyringKeys {
  const data = new Map<number, KeyObject>();
  const metadata = new Map<number, KeyObject>();
  for (const [number, key] of epochs) {
    data.set(number, deriveKey(key, repositoryId, 'data'));
    metadata.set(number, deriveKey(key, repositoryId, 'metadata'));
    key.fill(0);
  }
  const keys = {
    blobId: deriveKey(root, repositoryId, 'blob id'),
    itemId: deriveKey(root, repositoryId, 'item id'),
    chunker: deriveBytes(root, repositoryId, 'chunker'),
    data,
    metadata,
  };
  root.fill(0);
  return keys;
}

/** No kind has the highest bit, so nothing with a domain is taken for something without. */
function domainPrefix(kind: number, domain: Uint8Array): Uint8Array {
  if (domain.length !== DOMAIN_LENGTH) throw new RangeError(`A domain has ${DOMAIN_LENGTH} bytes.`);
  return concatBytes(Uint8Array.of(kind + WITH_DOMAIN), domain);
}

/** The one implementation of {@link Keyring}, with what sealing and opening need besides. */
export class OpenKeyring implements Keyring {
  readonly repositoryId: Uint8Array;
  readonly encrypted: boolean;
  readonly generation: number;
  readonly suite: number;
  readonly epoch: number;
  #keys: KeyringKeys | undefined;
  readonly #seals = new Map<string, ObjectSeal>();

  static {
    // Not as a method: declarations could not name it (isolatedDeclarations).
    Object.defineProperty(OpenKeyring.prototype, inspect.custom, { value: () => MASK });
  }

  constructor({ repositoryId, encrypted, generation, epoch }: KeyringFacts, keys: KeyringKeys) {
    this.repositoryId = repositoryId;
    this.encrypted = encrypted;
    this.generation = generation;
    this.suite = encrypted ? SUITE_AES_256_GCM : SUITE_NONE;
    this.epoch = epoch;
    this.#keys = keys;
  }

  /** The keys, to be handed to another thread. */
  get keys(): KeyringKeys {
    return this.#open();
  }

  get chunkerKey(): Uint8Array {
    return this.#open().chunker;
  }

  blobId(kind: number, raw: Uint8Array, domain?: Uint8Array): Uint8Array {
    const { blobId } = this.#open();
    const prefix = domain === undefined ? Uint8Array.of(kind) : domainPrefix(kind, domain);
    if (this.encrypted) return hmac(blobId, prefix, raw);
    return new Uint8Array(createHash('sha256').update(prefix).update(raw).digest());
  }

  itemId(sourceId: string, itemId: string): Uint8Array {
    return hmac(this.#open().itemId, utf8(`${sourceId}\0${itemId}`)).slice(0, ITEM_ID_LENGTH);
  }

  /** What the object with that header is sealed with; the last ones are kept, since one pack is opened many times. */
  seal(headerBytes: Uint8Array, object: string): ObjectSeal {
    const keys = this.#open();
    const name = toLatin1(headerBytes);
    const cached = this.#seals.get(name);
    if (cached !== undefined) {
      // A map keeps the order of insertion: putting it back makes it the youngest.
      this.#seals.delete(name);
      this.#seals.set(name, cached);
      return cached;
    }
    const header = readHeader(headerBytes, { object });
    const seal = {
      header,
      key: this.#objectKey(keys, header, object),
      aad: concatBytes(this.repositoryId, header.bytes),
    };
    if (this.#seals.size >= CACHED_OBJECTS) {
      for (const oldest of this.#seals.keys()) {
        this.#seals.delete(oldest);
        break;
      }
    }
    this.#seals.set(name, seal);
    return seal;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.dispose](): void {
    this.#keys?.chunker.fill(0);
    this.#keys = undefined;
    this.#seals.clear();
  }

  #objectKey(keys: KeyringKeys, { kind, suite, epoch, salt }: ObjectHeader, object: string): KeyObject | undefined {
    // Otherwise whoever can write to the storage could pass off clear objects as sealed ones, or the reverse.
    if ((suite !== SUITE_NONE) !== this.encrypted) throw new CryptoError('ERR_SEAL_BROKEN', { object });
    if (!this.encrypted) return undefined;
    const epochKey = (kind === OBJECT_KINDS.dataPack ? keys.data : keys.metadata).get(epoch);
    if (epochKey === undefined) {
      // Epochs only grow: one that this keyring does not know yet was made by a newer generation.
      throw new CryptoError(epoch > this.epoch ? 'ERR_KEYRING_OUTDATED' : 'ERR_SEAL_BROKEN', { object });
    }
    const info = concatBytes(utf8('holdfast v1 object'), Uint8Array.of(kind, suite));
    return hkdfKey(epochKey, { salt, info, length: KEY_LENGTH });
  }

  #open(): KeyringKeys {
    if (this.#keys === undefined) throw new TypeError('The keyring was disposed of.');
    return this.#keys;
  }
}

/** Opens a keyring from what it is made of, which is wiped. */
export function openMaterial(material: KeyringMaterial): OpenKeyring {
  return new OpenKeyring(material, deriveKeys(material));
}

/** The implementation behind a keyring. */
export function implementationOf(keyring: Keyring): OpenKeyring {
  if (!(keyring instanceof OpenKeyring)) throw new TypeError('This keyring was not made by @holdfast/crypto.');
  return keyring;
}
