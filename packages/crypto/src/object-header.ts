import { CryptoError, RepositoryError } from '@holdfast/contracts';
import { hasText, viewOf } from './bytes.ts';

/** Numbers of the kinds of sealed objects, as in byte 8 of a header. */
export const OBJECT_KINDS: {
  /** A pack of pieces of item parts. */
  readonly dataPack: 1;
  /** A pack of tree nodes. */
  readonly treePack: 2;
  /** A segment of the index. */
  readonly segment: 3;
  /** A snapshot. */
  readonly snapshot: 4;
  /** The record of a removal. */
  readonly removal: 5;
  /** A lease of a writer. */
  readonly lease: 6;
  /** A proposal of packs to delete. */
  readonly tombstone: 7;
} = { dataPack: 1, treePack: 2, segment: 3, snapshot: 4, removal: 5, lease: 6, tombstone: 7 };

/** Suite byte of objects that are not encrypted. */
export const SUITE_NONE = 0;
/** Suite byte of objects sealed with AES-256-GCM. */
export const SUITE_AES_256_GCM = 1;

/** Bytes of a header. */
export const HEADER_LENGTH = 48;
/** The largest object, in bytes: offsets have 32 bits. */
export const MAX_OBJECT_LENGTH: number = 2 ** 32 - 1;
const MAGIC = 'HOLDFAST';
const VERSION = 1;
const LAST_KIND = 7;
const KIND_OFFSET = 8;
const VERSION_OFFSET = 9;
const SUITE_OFFSET = 10;
const FLAGS_OFFSET = 11;
const EPOCH_OFFSET = 12;
const SALT_OFFSET = 16;

/** Which object bytes belong to, for errors. */
export interface ObjectName {
  /** Full name of the object. */
  readonly object: string;
}

/** What the header of a sealed object says. Only opening something proves it. */
export interface ObjectHeader {
  /** Kind of object: one of {@link OBJECT_KINDS}. */
  readonly kind: number;
  /** Version of the envelope. */
  readonly version: number;
  /** Cipher suite: 0 none, 1 AES-256-GCM. */
  readonly suite: number;
  /** Flags; always 0 in this version. */
  readonly flags: number;
  /** Epoch of the key; 0 if not encrypted. */
  readonly epoch: number;
  /** 32 random bytes. */
  readonly salt: Uint8Array;
  /** The 48 bytes themselves. */
  readonly bytes: Uint8Array;
}

/**
 * Reads the header at the beginning of a sealed object and refuses what this version must not read.
 *
 * @param bytes - At least the first 48 bytes.
 * @throws `ERR_SEAL_FORMAT`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if this is no header.
 * @throws `ERR_SUITE_UNSUPPORTED`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if the suite is unknown.
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if the version is newer.
 *
 * @example Telling a snapshot from a removal record without a key
 * ```ts
 * import { OBJECT_KINDS, readHeader } from '@holdfast/crypto';
 *
 * function isSnapshot(name: string, bytes: Uint8Array): boolean {
 *   return readHeader(bytes, { object: name }).kind === OBJECT_KINDS.snapshot;
 * }
 * ```
 */
export function readHeader(bytes: Uint8Array, { object }: ObjectName): ObjectHeader {
  if (bytes.length < HEADER_LENGTH) throw formatError(object, 'it is too short');
  if (!hasText(bytes, 0, MAGIC)) throw formatError(object, 'it does not begin as one');
  const view = viewOf(bytes);
  const version = view.getUint8(VERSION_OFFSET);
  if (version > VERSION) throw new RepositoryError('ERR_VERSION_UNSUPPORTED', { object, version, supported: VERSION });
  if (version < VERSION) throw formatError(object, `there is no version ${version}`);
  const kind = view.getUint8(KIND_OFFSET);
  if (kind < 1 || kind > LAST_KIND) throw formatError(object, `there is no kind ${kind}`);
  const suite = view.getUint8(SUITE_OFFSET);
  if (suite > SUITE_AES_256_GCM) throw new CryptoError('ERR_SUITE_UNSUPPORTED', { object, suite });
  const flags = view.getUint8(FLAGS_OFFSET);
  if (flags !== 0) throw formatError(object, `its flags are ${flags}`);
  const epoch = view.getUint32(EPOCH_OFFSET);
  if (suite === SUITE_NONE && epoch !== 0) throw formatError(object, 'it has an epoch but no suite');
  const header = bytes.slice(0, HEADER_LENGTH);
  return { kind, version, suite, flags, epoch, salt: header.subarray(SALT_OFFSET), bytes: header };
}

/** Fields of {@link encodeHeader}. */
export interface HeaderFields {
  /** Kind of object. */
  readonly kind: number;
  /** Cipher suite. */
  readonly suite: number;
  /** Epoch of the key. */
  readonly epoch: number;
  /** 32 random bytes. */
  readonly salt: Uint8Array;
}

/** The 48 bytes of a new header. */
export function encodeHeader({ kind, suite, epoch, salt }: HeaderFields): Uint8Array {
  const header = new Uint8Array(HEADER_LENGTH);
  new TextEncoder().encodeInto(MAGIC, header);
  const view = viewOf(header);
  view.setUint8(KIND_OFFSET, kind);
  view.setUint8(VERSION_OFFSET, VERSION);
  view.setUint8(SUITE_OFFSET, suite);
  view.setUint32(EPOCH_OFFSET, epoch);
  header.set(salt, SALT_OFFSET);
  return header;
}

/** The error of bytes that do not have the form of a sealed object. */
export function formatError(object: string, reason: string): CryptoError {
  return new CryptoError('ERR_SEAL_FORMAT', { object, reason });
}
