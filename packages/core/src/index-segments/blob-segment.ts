import type { CborValue } from '../internal/cbor.ts';
import { compareBytes, toHex } from '../internal/bytes.ts';
import { DOMAIN_LENGTH } from '../objects/domain-blob.ts';
import { damagedSegment, decodeDirectory, encodeDirectory, isArray, isMap } from './directory.ts';
import type { DecodedDirectory, DecodeSegmentOptions, EncodeSegmentOptions, SegmentContent } from './directory.ts';
import { encodeRecords, openRecords } from './record-table.ts';
import type { RecordShape, RecordTable } from './record-table.ts';
import { createRecordWriter, setBytes } from './record-writer.ts';

/** What must be known of a pack to open one of its blobs with one range read. */
export interface PackInfo {
  /** Name of the object: SHA-256 of its bytes. */
  readonly name: Uint8Array;
  /** Its 48 header bytes. */
  readonly header: Uint8Array;
  /** Its length in bytes. */
  readonly size: number;
  /** The domain that ids of its blobs were made with, 16 bytes; absent where they were made without. */
  readonly domain?: Uint8Array | undefined;
}

/** Where a sealed blob lies. */
export interface BlobLocation {
  /** The pack it lies in. */
  readonly pack: PackInfo;
  /** Its number in the pack, from 0. */
  readonly ordinal: number;
  /** Where it begins in the pack, in bytes. */
  readonly offset: number;
  /** Its sealed length in bytes. */
  readonly length: number;
}

/** One record of a segment of blobs. */
export interface BlobRecord {
  /** Blob id, 32 bytes. */
  readonly id: Uint8Array;
  /** Where that blob lies. */
  readonly location: BlobLocation;
}

/** A segment that tells where blobs lie, kept as bytes: about 50 bytes a record, and no object for any. */
export interface BlobSegment {
  /** How many records it has. */
  readonly count: number;
  /** The packs its records point into. Locations hold these very objects. */
  readonly packs: readonly PackInfo[];
  /** Names of older segments whose records are all in this one. */
  readonly replaces: readonly Uint8Array[];
  /** Where a blob lies; if the segment names several places, the first of them. */
  find(id: Uint8Array): BlobLocation | undefined;
  /** All records, in ascending order of ids. */
  entries(): IterableIterator<BlobRecord>;
}

/** The form of records of blobs. */
export const BLOB_SHAPE: RecordShape = { recordLength: 48, keyLength: 32, hashes: 8 };
const HEADER_LENGTH = 48;
const MAXIMUM_ORDINAL = 2 ** 20 - 1;
/** More than 64 MiB and what framing and sealing add never occurs; the table in memory has 27 bits for it. */
const MAXIMUM_LENGTH = 2 ** 27 - 1;
const MAXIMUM_SIZE = 2 ** 32 - 1;

/**
 * Makes a segment of blobs from records in any order. Equal records are kept once, and records and packs are sorted, so
 * that equal sets of records give equal bytes.
 *
 * @throws A `RangeError` if an id, a name, a header or a number does not have the form of the format.
 */
export function encodeBlobSegment(
  records: Iterable<BlobRecord>,
  { replaces = [] }: EncodeSegmentOptions = {},
): SegmentContent {
  const writer = createRecordWriter(BLOB_SHAPE.recordLength);
  const packs: PackInfo[] = [];
  const numberByName = new Map<string, number>();
  // Nearly all records share few pack objects: their names are made once.
  const numberByPack = new Map<PackInfo, number>();

  function numberOf(pack: PackInfo): number {
    const known = numberByPack.get(pack);
    if (known !== undefined) return known;
    const name = toHex(pack.name);
    const number = numberByName.get(name) ?? packs.push(pack) - 1;
    numberByName.set(name, number);
    numberByPack.set(pack, number);
    return number;
  }

  for (const record of records) {
    requireBlobRecord(record);
    const { id, location } = record;
    const number = numberOf(location.pack);
    const offset = writer.add();
    const view = writer.view();
    setBytes(view, offset, id);
    view.setUint32(offset + 32, number);
    view.setUint32(offset + 36, location.ordinal);
    view.setUint32(offset + 40, location.offset);
    view.setUint32(offset + 44, location.length);
  }

  const sortedPacks = packs.toSorted((a, b) => compareBytes(a.name, b.name));
  renumber(writer.view(), writer.bytes().length, packs, sortedPacks);
  const { blocks, filter, ...fields } = encodeRecords(writer.bytes(), BLOB_SHAPE);
  const listed = sortedPacks.map(listedPack);
  return { blocks, filter, directory: encodeDirectory({ segment: 'blobs', replaces, ...fields }, { packs: listed }) };
}

