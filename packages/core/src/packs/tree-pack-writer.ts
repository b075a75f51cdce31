import { BLOB_KINDS, OBJECT_KINDS, sealObject } from '@holdfast/crypto';
import type { BlobToSeal, Keyring } from '@holdfast/crypto';
import type { OperationOptions, Randomness } from '@holdfast/contracts';
import { frame } from '../blobs/codec.ts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import type { PackInfo } from '../index-segments/blob-segment.ts';
import { fromHex } from '../internal/bytes.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { domainBlobs } from '../objects/domain-blob.ts';

/** A pack that may not be stored yet: its name is known only then. */
export interface PackReference {
  /** The pack, once it is stored. */
  readonly stored: PackInfo | undefined;
}

/** Where a blob is, in a pack that may still be open. */
export interface Place {
  /** The pack. */
  readonly pack: PackReference;
  /** Number of the blob in it. */
  readonly ordinal: number;
  /** Offset of its sealed form. */
  readonly offset: number;
  /** Length of its sealed form. */
  readonly length: number;
}

/** What a {@link TreePackWriter} needs. */
export interface TreePackWriterContext {
  /** Where packs go. */
  readonly objects: ObjectStore;
  /** Seals them. */
  readonly keyring: Keyring;
  /** For salts. */
  readonly randomness: Randomness;
  /** Learns where every blob of a stored pack is. */
  readonly index: BlobIndex;
  /** Size in bytes at which a pack is closed. */
  readonly target: number;
  /** What ids of blobs are made with; absent where they are made without. */
  readonly domain?: Uint8Array | undefined;
}

/** Collects tree nodes into packs, in the order given. */
export interface TreePackWriter {
  /** What ids of nodes are made with; undefined where they are made without. */
  readonly domain: Uint8Array | undefined;
  /** The pack that the next node goes to; stores the one before if it is full. Hints to it are written as "this pack". */
  room(options?: OperationOptions): Promise<PackReference>;
  /** Puts a node into the pack that {@link TreePackWriter.room} returned last. */
  append(id: Uint8Array, raw: Uint8Array): Place;
  /** Stores the open pack. */
  flush(options?: OperationOptions): Promise<void>;
}

const HEADER_LENGTH = 48;
const TAG_LENGTH = 16;

/** Makes a {@link TreePackWriter}. Children are appended before their parents and nothing is shuffled. */
export function createTreePackWriter({
  objects,
  keyring,
  randomness,
  index,
  target,
  domain,
}: TreePackWriterContext): TreePackWriter {
  const tag = keyring.encrypted ? TAG_LENGTH : 0;
  let pack: { stored: PackInfo | undefined } = { stored: undefined };
  const first = domainBlobs(keyring, domain);
  const firstSize = first.reduce((sum, { plaintext }) => sum + plaintext.length + tag, HEADER_LENGTH);
  let blobs: BlobToSeal[] = [...first];
  let size = firstSize;

  async function store(options: OperationOptions): Promise<void> {
    const closing = pack;
    const sealed = sealObject(keyring, { kind: OBJECT_KINDS.treePack, blobs, randomness });
    pack = { stored: undefined };
    blobs = [...first];
    size = firstSize;
    const name = fromHex(await objects.put('data', sealed.bytes, options));
    closing.stored = { name, header: sealed.header, size: sealed.bytes.length, domain };
    for (const { kind, id, ordinal, offset, length } of sealed.records) {
      if (kind === BLOB_KINDS.domain) continue;
      index.add(id, { pack: closing.stored, ordinal, offset, length });
    }
  }

  return {
    domain,
    async room(options = {}) {
      if (size >= target) await store(options);
      return pack;
    },
    append(id, raw) {
      const plaintext = frame(raw);
      const place: Place = { pack, ordinal: blobs.length, offset: size, length: plaintext.length + tag };
      blobs.push({ kind: BLOB_KINDS.node, id, plaintext });
      size += place.length;
      return place;
    },
    async flush(options = {}) {
      if (blobs.length > first.length) await store(options);
    },
  };
}
