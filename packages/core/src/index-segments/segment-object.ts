import { BLOB_KINDS, OBJECT_KINDS, openBlob, readHeader, sealObject } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { Randomness } from '@holdfast/contracts';
import { frame, unframe } from '../blobs/codec.ts';
import { equalBytes } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { damagedSegment, decodeDirectory } from './directory.ts';
import type { SegmentContent, SegmentDirectory } from './directory.ts';

/** The beginning of a segment object: what is needed to read any of its blobs by its range. */
export interface SegmentHead {
  /** The 48 header bytes. */
  readonly header: Uint8Array;
  /** The directory, CBOR. */
  readonly directory: Uint8Array;
  /** How many blobs follow the directory: the filter, if there is one, and the blocks. */
  readonly blobs: number;
  /** Where a blob lies in the object. Number 0 is the first one after the directory. */
  range(number: number): { readonly offset: number; readonly length: number };
  /**
   * Opens a blob that was read by its range. That it is what was written, in that place, its seal says, or without one its id.
   *
   * @throws `ERR_OBJECT_DAMAGED`, `ERR_SEAL_BROKEN` if it is not.
   */
  open(number: number, sealed: Uint8Array): Uint8Array;
  /**
   * Compares an opened blob with its id, whatever its seal said.
   *
   * @throws `ERR_OBJECT_DAMAGED` if it does not have it.
   */
  requireId(number: number, raw: Uint8Array): void;
}

/** What {@link readSegmentHead} gives if it was handed too few bytes: how many it needs. */
export interface ShortHead {
  /** Bytes from the beginning of the object. */
  readonly needs: number;
}

const HEADER_LENGTH = 48;
const TAG_LENGTH = 16;
const FRAME_LENGTH = 5;
const DIGEST_LENGTH = 16;
/** One entry of the map, and all of the lead: sealed length and beginning of the id of a blob. */
const ENTRY_LENGTH = 4 + DIGEST_LENGTH;
/**
 * Blocks are read far more often than written: a full one of blobs, which would lose a sixth, is kept raw, since every
 * decompression makes a stream that outlives the next collections.
 */
const PACKED = 0.75;
/** Ordinals: the lead, the map, the directory, and what follows. */
const DIRECTORY_ORDINAL = 2;

/** Seals a segment: lead, map, directory, filter, blocks. The bytes of the content are gone afterwards. */
export function sealSegment(
  keyring: Keyring,
  { directory, filter, blocks }: SegmentContent,
  randomness: Randomness,
): Uint8Array {
  const make = (kind: number, raw: Uint8Array): { kind: number; id: Uint8Array; plaintext: Uint8Array } => {
    const blob = { kind, id: keyring.blobId(kind, raw), plaintext: frame(raw, { packed: PACKED }) };
    freeBytes(raw);
    return blob;
  };
  const overhead = overheadOf(keyring);
  const entries = (blobs: readonly { readonly id: Uint8Array; readonly plaintext: Uint8Array }[]): Uint8Array => {
    const bytes = new Uint8Array(blobs.length * ENTRY_LENGTH);
    const view = new DataView(bytes.buffer);
    for (const [i, { id, plaintext }] of blobs.entries()) {
      view.setUint32(i * ENTRY_LENGTH, plaintext.length + overhead);
      bytes.set(id.subarray(0, DIGEST_LENGTH), i * ENTRY_LENGTH + 4);
    }
    return bytes;
  };
  const blobs = [
    make(BLOB_KINDS.indexDirectory, directory),
    ...(filter.length === 0 ? [] : [filter]).map((raw) => make(BLOB_KINDS.indexBlock, raw)),
    ...blocks.map((raw) => make(BLOB_KINDS.indexBlock, raw)),
  ];
  const map = make(BLOB_KINDS.indexDirectory, entries(blobs));
  const lead = make(BLOB_KINDS.indexDirectory, entries([map]));
  const { bytes } = sealObject(keyring, { kind: OBJECT_KINDS.segment, blobs: [lead, map, ...blobs], randomness });
  for (const { plaintext } of blobs) freeBytes(plaintext);
  return bytes;
}

/**
 * Reads the beginning of a segment, of which more bytes may be there than needed.
 *
 * @throws the errors of `openBlob`, and `ERR_OBJECT_DAMAGED` if the bytes are not what was written.
 */
