import { RepositoryError } from '@holdfast/contracts';
import type { BlobLocation, PackInfo } from '../index-segments/blob-segment.ts';
import { toHex } from '../internal/bytes.ts';
import { decodeCbor, encodeCbor } from '../internal/cbor.ts';
import type { CborValue } from '../internal/cbor.ts';
import { DOMAIN_LENGTH } from '../objects/domain-blob.ts';
import type { PackReference, Place } from '../packs/tree-pack-writer.ts';

/** Body and hints of a node, as in docs/format/trees.md. */
export interface NodeParts {
  /** 0 for a leaf. */
  readonly level: number;
  /** CBOR of each record, in order. */
  readonly records: readonly Uint8Array[];
  /** For each blob id in the body, in order of appearance: where it is believed to be. */
  readonly places: readonly (BlobLocation | undefined)[];
}

/** Level and count. */
const BODY_HEADER = 5;
/** Length before each record, and before the body. */
const LENGTH = 4;
/** Of the name of a pack. */
const NAME_LENGTH = 32;
/** Of the header of a pack. */
const HEADER_LENGTH = 48;
/** The hint "in the pack this node lies in". */
const THIS_PACK = -1;

/** A body with nothing in it has this length. */
export const EMPTY_BODY_LENGTH: number = BODY_HEADER;

/** What a record adds to the length of a body. */
export function recordLength(record: Uint8Array): number {
  return LENGTH + record.length;
}

/** Puts the body of a node together. */
export function encodeBody(level: number, records: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(records.reduce((sum, record) => sum + recordLength(record), BODY_HEADER));
  const view = new DataView(body.buffer);
  view.setUint8(0, level);
  view.setUint32(1, records.length);
  let offset = BODY_HEADER;
  for (const record of records) {
    view.setUint32(offset, record.length);
    body.set(record, offset + LENGTH);
    offset += recordLength(record);
  }
  return body;
}

/** Puts a node together from its body and where its blobs are. */
export function encodeNode(
  body: Uint8Array,
  places: readonly (Place | undefined)[],
  thisPack: PackReference | undefined,
): Uint8Array {
  const packs: PackInfo[] = [];
  const numbers = new Map<string, number>();
  const at = places.map((place) => {
    if (place === undefined) return null;
    const { pack, ordinal, offset, length } = place;
    if (pack === thisPack) return [THIS_PACK, ordinal, offset, length];
    if (pack.stored === undefined) return null;
    const name = toHex(pack.stored.name);
    const number = numbers.get(name) ?? packs.push(pack.stored) - 1;
    numbers.set(name, number);
    return [number, ordinal, offset, length];
  });
  const hints = encodeCbor({
    packs: packs.map(({ name, header, domain }) => ({ name, header, ...(domain && { domain }) })),
    at,
  });
  const node = new Uint8Array(LENGTH + body.length + hints.length);
  new DataView(node.buffer).setUint32(0, body.length);
  node.set(body, LENGTH);
  node.set(hints, LENGTH + body.length);
  return node;
}

/** The part of a node that its id is taken over. */
export function nodeBody(node: Uint8Array, { object }: { readonly object: string }): Uint8Array {
  const end = node.length < LENGTH ? Number.NaN : LENGTH + viewOf(node).getUint32(0);
  if (!(end <= node.length)) throw damaged(object, 'a tree node is too short');
  return node.subarray(LENGTH, end);
}

/** Takes a node apart. `self` is the pack it lies in, if that is known. */
export function decodeNode(
  node: Uint8Array,
  options: { readonly object: string; readonly self?: PackInfo | undefined },
): NodeParts {
  const { object, self } = options;
  const body = nodeBody(node, { object });
  if (body.length < BODY_HEADER) throw damaged(object, 'a tree node is too short');
  const view = viewOf(body);
  const records: Uint8Array[] = [];
  let offset = BODY_HEADER;
  for (let left = view.getUint32(1); left > 0; left -= 1) {
    const end = offset + LENGTH > body.length ? Number.NaN : offset + LENGTH + view.getUint32(offset);
    if (!(end <= body.length)) throw damaged(object, 'a record of a tree node is too long');
    records.push(body.subarray(offset + LENGTH, end));
    offset = end;
  }
  if (offset !== body.length) throw damaged(object, 'a tree node has bytes left over');
  if (records.length === 0) throw damaged(object, 'a tree node is empty');
  return { level: view.getUint8(0), records, places: decodeHints(node.subarray(LENGTH + body.length), self) };
}

/**
 * The id of a node vouches for its body alone, so in a repository that is not encrypted hints are as good as the storage.
 * What is wrong with them must cost nothing that the index still finds: a malformed hint is a missing one.
 */
function decodeHints(bytes: Uint8Array, self: PackInfo | undefined): (BlobLocation | undefined)[] {
  const { packs, at } = asMap(tryDecode(bytes));
  if (!isArray(packs) || !isArray(at)) return [];
  const infos = packs.map((pack): PackInfo | undefined => {
    const { name, header, domain } = asMap(pack);
    if (!hasLength(name, NAME_LENGTH) || !hasLength(header, HEADER_LENGTH)) return undefined;
    if (domain === undefined) return { name, header, size: 0 };
    return hasLength(domain, DOMAIN_LENGTH) ? { name, header, size: 0, domain } : undefined;
  });
  return at.map((hint) => {
    const [number, ordinal, offset, length] = isArray(hint) ? hint : [];
    if (![ordinal, offset, length].every(isU32) || !Number.isSafeInteger(number)) return undefined;
    const pack = number === THIS_PACK ? self : infos[number as number];
    return pack && { pack, ordinal: ordinal as number, offset: offset as number, length: length as number };
  });
}

function tryDecode(bytes: Uint8Array): CborValue {
  try {
    return decodeCbor(bytes);
  } catch {
    return null;
  }
}

/** Decodes CBOR of a tree: what is malformed is a damaged object. */
export function decodeTreeCbor(bytes: Uint8Array, object: string): CborValue {
  try {
    return decodeCbor(bytes);
  } catch (error) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'it has malformed CBOR' }, { cause: error });
  }
}

function asMap(value: CborValue | undefined): Readonly<Record<string, CborValue>> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
  return isMap ? (value as Readonly<Record<string, CborValue>>) : {};
}

function isArray(value: CborValue | undefined): value is readonly CborValue[] {
  return Array.isArray(value);
}

function hasLength(value: CborValue | undefined, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

/** Offsets and lengths of the format have 32 bits. */
function isU32(value: CborValue | undefined): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(object: string, reason: string): RepositoryError {
  return new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason });
}
