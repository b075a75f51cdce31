import type { CborValue } from '../internal/cbor.ts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import type { Place } from '../packs/tree-pack-writer.ts';
import type { TreeKey } from './tree-key.ts';

/** How one kind of record is written into a tree and read from it. */
export interface RecordKind<T extends TreeKey> {
  /** Makes the map of docs/format/trees.md. */
  toCbor(value: T): CborValue;
  /** Reads it back; throws a RepositoryError if it is malformed. */
  fromCbor(cbor: CborValue, object: string): T;
  /** The blob ids in a record, in order of appearance, with the kind of blob each is. */
  references(value: T): readonly { readonly kind: number; readonly id: Uint8Array }[];
}

/** A record as it lies in a tree, with where its blobs are. */
export interface TreeRecord<T> {
  /** The record. */
  readonly value: T;
  /** Its CBOR. */
  readonly bytes: Uint8Array;
  /** Where each of its references is believed to be. */
  readonly places: readonly (BlobLocation | undefined)[];
}

interface EditRecord {
  /** Where each of its references is. */
  readonly places: readonly (Place | undefined)[];
}

/** A change of a tree: the record to stand at a key, or none. */
export interface TreeEdit<T> {
  /** The key. */
  readonly key: TreeKey;
  /** The record, as a value or as its CBOR; absent to take it out. */
  readonly record?: (EditRecord & ({ readonly value: T } | { readonly bytes: Uint8Array })) | undefined;
}

/** Edits in order of their keys: an array, or what makes each when it is asked for. */
export type TreeEdits<T> = Pick<readonly TreeEdit<T>[], 'at' | 'length'>;

/** A node that is known by its id, and where it is believed to be. */
export interface NodeReference {
  /** Blob id. */
  readonly id: Uint8Array;
  /** Where it is. */
  readonly place: Place | undefined;
  /** Number of tree records below. */
  readonly count: number;
}

/** A place in a stored pack, as a location; undefined for a pack that is still open. */
export function locationOf(place: Place | undefined): BlobLocation | undefined {
  if (place?.pack.stored === undefined) return undefined;
  const { pack, ordinal, offset, length } = place;
  return { pack: pack.stored as BlobLocation['pack'], ordinal, offset, length };
}

/** A location as a place. */
export function placeOf(location: BlobLocation | undefined): Place | undefined {
  return location === undefined ? undefined : { ...location, pack: { stored: location.pack } };
}