export function readSegmentHead(keyring: Keyring, bytes: Uint8Array, object: string): SegmentHead | ShortHead {
  const overhead = overheadOf(keyring);
  const leadEnd = HEADER_LENGTH + FRAME_LENGTH + ENTRY_LENGTH + overhead;
  if (bytes.length < leadEnd) return { needs: leadEnd };
  const header = readHeader(bytes, { object });
  if (header.kind !== OBJECT_KINDS.segment) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: `its header says kind ${header.kind}` });
  }

  function open(ordinal: number, kind: number, sealed: Uint8Array): Uint8Array {
    const plaintext = openBlob(keyring, { header: header.bytes, record: { ordinal, kind }, sealed, object });
    const raw = unframe(plaintext, { object });
    if (keyring.encrypted && raw.buffer !== plaintext.buffer) freeBytes(plaintext);
    return raw;
  }

  /** Gives raw bytes back if they have the id that an entry begins. */
  function withId(kind: number, raw: Uint8Array, digest: Uint8Array): Uint8Array {
    if (equalBytes(keyring.blobId(kind, raw).subarray(0, DIGEST_LENGTH), digest)) return raw;
    throw damagedSegment(object, 'a blob does not have its id');
  }

  const { indexBlock, indexDirectory } = BLOB_KINDS;
  const lead = open(0, indexDirectory, bytes.subarray(HEADER_LENGTH, leadEnd));
  if (lead.length !== ENTRY_LENGTH) throw damagedSegment(object, 'an index segment with another lead');
  const mapEnd = leadEnd + lengthAt(lead, 0);
  if (bytes.length < mapEnd) return { needs: mapEnd };
  const map = withId(indexDirectory, open(1, indexDirectory, bytes.subarray(leadEnd, mapEnd)), lead.subarray(4));
  if (map.length % ENTRY_LENGTH !== 0 || map.length === 0) {
    throw damagedSegment(object, 'an index segment with a malformed map');
  }
  const offsets = new Float64Array(map.length / ENTRY_LENGTH + 1);
  offsets[0] = mapEnd;
  for (let i = 1; i < offsets.length; i++) offsets[i] = offsets[i - 1]! + lengthAt(map, i - 1);
  const directoryEnd = offsets[1]!;
  if (bytes.length < directoryEnd) return { needs: directoryEnd };
  const digestOf = (entry: number): Uint8Array => map.subarray(entry * ENTRY_LENGTH + 4, (entry + 1) * ENTRY_LENGTH);
  const sealedDirectory = bytes.subarray(mapEnd, directoryEnd);
  return {
    // A copy: what was read along must not be kept for these.
    header: header.bytes.slice(),
    directory: withId(indexDirectory, open(DIRECTORY_ORDINAL, indexDirectory, sealedDirectory), digestOf(0)),
    blobs: offsets.length - 2,
    range: (number) => ({
      offset: offsets[number + 1]!,
      length: offsets[number + 2]! - offsets[number + 1]!,
    }),
    open(number, sealed) {
      const raw = open(DIRECTORY_ORDINAL + 1 + number, indexBlock, sealed);
      return keyring.encrypted ? raw : withId(indexBlock, raw, digestOf(number + 1));
    },
    requireId: (number, raw) => void withId(indexBlock, raw, digestOf(number + 1)),
  };
}

/** Opens a segment of which all bytes are there. */
export function openSegmentObject(keyring: Keyring, bytes: Uint8Array, object: string): SegmentContent {
  const head = readSegmentHead(keyring, bytes, object);
  if ('needs' in head) throw damagedSegment(object, 'it is too short');
  const raw = Array.from({ length: head.blobs }, (_, number) => {
    const { offset, length } = head.range(number);
    if (offset + length > bytes.length) throw damagedSegment(object, 'it is too short');
    const opened = head.open(number, bytes.subarray(offset, offset + length));
    head.requireId(number, opened);
    return opened;
  });
  return splitFilter(head.directory, raw, object);
}

/** Tells the filter from the blocks. */
function splitFilter(directory: Uint8Array, blobs: readonly Uint8Array[], object: string): SegmentContent {
  const filters = filtersIn(blobs.length, decodeDirectory(directory, { object }), object);
  return { directory, filter: filters === 0 ? new Uint8Array(0) : blobs[0]!, blocks: blobs.slice(filters) };
}

/**
 * How many filters are among the blobs that follow a directory: 1 or 0.
 *
 * @throws `ERR_OBJECT_DAMAGED` if there are more or fewer blobs than blocks and a filter.
 */
export function filtersIn(blobs: number, { fences }: SegmentDirectory, object: string): number {
  const filters = blobs - fences.length;
  if (filters === 0 || filters === 1) return filters;
  throw damagedSegment(object, 'an index segment with another number of blocks than stated');
}

function overheadOf({ encrypted }: Keyring): number {
  return encrypted ? TAG_LENGTH : 0;
}

function lengthAt(entries: Uint8Array, entry: number): number {
  return new DataView(entries.buffer, entries.byteOffset).getUint32(entry * ENTRY_LENGTH);
}