/**
 * Opens a segment of blobs. The bytes are kept, so they must not change afterwards.
 *
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if it is of a newer
 *   version; `ERR_OBJECT_DAMAGED` if anything in it is malformed.
 */
export function decodeBlobSegment(content: SegmentContent, { object }: DecodeSegmentOptions): BlobSegment {
  const directory = decodeDirectory(content.directory, { object });
  if (directory.segment !== 'blobs') throw damagedSegment(object, 'an index segment of another kind');
  const packs = decodePacks(directory, object);
  const table = openRecords(content, directory, BLOB_SHAPE, object);
  for (let i = 0; i < table.count; i++) {
    if (!isRecordSound(table, i, packs)) throw damagedSegment(object, 'an index record that points outside a pack');
  }

  function locationAt(index: number): BlobLocation {
    const { view, offset } = table.locate(index);
    return {
      pack: packs[view.getUint32(offset + 32)]!,
      ordinal: view.getUint32(offset + 36),
      offset: view.getUint32(offset + 40),
      length: view.getUint32(offset + 44),
    };
  }

  return {
    count: table.count,
    packs,
    replaces: directory.replaces,
    find(id) {
      const index = table.findFirst(id);
      return index === -1 ? undefined : locationAt(index);
    },
    *entries() {
      for (let i = 0; i < table.count; i++) yield { id: table.keyAt(i), location: locationAt(i) };
    },
  };
}

/** @throws A `RangeError` if an id, a name, a header or a number does not have the form of the format. */
export function requireBlobRecord({ id, location }: BlobRecord): void {
  if (id.length !== BLOB_SHAPE.keyLength) throw new RangeError('A blob id is 32 bytes long.');
  if (!isPack(location.pack))
    throw new RangeError('A pack has a name of 32 bytes, a header of 48, and less than 4 GiB.');
  if (!isLocation(location)) throw new RangeError('A blob lies within its pack.');
}

/** A pack as directories list it. */
export function listedPack({
  name,
  header,
  size,
  domain,
}: PackInfo): PackInfo & { readonly [name: string]: CborValue } {
  return { name, header, size, ...(domain && { domain }) };
}

function isPack({ name, header, size, domain }: PackInfo): boolean {
  return (
    (domain === undefined || domain.length === DOMAIN_LENGTH) &&
    name.length === 32 &&
    header.length === HEADER_LENGTH &&
    Number.isInteger(size) &&
    size >= 0 &&
    size <= MAXIMUM_SIZE
  );
}

function isLocation({ pack, ordinal, offset, length }: BlobLocation): boolean {
  return (
    [ordinal, offset, length].every((number) => Number.isInteger(number) && number >= 0) &&
    ordinal <= MAXIMUM_ORDINAL &&
    length <= MAXIMUM_LENGTH &&
    offset + length <= pack.size
  );
}

function isRecordSound(table: RecordTable, index: number, packs: readonly PackInfo[]): boolean {
  const { view, offset } = table.locate(index);
  const pack = packs[view.getUint32(offset + 32)];
  if (!pack || view.getUint32(offset + 36) > MAXIMUM_ORDINAL) return false;
  const length = view.getUint32(offset + 44);
  return length <= MAXIMUM_LENGTH && view.getUint32(offset + 40) + length <= pack.size;
}

/** Puts numbers in the sorted list in the place of those in the order of arrival. */
function renumber(view: DataView, length: number, packs: readonly PackInfo[], sorted: readonly PackInfo[]): void {
  const positions = new Map(sorted.map((pack, position) => [pack, position]));
  const numbers = Uint32Array.from(packs, (pack) => positions.get(pack)!);
  for (let offset = 32; offset < length; offset += BLOB_SHAPE.recordLength) {
    view.setUint32(offset, numbers[view.getUint32(offset)]!);
  }
}

/** The packs that a directory lists. */
export function decodePacks({ members: { packs } }: DecodedDirectory, object: string): readonly PackInfo[] {
  if (!isArray(packs)) throw damagedSegment(object, 'an index directory without packs');
  return packs.map((pack) => {
    const { name, header, size, domain } = isMap(pack) ? pack : {};
    const isTyped = name instanceof Uint8Array && header instanceof Uint8Array && typeof size === 'number';
    const isWithin = domain === undefined || domain instanceof Uint8Array;
    if (!isTyped || !isWithin || !isPack({ name, header, size, domain })) {
      throw damagedSegment(object, 'an index directory with a malformed pack');
    }
    return listedPack({ name, header, size, domain });
  });
}
