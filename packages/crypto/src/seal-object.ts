import { systemRandomness } from '@holdfast/contracts';
import type { Randomness } from '@holdfast/contracts';
import { GCM_TAG_LENGTH } from './gcm.ts';
import { sealInto, sealOverhead, TABLE_KIND, TABLE_ORDINAL } from './blob-seal.ts';
import {
  BLOB_ID_LENGTH,
  BLOB_KINDS,
  encodeTable,
  encodeTail,
  MAX_BLOBS,
  RECORD_LENGTH,
  TAIL_LENGTH,
} from './blob-table.ts';
import type { BlobRecord } from './blob-table.ts';
import { implementationOf } from './keyring.ts';
import type { Keyring } from './keyring.ts';
import { encodeHeader, HEADER_LENGTH, MAX_OBJECT_LENGTH, OBJECT_KINDS } from './object-header.ts';
import { padmeLength } from './padme.ts';

const SALT_LENGTH = 32;

/** One blob of an object to be sealed. */
export interface BlobToSeal {
  /** Kind of blob: one of {@link BLOB_KINDS}, padding excepted. */
  readonly kind: number;
  /** Its id, 32 bytes. */
  readonly id: Uint8Array;
  /** Its plaintext, codec and raw length in front. */
  readonly plaintext: Uint8Array;
}

/** Options of {@link sealObject}. */
export interface SealObjectOptions {
  /** Kind of object: one of {@link OBJECT_KINDS}. */
  readonly kind: number;
  /** Its blobs, in the order of their ordinals. */
  readonly blobs: readonly BlobToSeal[];
  /**
   * Memory to make the object in, at its beginning. Plaintexts may lie there already, each where its sealed form will begin: see
   * {@link objectLayout}. Where the object does not fit in, it gets new memory.
   *
   * @defaultValue new memory
   */
  readonly into?: Uint8Array | undefined;
  /** Source of the salt; anything but the default belongs in tests. @defaultValue the platform's generator */
  readonly randomness?: Randomness | undefined;
}

/** What {@link sealObject} made. */
export interface SealedObject {
  /** The whole object. */
  readonly bytes: Uint8Array;
  /** Its 48-byte header. */
  readonly header: Uint8Array;
  /** Where each blob lies, padding left out. */
  readonly records: readonly BlobRecord[];
}

/** How blobs lie in an object. */
export interface ObjectLayout {
  /** Where the sealed form of the first blob begins. */
  readonly firstBlob: number;
  /** By how many bytes a sealed form is longer than its plaintext; the next one follows at once. */
  readonly overhead: number;
}

/** Tells where the blobs of an object will lie, for who puts them there before they are sealed. */
export function objectLayout({ encrypted }: Pick<Keyring, 'encrypted'>): ObjectLayout {
  return { firstBlob: HEADER_LENGTH, overhead: encrypted ? GCM_TAG_LENGTH : 0 };
}

/**
 * Seals blobs into one object, with a salt of its own; an encrypted one is padded.
 *
 * It works at once, in one buffer of the size of the object, and takes about as long as copying the bytes twice. With `into`
 * that buffer is the caller's, and so are the bytes of the result.
 *
 * @throws `RangeError` if there are 2^20 blobs or more, the object would reach 2^32 bytes, a kind does not exist or an id
 * does not have 32 bytes.
 *
 * @example Sealing a piece, and opening it again
 * ```ts
 * import { BLOB_KINDS, createKeyring, generateKey, OBJECT_KINDS, openBlob, sealObject } from '@holdfast/crypto';
 *
 * const { keyring } = await createKeyring({ key: generateKey(), config: {} });
 * const raw = new TextEncoder().encode('Dear Ada');
 * const blob = { kind: BLOB_KINDS.piece, id: keyring.blobId(BLOB_KINDS.piece, raw), plaintext: raw };
 * const { bytes, header, records } = sealObject(keyring, { kind: OBJECT_KINDS.dataPack, blobs: [blob] });
 * for (const record of records) {
 *   const sealed = bytes.subarray(record.offset, record.offset + record.length);
 *   const opened = openBlob(keyring, { header, record, sealed, object: 'data/ab/abcd' });
 *   console.log(new TextDecoder().decode(opened)); // Dear Ada
 * }
 * ```
 */
export function sealObject(keyring: Keyring, options: SealObjectOptions): SealedObject {
  const { kind, blobs, into, randomness = systemRandomness } = options;
  checkKinds(kind, blobs);
  const { suite, epoch, encrypted } = keyring;
  const header = encodeHeader({ kind, suite, epoch, salt: randomness.bytes(SALT_LENGTH) });
  const seal = implementationOf(keyring).seal(header, 'a new object');
  const overhead = sealOverhead(seal);

  const all = encrypted ? [...blobs, paddingFor(blobs, overhead)] : blobs;
  if (all.length > MAX_BLOBS) throw new RangeError(`An object holds at most ${MAX_BLOBS} blobs, padding included.`);
  const size = objectLength(all, overhead);
  if (size > MAX_OBJECT_LENGTH) throw new RangeError('An object is at most 2^32 - 1 bytes long.');

  const bytes = into !== undefined && into.length >= size ? into.subarray(0, size) : new Uint8Array(size);
  bytes.set(header);
  const records: BlobRecord[] = [];
  let offset = HEADER_LENGTH;
  for (const [ordinal, blob] of all.entries()) {
    const length = blob.plaintext.length + overhead;
    sealInto(seal, { ordinal, kind: blob.kind }, blob.plaintext, bytes.subarray(offset, offset + length));
    records.push({ kind: blob.kind, ordinal, offset, length, id: blob.id });
    offset += length;
  }
  const table = encodeTable(records);
  const tableLength = table.length + overhead;
  const place = { ordinal: TABLE_ORDINAL, kind: TABLE_KIND };
  sealInto(seal, place, table, bytes.subarray(offset, offset + tableLength));
  bytes.set(encodeTail(tableLength), offset + tableLength);
  return { bytes, header, records: records.slice(0, blobs.length) };
}

function checkKinds(kind: number, blobs: readonly BlobToSeal[]): void {
  if (!Object.values<number>(OBJECT_KINDS).includes(kind)) throw new RangeError(`There is no kind of object ${kind}.`);
  for (const blob of blobs) {
    if (!Number.isInteger(blob.kind) || blob.kind < BLOB_KINDS.piece || blob.kind > BLOB_KINDS.domain) {
      throw new RangeError(`Blobs of kind ${blob.kind} cannot be sealed.`);
    }
    if (blob.id.length !== BLOB_ID_LENGTH) throw new RangeError(`A blob id has ${BLOB_ID_LENGTH} bytes.`);
  }
}

function paddingFor(blobs: readonly BlobToSeal[], overhead: number): BlobToSeal {
  const empty = { kind: BLOB_KINDS.padding, id: new Uint8Array(BLOB_ID_LENGTH), plaintext: new Uint8Array() };
  const least = objectLength([...blobs, empty], overhead);
  // What is too long already is refused by the caller; its padding must not be asked for.
  if (least > MAX_OBJECT_LENGTH) return empty;
  return { ...empty, plaintext: new Uint8Array(padmeLength(least) - least) };
}

function objectLength(blobs: readonly BlobToSeal[], overhead: number): number {
  let length = HEADER_LENGTH + blobs.length * RECORD_LENGTH + overhead + TAIL_LENGTH;
  for (const { plaintext } of blobs) length += plaintext.length + overhead;
  return length;
}
