import { RepositoryError } from '@holdfast/contracts';

import { decodeCbor, encodeCbor } from '../internal/cbor.ts';
import type { CborValue } from '../internal/cbor.ts';

/** What a segment tells about: where blobs lie, where items were stored, or which snapshots there are. */
export type SegmentKind = 'blobs' | 'items' | 'snapshots';

/** The content of a segment, without its envelope: the raw bytes of its blobs. */
export interface SegmentContent {
  /** Bloom filter over the keys; empty if there is none. */
  readonly filter: Uint8Array;
  /** The blocks, in order. */
  readonly blocks: readonly Uint8Array[];
  /** The directory, CBOR. */
  readonly directory: Uint8Array;
}

/** Options of what encodes a segment. */
export interface EncodeSegmentOptions {
  /** Names of older segments whose records are all in the new one. */
  readonly replaces?: readonly Uint8Array[] | undefined;
}

/** Options of what decodes a segment. */
export interface DecodeSegmentOptions {
  /** Name of the object the content came from, for errors. */
  readonly object: string;
}

/** The fields that the directories of all kinds of segments have. */
export interface SegmentDirectory {
  /** What the segment tells about. */
  readonly segment: SegmentKind;
  /** How many records it has. */
  readonly count: number;
  /** For each block the first key in it. */
  readonly fences: readonly Uint8Array[];
  /** Names of older segments whose records are all in this one. */
  readonly replaces: readonly Uint8Array[];
}

/** A directory that was read: the common fields, and the others still to be checked. */
export interface DecodedDirectory extends SegmentDirectory {
  /** All members, also those this version does not name. */
  readonly members: { readonly [name: string]: CborValue };
}

const VERSION = 1;
const NAME_LENGTH = 32;

/** Writes a directory. `extra` holds the members that only this kind of segment has. */
export function encodeDirectory(
  directory: SegmentDirectory,
  extra: { readonly [name: string]: CborValue } = {},
): Uint8Array {
  const { segment, count, fences, replaces } = directory;
  if (replaces.some((name) => name.length !== NAME_LENGTH)) {
    throw new RangeError('Names of segments are 32 bytes long.');
  }
  return encodeCbor({ ...extra, segment, version: VERSION, count, fences, replaces });
}

/**
 * Reads the fields that all directories have.
 *
 * @throws `ERR_VERSION_UNSUPPORTED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if it is of a newer
 *   version; `ERR_OBJECT_DAMAGED` if it is malformed.
 */
export function decodeDirectory(directory: Uint8Array, { object }: DecodeSegmentOptions): DecodedDirectory {
  const members = decodeMap(directory, object);
  const { segment, version, count, fences, replaces } = members;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw damagedSegment(object, 'an index directory without a version');
  }
  if (version > VERSION) throw new RepositoryError('ERR_VERSION_UNSUPPORTED', { object, version, supported: VERSION });
  if (segment !== 'blobs' && segment !== 'items' && segment !== 'snapshots') {
    throw damagedSegment(object, 'an index directory of an unknown kind');
  }
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw damagedSegment(object, 'an index directory without a count');
  }
  if (!isBytesArray(fences) || !isBytesArray(replaces)) {
    throw damagedSegment(object, 'an index directory with a member missing or of another type');
  }
  if (replaces.some((name) => name.length !== NAME_LENGTH)) {
    throw damagedSegment(object, 'an index directory with a name of another length');
  }
  return { segment, count, fences, replaces, members };
}

/** The error for a segment that is malformed. */
export function damagedSegment(object: string, reason: string, cause?: unknown): RepositoryError {
  return new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason }, cause === undefined ? {} : { cause });
}

/** Whether a CBOR value is a map. */
export function isMap(value: CborValue | undefined): value is { readonly [name: string]: CborValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Whether a CBOR value is an array. */
export function isArray(value: CborValue | undefined): value is readonly CborValue[] {
  return Array.isArray(value);
}

function isBytesArray(value: CborValue | undefined): value is readonly Uint8Array[] {
  return isArray(value) && value.every((element) => element instanceof Uint8Array);
}

function decodeMap(directory: Uint8Array, object: string): { readonly [name: string]: CborValue } {
  let value: CborValue;
  try {
    value = decodeCbor(directory);
  } catch (error) {
    throw damagedSegment(object, 'an index directory that is not CBOR', error);
  }
  if (!isMap(value)) throw damagedSegment(object, 'an index directory that is not a map');
  return value;
}
