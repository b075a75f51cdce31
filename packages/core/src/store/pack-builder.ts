import { hash } from 'node:crypto';
import { BLOB_KINDS, OBJECT_KINDS, objectLayout, sealObject } from '@holdfast/crypto';
import type { BlobToSeal } from '@holdfast/crypto';
import { frame, FRAME_HEADER_LENGTH } from '../blobs/codec.ts';
import { concatBytes } from '../internal/bytes.ts';
import { domainBlobs } from '../objects/domain-blob.ts';
import type { LaneContext } from '../threads/tasks.ts';

/** A pack that is ready to be put. */
export interface SealedPack {
  /** Its bytes, at the beginning of memory that may be longer. */
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

/** Blobs with their plaintexts on their way to another lane. */
export interface LooseBlobs {
  /** Ids, back to back. */
  readonly ids: Uint8Array;
  /** Where the plaintexts lie. */
  readonly memory: Uint8Array;
  /** Offset and length of each of them. */
  readonly places: Uint32Array;
}

/**
 * An open pack: compressed blobs that wait to be sealed together, in the order they came. They lie where they will lie in the
 * pack, so that sealing takes no further memory.
 */
export interface PackBuilder {
  /** Bytes that the pack would have about; 0 without a blob. */
  readonly size: number;
  /** Compresses a blob into it. */
  add(id: Uint8Array, raw: Uint8Array): void;
  /** Takes in one that is compressed. */
  addPlaintext(id: Uint8Array, plaintext: Uint8Array): void;
  /** Seals what is there; the builder is empty then. */
  seal(salt: Uint8Array<ArrayBuffer>): SealedPack;
  /** Gives what is there away; the builder is empty then. */
  take(): LooseBlobs;
  /** Gives it memory for its next pack, such as that of a pack that was put. */
  give(memory: ArrayBuffer): void;
}

const ID_LENGTH = 32;
/** Bytes of a blob's record in the table of a pack. */
const RECORD_LENGTH = 44;

/** What a {@link PackBuilder} makes packs with. */
export interface PackBuilderContext extends Pick<LaneContext, 'keyring' | 'compression'> {
  /** What ids of blobs are made with. */
  readonly domain: Uint8Array | undefined;
  /** Bytes that a pack has about. */
  readonly target: number;
}

/** Makes an empty builder. */
export function createPackBuilder({ keyring, compression, domain, target }: PackBuilderContext): PackBuilder {
  const { firstBlob, overhead } = objectLayout(keyring);
  const lead = domainBlobs(keyring, domain);
  const start = firstBlob + lead.reduce((sum, { plaintext }) => sum + plaintext.length + overhead, 0);
  /** What becomes too large by its last blob fits in, and so do table and padding. */
  const capacity = target + Math.floor(target / 8);
  let memory: Uint8Array<ArrayBuffer> | undefined;
  let spare: ArrayBuffer | undefined;
  let blobs: BlobToSeal[] = [];
  let end = start;

  /** Memory with so many bytes behind what is there. */
  function room(length: number): Uint8Array {
    if (memory === undefined && spare !== undefined) {
      memory = new Uint8Array(spare);
      spare = undefined;
    }
    if (memory === undefined || memory.length < end + length) {
      const larger = new Uint8Array(Math.max(capacity, end + length));
      if (memory !== undefined) moveTo(larger, memory);
      memory = larger;
    }
    return memory.subarray(end, end + length);
  }

  /** Plaintexts are where they are: each is looked up again in the larger memory. */
  function moveTo(larger: Uint8Array<ArrayBuffer>, from: Uint8Array<ArrayBuffer>): void {
    larger.set(from);
    blobs = blobs.map(({ kind, id, plaintext }) => {
      const { byteOffset, length } = plaintext;
      return { kind, id, plaintext: larger.subarray(byteOffset, byteOffset + length) };
    });
    from.buffer.transfer(0);
  }

  function note(id: Uint8Array, plaintext: Uint8Array): void {
    blobs.push({ kind: BLOB_KINDS.piece, id, plaintext });
    end += plaintext.length + overhead;
  }

  function empty(): { readonly blobs: readonly BlobToSeal[]; readonly memory: Uint8Array<ArrayBuffer> } {
    const given = { blobs, memory: memory ?? new Uint8Array() };
    memory = undefined;
    blobs = [];
    end = start;
    return given;
  }

  return {
    get size() {
      return blobs.length === 0 ? 0 : end + blobs.length * RECORD_LENGTH;
    },
    add(id, raw) {
      note(id, frame(raw, { ...compression, into: room(FRAME_HEADER_LENGTH + raw.length) }));
    },
    addPlaintext(id, plaintext) {
      const there = room(plaintext.length);
      there.set(plaintext);
      note(id, there);
    },
    seal(salt) {
      const open = empty();
      const randomness = { bytes: () => salt };
      const all = [...lead, ...open.blobs];
      const sealed = sealObject(keyring, { kind: OBJECT_KINDS.dataPack, blobs: all, into: open.memory, randomness });
      const { bytes, header, records } = sealed;
      const pieces = records.slice(lead.length);
      const places = new Uint32Array(3 * pieces.length);
      for (const [i, { ordinal, offset, length }] of pieces.entries()) places.set([ordinal, offset, length], 3 * i);
      return {
        bytes,
        name: hash('sha256', bytes, 'hex'),
        header,
        ids: concatBytes(pieces.map(({ id }) => id)),
        places,
      };
    },
    take() {
      const open = empty();
      const places = new Uint32Array(2 * open.blobs.length);
      for (const [i, { plaintext }] of open.blobs.entries())
        places.set([plaintext.byteOffset, plaintext.length], 2 * i);
      return { ids: concatBytes(open.blobs.map(({ id }) => id)), memory: open.memory, places };
    },
    give(given) {
      spare?.transfer(0);
      spare = given;
    },
  };
}

/** Calls back for each of the blobs. */
export function eachLoose(
  { ids, memory, places }: LooseBlobs,
  take: (id: Uint8Array, plaintext: Uint8Array) => void,
): void {
  for (let i = 0; 2 * i < places.length; i += 1) {
    const [offset = 0, length = 0] = places.subarray(2 * i, 2 * i + 2);
    // A copy: a view would keep all ids in memory for the one that is sealed last.
    take(ids.slice(i * ID_LENGTH, (i + 1) * ID_LENGTH), memory.subarray(offset, offset + length));
  }
}
