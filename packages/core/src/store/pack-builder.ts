import { hash } from 'node:crypto';
import { BLOB_KINDS, OBJECT_KINDS, sealObject } from '@holdfast/crypto';
import type { BlobToSeal, Keyring } from '@holdfast/crypto';
import { concatBytes } from '../internal/bytes.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { domainBlobs } from '../objects/domain-blob.ts';

/** A pack that is ready to be put. */
export interface SealedPack {
  /** Its bytes. */
  readonly bytes: Uint8Array;
  /** Their SHA-256 in hex: its name. */
  readonly name: string;
  /** Its header. */
  readonly header: Uint8Array;
  /** Ids of its blobs, back to back. */
  readonly ids: Uint8Array;
  /** Ordinal, offset and length of each of them. */
  readonly places: Uint32Array;
}

/** Blobs with their plaintexts, back to back, on their way to another lane. */
export interface LooseBlobs {
  /** Ids, back to back. */
  readonly ids: Uint8Array;
  /** Plaintexts, back to back. */
  readonly plaintexts: Uint8Array;
  /** Length of each. */
  readonly lengths: Uint32Array;
}

/** An open pack: compressed blobs that wait to be sealed together, in the order they came. */
export interface PackBuilder {
  /** Bytes that the pack would have about. */
  readonly size: number;
  /** Takes a blob in. */
  add(id: Uint8Array, plaintext: Uint8Array): void;
  /** Seals what is there; the builder is empty then. */
  seal(salt: Uint8Array<ArrayBuffer>): SealedPack;
  /** Gives what is there away; the builder is empty then. */
  take(): LooseBlobs;
}

/** Bytes that a blob needs in a pack beside its own: tag and table record. */
const OVERHEAD = 60;
const ID_LENGTH = 32;

/** Makes an empty builder. */
export function createPackBuilder(keyring: Keyring, domain: Uint8Array | undefined): PackBuilder {
  let blobs: BlobToSeal[] = [];
  let size = 0;

  function empty(): BlobToSeal[] {
    const given = blobs;
    blobs = [];
    size = 0;
    return given;
  }

  return {
    get size() {
      return size;
    },
    add(id, plaintext) {
      blobs.push({ kind: BLOB_KINDS.piece, id, plaintext });
      size += plaintext.length + OVERHEAD;
    },
    seal(salt) {
      const all = [...domainBlobs(keyring, domain), ...empty()];
      const randomness = { bytes: () => salt };
      const { bytes, header, records } = sealObject(keyring, { kind: OBJECT_KINDS.dataPack, blobs: all, randomness });
      // They are in the pack now, and nobody else has them.
      for (const { kind, plaintext } of all) if (kind === BLOB_KINDS.piece) freeBytes(plaintext);
      const pieces = records.filter(({ kind }) => kind === BLOB_KINDS.piece);
      return {
        bytes,
        name: hash('sha256', bytes, 'hex'),
        header,
        ids: concatBytes(pieces.map(({ id }) => id)),
        places: Uint32Array.from(pieces.flatMap(({ ordinal, offset, length }) => [ordinal, offset, length])),
      };
    },
    take() {
      const given = empty();
      return {
        ids: concatBytes(given.map(({ id }) => id)),
        plaintexts: concatBytes(given.map(({ plaintext }) => plaintext)),
        lengths: Uint32Array.from(given, ({ plaintext }) => plaintext.length),
      };
    },
  };
}

/** Calls back for each of the blobs. */
export function eachLoose({ ids, plaintexts, lengths }: LooseBlobs, take: PackBuilder['add']): void {
  let offset = 0;
  for (const [number, length] of lengths.entries()) {
    // Copies: a view would keep all of them in memory for the one that is sealed last.
    take(ids.slice(number * ID_LENGTH, (number + 1) * ID_LENGTH), plaintexts.slice(offset, offset + length));
    offset += length;
  }
}
