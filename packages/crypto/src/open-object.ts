import { CryptoError } from '@holdfast/contracts';
import { openSealed, sealOverhead, TABLE_KIND, TABLE_ORDINAL } from './blob-seal.ts';
import { decodeTable, MAX_BLOBS, RECORD_LENGTH, TAIL_LENGTH, tableRange } from './blob-table.ts';
import type { BlobRecord } from './blob-table.ts';
import { implementationOf } from './keyring.ts';
import type { Keyring, ObjectSeal } from './keyring.ts';
import { formatError, HEADER_LENGTH, readHeader } from './object-header.ts';
import type { ObjectHeader, ObjectName } from './object-header.ts';

/** What {@link openTable} found. */
export interface OpenedTable {
  /** The header of the object. */
  readonly header: ObjectHeader;
  /** Where each blob lies, padding left out. */
  readonly records: readonly BlobRecord[];
}

/** Options of {@link openTableAt}. */
export interface OpenTableAtOptions extends ObjectName {
  /** Where the sealed table begins in the object, as {@link tableRange} told. */
  readonly offset: number;
}

/** Which blob {@link openBlob} opens. */
export interface BlobToOpen extends ObjectName {
  /** The first 48 bytes of the object. */
  readonly header: Uint8Array;
  /** Which blob it is. */
  readonly record: Pick<BlobRecord, 'kind' | 'ordinal'>;
  /** Its sealed form: `length` bytes of the object from `offset` on. */
  readonly sealed: Uint8Array;
}

/**
 * Opens the table of an object that is there as a whole.
 *
 * @throws `ERR_SEAL_FORMAT`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if the bytes are no sealed object.
 * @throws `ERR_SEAL_BROKEN`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if the table is not what was sealed,
 * or the object is sealed in a repository that is not encrypted, or the reverse.
 * @throws `ERR_KEYRING_OUTDATED`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if the object is of a later epoch.
 * @throws `ERR_SUITE_UNSUPPORTED`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if the suite is unknown.
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if the version is newer.
 *
 * @example Counting the blobs of a pack
 * ```ts
 * import { openTable } from '@holdfast/crypto';
 * import type { Keyring } from '@holdfast/crypto';
 *
 * function countBlobs(keyring: Keyring, object: string, bytes: Uint8Array): number {
 *   return openTable(keyring, bytes, { object }).records.length;
 * }
 * ```
 */
export function openTable(keyring: Keyring, objectBytes: Uint8Array, { object }: ObjectName): OpenedTable {
  const header = readHeader(objectBytes, { object });
  const size = objectBytes.length;
  if (size < HEADER_LENGTH + TAIL_LENGTH) throw formatError(object, 'it is too short');
  const { offset, length } = tableRange(objectBytes.subarray(size - TAIL_LENGTH), size, { object });
  const sealedTable = objectBytes.subarray(offset, offset + length);
  return { header, records: openTableAt(keyring, header.bytes, sealedTable, { object, offset }) };
}

/**
 * Opens a table that was read by ranges, as the example of {@link tableRange} shows.
 *
 * @param keyring - The keys.
 * @param header - The first 48 bytes of the object.
 * @param sealedTable - The bytes that {@link tableRange} named.
 * @param options - Name of the object and offset of the table.
 * @throws the same errors as {@link openTable}.
 *
 * @example A table whose place is known
 * ```ts
 * import { openTableAt } from '@holdfast/crypto';
 * import type { Keyring } from '@holdfast/crypto';
 *
 * function lastOrdinal(keyring: Keyring, header: Uint8Array, sealedTable: Uint8Array, offset: number): number {
 *   const records = openTableAt(keyring, header, sealedTable, { object: 'data/ab/abcd', offset });
 *   return records.at(-1)?.ordinal ?? -1;
 * }
 * ```
 */
export function openTableAt(
  keyring: Keyring,
  header: Uint8Array,
  sealedTable: Uint8Array,
  { object, offset }: OpenTableAtOptions,
): readonly BlobRecord[] {
  const seal = sealOf(keyring, header, object);
  const overhead = sealOverhead(seal);
  const tableLength = sealedTable.length - overhead;
  // Before any work is done with a length that somebody else wrote.
  if (tableLength < 0 || tableLength % RECORD_LENGTH !== 0 || tableLength / RECORD_LENGTH > MAX_BLOBS) {
    throw formatError(object, 'its table has no possible length');
  }
  const table = openSealed(seal, { ordinal: TABLE_ORDINAL, kind: TABLE_KIND }, sealedTable);
  if (table === undefined) throw new CryptoError('ERR_SEAL_BROKEN', { object });
  // With suite none the table is still a part of the object: ids that look into it would keep the whole pack in memory.
  const own = seal.key === undefined ? table.slice() : table;
  return decodeTable(own, { object, tableOffset: offset, overhead });
}

/**
 * Opens one blob and gives its plaintext, codec and raw length in front.
 *
 * The caller compares the blob id afterwards. With suite none the result is `sealed` itself, unchecked.
 *
 * @throws `ERR_SEAL_BROKEN`, a {@link @holdfast/contracts!CryptoError | CryptoError}, if it is not what was sealed in that
 * place of that object of this repository, or is sealed in a repository that is not encrypted, or the reverse.
 * @throws the same errors as {@link readHeader}, and `ERR_KEYRING_OUTDATED`, a
 * {@link @holdfast/contracts!CryptoError | CryptoError}, if the object is of a later epoch.
 *
 * @example Opening every blob of an object
 * ```ts
 * import { openBlob, openTable } from '@holdfast/crypto';
 * import type { Keyring } from '@holdfast/crypto';
 *
 * function* openAll(keyring: Keyring, object: string, bytes: Uint8Array): Generator<Uint8Array> {
 *   const { header, records } = openTable(keyring, bytes, { object });
 *   for (const record of records) {
 *     const sealed = bytes.subarray(record.offset, record.offset + record.length);
 *     yield openBlob(keyring, { header: header.bytes, record, sealed, object });
 *   }
 * }
 * ```
 */
export function openBlob(keyring: Keyring, { header, record, sealed, object }: BlobToOpen): Uint8Array {
  const { ordinal, kind } = record;
  const seal = sealOf(keyring, header, object);
  // Numbers beyond their fields would wrap round and could then mean another place.
  const possible = isBelow(ordinal, MAX_BLOBS) && isBelow(kind, TABLE_KIND);
  const plaintext = possible ? openSealed(seal, { ordinal, kind }, sealed) : undefined;
  if (plaintext === undefined) throw new CryptoError('ERR_SEAL_BROKEN', { object });
  return plaintext;
}

function sealOf(keyring: Keyring, header: Uint8Array, object: string): ObjectSeal {
  return implementationOf(keyring).seal(header.subarray(0, HEADER_LENGTH), object);
}

function isBelow(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit;
}
