import type { Keyring } from '@holdfast/crypto';
import type { Clock, Logger, OperationOptions, Randomness } from '@holdfast/contracts';
import { createBlobIndex } from '../index-segments/blob-index.ts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { decodeBlobSegment, decodePacks } from '../index-segments/blob-segment.ts';
import type { DecodedDirectory, SegmentContent, SegmentKind } from '../index-segments/directory.ts';
import { createItemIndex } from '../index-segments/item-index.ts';
import type { ItemIndex } from '../index-segments/item-index.ts';
import { decodeCollections, decodeItemSegment } from '../index-segments/item-segment.ts';
import { createSegmentReader } from '../index-segments/open-segment.ts';
import type { OpenSegment, SegmentReader } from '../index-segments/open-segment.ts';
import type { RecordSegments } from '../index-segments/record-index.ts';
import { createSegmentCache } from '../index-segments/segment-cache.ts';
import { openSegmentObject, sealSegment } from '../index-segments/segment-object.ts';
import { decodeSnapshotBlocks } from '../index-segments/snapshot-segment.ts';
import type { SnapshotRecord } from '../index-segments/snapshot-segment.ts';
import { toHex } from '../internal/bytes.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import type { Semaphore } from '../internal/semaphore.ts';
import { isDamage } from '../objects/damage.ts';
import { objectName } from '../objects/object-name.ts';
import type { ObjectStore, StoredObject } from '../objects/object-store.ts';
import { cacheFolder } from './cache-folder.ts';
import type { Budget } from './budget.ts';

/** The index of a repository: which segments there are, and what they say. */
export interface IndexStore {
  /**
   * Opens the segments that are new since the last time: of each its beginning is read, of those of snapshots everything.
   * With `tolerant` a damaged one is passed over with a warning: enough for readers, to whom the index is a hint, and not for a
   * backup, which would misread removals. The same holds of look-ups.
   */
  refresh(options?: RefreshOptions): Promise<void>;
  /** Opens one segment, unless it is open, and reads and checks all of it. */
  verify(object: StoredObject, options?: OperationOptions): Promise<void>;
  /** Where blobs are. Knows all segments after {@link IndexStore.refresh}. */
  readonly blobs: BlobIndex;
  /** Where items of a source were stored. Their keys tell sources apart, so one index has those of all. */
  items(sourceId: string): ItemIndex;
  /** Hashes of the snapshot objects that segments name. */
  listedSnapshots(): Iterable<string>;
  /** JSON of a snapshot object, if a segment has it. */
  summary(object: string): string | undefined;
  /** Whether a segment says that it has all records of that one, which may then be gone. */
  isReplaced(hash: string): boolean;
  /** The segments of a kind that no other one replaces. */
  live(kind: SegmentKind): readonly OpenSegment[];
  /** What segments of snapshots say. */
  summariesIn(segments: readonly OpenSegment[]): readonly SnapshotRecord[];
  /** Id of the collection of a number in segments of items. */
  collectionAt(number: number): string;
  /** Names of all that a segment replaces. */
  replacedBy(hash: string): readonly string[];
  /** Reads segments. */
  readonly reader: SegmentReader;
  /** Names of segments that were written and stand in no snapshot yet; who commits one takes out what it names. */
  readonly unclaimed: Set<string>;
  /** Held by whoever takes what is new in the index and stores it. */
  readonly writing: Semaphore;
  /** Stores a segment and returns its hash and its size. */
  write(content: SegmentContent, options?: OperationOptions): Promise<StoredObject>;
  /** Removes files that are of use only while the repository is open. */
  close(): Promise<void>;
}

/** Options of {@link IndexStore.refresh}. */
export interface RefreshOptions extends OperationOptions {
  /** Whether a damaged segment is passed over. */
  readonly tolerant?: boolean | undefined;
}

/** What an {@link IndexStore} needs. */
export interface IndexStoreContext {
  /** Where segments lie. */
  readonly objects: ObjectStore;
  /** Opens and seals them. */
  readonly keyring: Keyring;
  /** For salts. */
  readonly randomness: Randomness;
  /** For the times of cached files. */
  readonly clock: Clock;
  /** Hears of what is passed over. */
  readonly logger: Logger;
  /** Memory, folders. */
  readonly budget: Budget;
}

/** Shares of the memory of a budget. */
const BLOB_SHARE = 1 / 4;
const ITEM_SHARE = 1 / 8;
const BLOCK_SHARE = 1 / 64;
const FILTER_SHARE = 1 / 16;

