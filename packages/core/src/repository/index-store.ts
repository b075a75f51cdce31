import { BLOB_KINDS, OBJECT_KINDS } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { Logger, OperationOptions, Randomness } from '@holdfast/contracts';
import { createBlobIndex } from '../index-segments/blob-index.ts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { decodeBlobSegment } from '../index-segments/blob-segment.ts';
import { createItemIndex } from '../index-segments/item-index.ts';
import type { ItemIndex } from '../index-segments/item-index.ts';
import { decodeItemSegment } from '../index-segments/item-segment.ts';
import { segmentKind } from '../index-segments/segment-kind.ts';
import type { SegmentContent } from '../index-segments/directory.ts';
import { decodeSnapshotSegment } from '../index-segments/snapshot-segment.ts';
import { toHex } from '../internal/bytes.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import type { Semaphore } from '../internal/semaphore.ts';
import { objectName } from '../objects/object-name.ts';
import { isDamage } from '../objects/damage.ts';
import type { ObjectStore, StoredObject } from '../objects/object-store.ts';
import { openBlobs, sealBlobs } from '../objects/sealed-object.ts';

/** The index of a repository, loaded when it is first needed. */
export interface IndexStore {
  /**
   * Loads the segments that are new since the last time. With `tolerant` a damaged one is passed over with a warning:
   * enough for readers, to whom the index is a hint, and not for a backup, which would misread removals.
   */
  refresh(options?: RefreshOptions): Promise<void>;
  /** Loads one segment, unless it is loaded. */
  load(hash: string, options?: OperationOptions): Promise<void>;
  /** Where blobs are. Complete after {@link IndexStore.refresh}. */
  readonly blobs: BlobIndex;
  /** Where items of a source were stored. */
  items(sourceId: string): ItemIndex;
  /** Hashes of the snapshot objects that segments name. */
  listedSnapshots(): Iterable<string>;
  /** JSON of a snapshot object, if a segment has it. */
  summary(object: string): string | undefined;
  /** Whether a segment says that it has all records of that one, which may then be gone. */
  isReplaced(hash: string): boolean;
  /** Names of segments that were written and stand in no snapshot yet; who commits one takes out what it names. */
  readonly unclaimed: Set<string>;
  /** Held by whoever takes what is new in the index and stores it. */
  readonly writing: Semaphore;
  /** Stores a segment. */
  write(content: SegmentContent, options?: OperationOptions): Promise<void>;
}

/** Options of {@link IndexStore.refresh}. */
export interface RefreshOptions extends OperationOptions {
  /** Whether a damaged segment is passed over. */
  readonly tolerant?: boolean | undefined;
}

/** Makes an {@link IndexStore}. */
export function createIndexStore({
  objects,
  keyring,
  randomness,
  logger,
}: {
  readonly objects: ObjectStore;
  readonly keyring: Keyring;
  readonly randomness: Randomness;
  readonly logger: Logger;
}): IndexStore {
  const blobs = createBlobIndex();
  const items = new Map<string, ItemIndex>();
  const summaries = new Map<string, string>();
  const loaded = new Set<string>();
  const replaced = new Set<string>();
  const unclaimed = new Set<string>();
  let loading = Promise.resolve();

  function itemsOf(sourceId: string): ItemIndex {
    const found = items.get(sourceId) ?? createItemIndex();
    items.set(sourceId, found);
    return found;
  }

  async function load(hash: string, options: OperationOptions): Promise<void> {
    if (loaded.has(hash)) return;
    const object = objectName('index', hash);
    const content = readSegment(keyring, await objects.get('index', hash, options), object);
    for (const name of add(content, object)) replaced.add(toHex(name));
    loaded.add(hash);
  }

  /** Adds what a segment says, and returns the names of those that it replaces. */
  function add(content: SegmentContent, object: string): readonly Uint8Array[] {
    switch (segmentKind(content.directory, { object })) {
      case 'blobs': {
        const segment = decodeBlobSegment(content, { object });
        blobs.addSegment(segment);
        return segment.replaces;
      }
      case 'items': {
        const segment = decodeItemSegment(content, { object });
        itemsOf(segment.source).addSegment(segment);
        return segment.replaces;
      }
      case 'snapshots': {
        const segment = decodeSnapshotSegment(content, { object });
        for (const { object: name, snapshot } of segment) summaries.set(toHex(name), snapshot);
        return segment.replaces;
      }
    }
  }

  async function refresh({ tolerant = false, signal }: RefreshOptions): Promise<void> {
    const loadNew = async ({ hash }: StoredObject): Promise<void> => {
      try {
        await load(hash, { signal });
      } catch (error) {
        if (!tolerant || !isDamage(error)) throw error;
        logger.warn('an index segment cannot be read', { object: objectName('index', hash), code: error.code });
      }
    };
    await mapConcurrent(objects.list('index', { signal }), loadNew, { concurrency: 4, signal });
  }

  return {
    blobs,
    load: (hash, options = {}) => load(hash, options),
    items: itemsOf,
    writing: createSemaphore(1),
    listedSnapshots: () => summaries.keys(),
    summary: (object) => summaries.get(object),
    isReplaced: (hash) => replaced.has(hash),
    unclaimed,
    refresh(options = {}) {
      // One after the other, so that no segment is loaded twice.
      const next = loading.then(() => refresh(options));
      loading = next.catch(() => {});
      return next;
    },
    async write({ blocks, directory }, options = {}) {
      const raw = [
        ...blocks.map((block) => ({ kind: BLOB_KINDS.indexBlock, raw: block })),
        { kind: BLOB_KINDS.indexDirectory, raw: directory },
      ];
      const hash = await objects.put(
        'index',
        sealBlobs(keyring, raw, { kind: OBJECT_KINDS.segment, randomness }),
        options,
      );
      loaded.add(hash);
      unclaimed.add(hash);
    },
  };
}

/** Opens a segment object. */
export function readSegment(keyring: Keyring, bytes: Uint8Array, object: string): SegmentContent {
  const opened = [...openBlobs(keyring, bytes, { kind: OBJECT_KINDS.segment, object })];
  const directory = opened.pop();
  if (directory?.kind !== BLOB_KINDS.indexDirectory) {
    throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'it does not end with a directory' });
  }
  return { blocks: opened.map(({ raw }) => raw), directory: directory.raw };
}
