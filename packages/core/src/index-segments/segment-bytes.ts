import type { Keyring } from '@holdfast/crypto';
import type { ByteRange, Logger, OperationOptions } from '@holdfast/contracts';
import { createLruCache } from '../internal/lru-cache.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { isDamage } from '../objects/damage.ts';
import { objectName } from '../objects/object-name.ts';
import type { ObjectStore, StoredObject } from '../objects/object-store.ts';
import type { SegmentCache } from './segment-cache.ts';

/** What segments are read with. */
export interface SegmentContext {
  /** Where they lie. */
  readonly objects: ObjectStore;
  /** Opens them. */
  readonly keyring: Keyring;
  /** Copies in files. */
  readonly cache: SegmentCache;
  /** Bytes of opened blocks that are kept in memory. */
  readonly blockMemory: number;
  /** Bytes of filters that are kept in memory. */
  readonly filterMemory: number;
  /** Hears of copies that are damaged. */
  readonly logger: Logger;
}

/** Reads ranges of segment objects, from the nearest place that has them. */
export interface SegmentBytes {
  /**
   * Reads a range and opens it. What a copy in a file gives and cannot be opened is dropped and read from storage.
   *
   * @throws what `open` does with the bytes from storage, and the errors of reading.
   */
  read<T>(
    object: StoredObject,
    range: ByteRange,
    open: (bytes: Uint8Array) => T,
    options?: OperationOptions,
  ): Promise<T>;
  /** Says that all of an object will be read soon, and by ranges. */
  announce(object: StoredObject, options?: OperationOptions): Promise<void>;
  /** Keeps an object that was just read, or written, as a whole. */
  keep(hash: string, bytes: Uint8Array): Promise<void>;
}

/** Objects up to this length are read as a whole, and the last ones of them kept in memory. */
export const SMALL_SEGMENT: number = 32 * 1024;
const SMALL_MEMORY = 1024 * 1024;
/** When so much of an object was read piece by piece, it pays to fetch it; but not for one or two look-ups of a few pieces each. */
const WORTH_FETCHING = 1 / 8;
const MANY_PIECES = 8;

/** Makes a {@link SegmentBytes}. */
export function createSegmentBytes({ objects, keyring, cache, logger }: SegmentContext): SegmentBytes {
  const small = createLruCache<Uint8Array>(SMALL_MEMORY);
  const read = new Map<string, { bytes: number; pieces: number }>();
  const fetching = new Map<string, Promise<void>>();

  async function fetchWhole({ hash, size }: StoredObject, options: OperationOptions): Promise<void> {
    const underway =
      fetching.get(hash) ?? cache.fill(hash, size, (range) => objects.getRange('index', hash, range, options));
    fetching.set(hash, underway);
    try {
      await underway;
    } finally {
      fetching.delete(hash);
    }
  }

  /** Counts what is read of an object, and fetches it once that is worth it. */
  async function note(object: StoredObject, length: number, options: OperationOptions): Promise<void> {
    const soFar = read.get(object.hash) ?? { bytes: 0, pieces: 0 };
    const isWorthIt = (): boolean => soFar.bytes >= object.size * WORTH_FETCHING && soFar.pieces >= MANY_PIECES;
    const wasWorthIt = isWorthIt();
    soFar.bytes += length;
    soFar.pieces += 1;
    read.set(object.hash, soFar);
    if (!wasWorthIt && isWorthIt()) await fetchWhole(object, options);
  }

  function openAndFree<T>(bytes: Uint8Array, open: (bytes: Uint8Array) => T): T {
    const opened = open(bytes);
    // What was sealed has been copied by opening it.
    if (keyring.encrypted) freeBytes(bytes);
    return opened;
  }

  async function fromCopy<T>(hash: string, range: ByteRange, open: (bytes: Uint8Array) => T): Promise<T | undefined> {
    const bytes = await cache.read(hash, range);
    if (bytes === undefined) return undefined;
    try {
      return openAndFree(bytes, open);
    } catch (error) {
      if (!isDamage(error)) throw error;
      logger.warn('a copy of an index segment is damaged', { object: objectName('index', hash), code: error.code });
      await cache.forget(hash);
      return undefined;
    }
  }

  return {
    async read(object, range, open, options = {}) {
      const { hash, size } = object;
      const whole = small.get(hash);
      if (whole !== undefined) return open(whole.subarray(range.offset, range.offset + range.length));
      const copied = await fromCopy(hash, range, open);
      if (copied !== undefined) return copied;
      if (size <= SMALL_SEGMENT) {
        const bytes = await objects.get('index', hash, options);
        small.set(hash, bytes, bytes.length);
        if (cache.persistent) await cache.put(hash, bytes);
        return open(bytes.subarray(range.offset, range.offset + range.length));
      }
      const bytes = await objects.getRange('index', hash, range, options);
      await note(object, range.length, options);
      return openAndFree(bytes, open);
    },

    async announce(object, options = {}) {
      if (!cache.persistent) {
        // A copy would be read once, which saves nothing.
        const never = { bytes: Number.POSITIVE_INFINITY, pieces: Number.POSITIVE_INFINITY };
        read.set(object.hash, never);
      } else if (object.size > SMALL_SEGMENT) {
        const isThere = (await cache.read(object.hash, { offset: 0, length: 1 })) !== undefined;
        if (!isThere) await fetchWhole(object, options);
      }
    },

    async keep(hash, bytes) {
      if (bytes.length <= SMALL_SEGMENT) small.set(hash, bytes, bytes.length);
      if (cache.persistent) await cache.put(hash, bytes);
    },
  };
}