/** Makes an {@link IndexStore}. */
export function createIndexStore(context: IndexStoreContext): IndexStore {
  const { objects, keyring, randomness, clock, logger, budget } = context;
  const directory = cacheFolder(budget, keyring);
  const { temporaryDirectory, cacheSize, memory, index: mode } = budget;
  const cache = createSegmentCache({ directory, temporaryDirectory, size: cacheSize, clock, logger });
  const shares = { blockMemory: memory * BLOCK_SHARE, filterMemory: memory * FILTER_SHARE };
  const reader = createSegmentReader({ objects, keyring, cache, logger, ...shares });
  const segments = new Map<string, OpenSegment>();
  const kinds: { readonly [Kind in SegmentKind]: Map<string, OpenSegment> } = {
    blobs: new Map(),
    items: new Map(),
    snapshots: new Map(),
  };
  const lists = new Map<SegmentKind, readonly OpenSegment[]>();
  const summaries = new Map<string, string>();
  const summarised = new Map<string, readonly Uint8Array[]>();
  const replaced = new Set<string>();
  const replacements = new Map<string, readonly string[]>();
  const unclaimed = new Set<string>();
  let loading = Promise.resolve();

  const blobs = createBlobIndex({ segments: segmentsOf('blobs'), mode, memory: memory * BLOB_SHARE });
  const items = createItemIndex({ segments: segmentsOf('items'), mode, memory: memory * ITEM_SHARE });

  function live(kind: SegmentKind): readonly OpenSegment[] {
    const known = lists.get(kind) ?? [...kinds[kind].values()];
    lists.set(kind, known);
    return known;
  }

  function segmentsOf(kind: SegmentKind): RecordSegments {
    return { list: () => live(kind), reader, onDamage: (segment, error) => passOver(segment.hash, error) };
  }

  function passOver(hash: string, error: unknown): void {
    if (!isDamage(error)) throw error;
    logger.warn('an index segment cannot be read', { object: objectName('index', hash), code: error.code });
  }

  /** What a directory lists, as numbers that mean the same in all segments. */
  function numbersOf(opened: DecodedDirectory, object: string): Uint32Array {
    switch (opened.segment) {
      case 'blobs':
        return Uint32Array.from(decodePacks(opened, object), (pack) => blobs.packTable.numberOf(pack));
      case 'items':
        return Uint32Array.from(decodeCollections(opened, object), (id) => items.collectionNumber(id));
      case 'snapshots':
        return new Uint32Array(0);
    }
  }

  async function open(object: StoredObject, options: OperationOptions): Promise<void> {
    if (segments.has(object.hash)) return;
    const { segment, directory: opened } = await reader.open(object, numbersOf, options);
    if (segment.kind === 'snapshots') {
      const blocks = await reader.plainBlocks(segment, options);
      const names = decodeSnapshotBlocks(blocks, opened, segment.object).map(({ object: name, snapshot }) => {
        summaries.set(toHex(name), snapshot);
        return name;
      });
      summarised.set(segment.hash, names);
    }
    register(segment, opened.replaces.map(toHex));
  }

  function register(segment: OpenSegment, names: readonly string[]): void {
    const { hash, kind } = segment;
    segments.set(hash, segment);
    if (names.length > 0) replacements.set(hash, names);
    for (const name of names) {
      replaced.add(name);
      kinds[kind].delete(name);
    }
    if (!replaced.has(hash)) kinds[kind].set(hash, segment);
    lists.delete(kind);
    if (kind === 'blobs') blobs.records.merged(hash, names);
    if (kind === 'items') items.records.merged(hash, names);
  }

  async function refresh({ tolerant = false, signal }: RefreshOptions): Promise<void> {
    const listed = await Array.fromAsync(objects.list('index', { signal }));
    const openNew = async (object: StoredObject): Promise<void> => {
      if (replaced.has(object.hash)) return;
      try {
        await open(object, { signal });
      } catch (error) {
        if (!tolerant) throw error;
        passOver(object.hash, error);
      }
    };
    // The larger ones first: what they replace is then known, and need not be read.
    const ordered = listed.filter(({ hash }) => !segments.has(hash)).toSorted((a, b) => b.size - a.size);
    await mapConcurrent(ordered, openNew, { concurrency: budget.transfers, signal });
  }

  return {
    blobs,
    items: () => items,
    reader,
    live,
    writing: createSemaphore(1),
    unclaimed,
    listedSnapshots: () => summaries.keys(),
    summary: (object) => summaries.get(object),
    isReplaced: (hash) => replaced.has(hash),
    collectionAt: (number) => items.collectionAt(number),
    summariesIn: (chosen) =>
      chosen
        .flatMap(({ hash }) => summarised.get(hash) ?? [])
        .map((object) => ({ object, snapshot: summaries.get(toHex(object))! })),
    replacedBy: (hash) => replacements.get(hash) ?? [],
    close: () => cache.close(),

    refresh(options = {}) {
      // One after the other, so that no segment is opened twice.
      const next = loading.then(() => refresh(options));
      loading = next.catch(() => {});
      return next;
    },

    async verify(object, options = {}) {
      const name = objectName('index', object.hash);
      const bytes = await objects.get('index', object.hash, options);
      const content = openSegmentObject(keyring, bytes, name);
      await reader.keep(object.hash, bytes);
      await open({ hash: object.hash, size: bytes.length }, options);
      const { kind } = segments.get(object.hash)!;
      if (kind === 'blobs') decodeBlobSegment(content, { object: name });
      if (kind === 'items') decodeItemSegment(content, { object: name });
    },

    async write(content, options = {}) {
      const bytes = sealSegment(keyring, content, randomness);
      const hash = await objects.put('index', bytes, options);
      const object = { hash, size: bytes.length };
      unclaimed.add(hash);
      await reader.keep(hash, bytes);
      await open(object, options);
      return object;
    },
  };
}
