import { sealObject } from '@holdfast/crypto';
import type { BlobToSeal, Keyring } from '@holdfast/crypto';
import { BLOB_KINDS, OBJECT_KINDS } from '@holdfast/crypto';
import { randomFraction } from '@holdfast/contracts';
import type { OperationOptions, Randomness } from '@holdfast/contracts';
import { frame } from '../blobs/codec.ts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { fromHex, toHex } from '../internal/bytes.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { domainBlobs } from '../objects/domain-blob.ts';

/** What a pack writer needs. */
export interface PackWriterContext {
  /** Where packs go. */
  readonly objects: ObjectStore;
  /** Seals them. */
  readonly keyring: Keyring;
  /** For salts, and for the choice of a pack. */
  readonly randomness: Randomness;
  /** Learns where every blob of a stored pack is. */
  readonly index: BlobIndex;
  /** Size in bytes at which a pack is closed. */
  readonly target: number;
  /** What ids of blobs are made with; absent where they are made without. */
  readonly domain?: Uint8Array | undefined;
}

/** Collects blobs of item parts into packs. */
export interface DataPackWriter {
  /**
   * Takes a blob in unless it is known, and returns its id. Waits while the pack that it fills is stored; then at most
   * the two open packs and those being stored are in memory.
   */
  add(raw: Uint8Array, options?: OperationOptions): Promise<Uint8Array>;
  /**
   * Stores everything taken in so far. When it resolves, every blob added before is durable and in the index; after a
   * pack could not be stored it rejects, always, with what failed.
   */
  flush(options?: OperationOptions): Promise<void>;
}

interface OpenPack {
  blobs: BlobToSeal[];
  size: number;
}

/** Bytes that a blob needs in a pack beside its own: tag and table record. */
const OVERHEAD = 60;

/**
 * Makes a {@link DataPackWriter}. Each blob goes to one of two open packs at random and packs are sealed in shuffled
 * order, so that lengths of objects tell little of the lengths of items (docs/format/trees.md, Chunks).
 */
export function createDataPackWriter({
  objects,
  keyring,
  randomness,
  index,
  target,
  domain,
}: PackWriterContext): DataPackWriter {
  const open: [OpenPack, OpenPack] = [emptyPack(), emptyPack()];
  const pending = new Set<string>();
  const storing = new Set<Promise<void>>();
  let failed: { readonly error: unknown } | undefined;

  async function seal(blobs: BlobToSeal[], options: OperationOptions): Promise<void> {
    shuffle(blobs, randomness);
    const all = [...domainBlobs(keyring, domain), ...blobs];
    const { bytes, header, records } = sealObject(keyring, { kind: OBJECT_KINDS.dataPack, blobs: all, randomness });
    const name = fromHex(await objects.put('data', bytes, options));
    const pack = { name, header, size: bytes.length, domain };
    for (const { kind, id, ordinal, offset, length } of records) {
      if (kind === BLOB_KINDS.domain) continue;
      index.add(id, { pack, ordinal, offset, length });
      pending.delete(toHex(id));
    }
  }

  async function isKnown(id: Uint8Array, options: OperationOptions): Promise<boolean> {
    const [known = false] = await index.hasMany([id], options);
    return known;
  }

  function store(pack: OpenPack, options: OperationOptions): Promise<void> {
    const { blobs } = pack;
    pack.blobs = [];
    pack.size = 0;
    const stored = seal(blobs, options);
    storing.add(stored);
    stored.then(
      () => storing.delete(stored),
      (error: unknown) => {
        storing.delete(stored);
        failed ??= { error };
      },
    );
    return stored;
  }

  return {
    async add(raw, options = {}) {
      const id = keyring.blobId(BLOB_KINDS.piece, raw, domain);
      const hexId = toHex(id);
      if (pending.has(hexId)) return id;
      if (await isKnown(id, options)) return id;
      // Somebody may have taken it in meanwhile.
      if (pending.has(hexId)) return id;
      pending.add(hexId);
      const plaintext = frame(raw);
      const pack = open[randomFraction(randomness) < 0.5 ? 0 : 1];
      pack.blobs.push({ kind: BLOB_KINDS.piece, id, plaintext });
      pack.size += plaintext.length + OVERHEAD;
      if (pack.size >= target) await store(pack, options);
      return id;
    },

    async flush(options = {}) {
      if (failed !== undefined) throw failed.error;
      const [first, second] = open;
      if (first.size + second.size <= target) {
        first.blobs.push(...second.blobs);
        second.blobs = [];
        second.size = 0;
      }
      await Promise.all([
        ...open.filter(({ blobs }) => blobs.length > 0).map((pack) => store(pack, options)),
        ...storing,
      ]);
    },
  };
}

function emptyPack(): OpenPack {
  return { blobs: [], size: 0 };
}

/** Fisher and Yates. */
function shuffle(items: unknown[], randomness: Randomness): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(randomFraction(randomness) * (last + 1));
    [items[last], items[other]] = [items[other], items[last]];
  }
}
