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

const SHAPE: RecordShape = { recordLength: 48, keyLength: 32, hashes: 7 };
const HEADER_LENGTH = 48;
const MAXIMUM_ORDINAL = 2 ** 20 - 1;
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
  const writer = createRecordWriter(SHAPE.recordLength);
  const packs: PackInfo[] = [];
  const numberByName = new Map<string, number>();
  // Nearly all records share few pack objects: their names are made once.
  const numberByPack = new Map<PackInfo, number>();

  function numberOf(pack: PackInfo): number {
    const known = numberByPack.get(pack);
    if (known !== undefined) return known;
    if (!isPack(pack)) throw new RangeError('A pack has a name of 32 bytes, a header of 48, and less than 4 GiB.');
    const name = toHex(pack.name);
    const number = numberByName.get(name) ?? packs.push(pack) - 1;
    numberByName.set(name, number);
    numberByPack.set(pack, number);
    return number;
  }

  for (const { id, location } of records) {
    if (id.length !== SHAPE.keyLength) throw new RangeError('A blob id is 32 bytes long.');
    if (!isLocation(location)) throw new RangeError('A blob lies within its pack.');
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
  const { blocks, ...fields } = encodeRecords(writer.bytes(), SHAPE);
  const listed = sortedPacks.map(({ name, header, size, domain }) => ({
    name,
    header,
    size,
    ...(domain && { domain }),
  }));
  return { blocks, directory: encodeDirectory({ segment: 'blobs', replaces, ...fields }, { packs: listed }) };
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
  const table = openRecords(content.blocks, directory, SHAPE, object);
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

function isPack({ name, header, size, domain }: PackInfo): boolean {
  return (
    name.length === 32 &&
    header.length === HEADER_LENGTH &&
    Number.isInteger(size) &&
    size >= 0 &&
    size <= MAXIMUM_SIZE &&
    (domain === undefined || domain.length === DOMAIN_LENGTH)
  );
}

function isLocation({ pack, ordinal, offset, length }: BlobLocation): boolean {
  return (
    [ordinal, offset, length].every((number) => Number.isInteger(number) && number >= 0) &&
    ordinal <= MAXIMUM_ORDINAL &&
    offset + length <= pack.size
  );
}

function isRecordSound(table: RecordTable, index: number, packs: readonly PackInfo[]): boolean {
  const { view, offset } = table.locate(index);
  const pack = packs[view.getUint32(offset + 32)];
  if (!pack || view.getUint32(offset + 36) > MAXIMUM_ORDINAL) return false;
  return view.getUint32(offset + 40) + view.getUint32(offset + 44) <= pack.size;
}

/** Puts numbers in the sorted list in the place of those in the order of arrival. */
function renumber(view: DataView, length: number, packs: readonly PackInfo[], sorted: readonly PackInfo[]): void {
  const positions = new Map(sorted.map((pack, position) => [pack, position]));
  const numbers = Uint32Array.from(packs, (pack) => positions.get(pack)!);
  for (let offset = 32; offset < length; offset += SHAPE.recordLength) {
    view.setUint32(offset, numbers[view.getUint32(offset)]!);
  }
}

function decodePacks({ members: { packs } }: DecodedDirectory, object: string): readonly PackInfo[] {
  if (!isArray(packs)) throw damagedSegment(object, 'an index directory without packs');
  return packs.map((pack) => {
    const { name, header, size, domain } = isMap(pack) ? pack : {};
    const isTyped = name instanceof Uint8Array && header instanceof Uint8Array && typeof size === 'number';
    const hasDomain = domain instanceof Uint8Array;
    const info = isTyped && { name, header, size, ...(hasDomain && { domain }) };
    if (!info || !isPack(info) || (domain !== undefined && !hasDomain)) {
      throw damagedSegment(object, 'an index directory with a malformed pack');
    }
    return info;
  });
}
