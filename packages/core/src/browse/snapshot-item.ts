import { BLOB_KINDS } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions, PartToSave, RestorableItem } from '@holdfast/contracts';
import type { BlobRequest } from '../packs/blob-reader.ts';
import type { FetchedPart } from '../packs/fetched-parts.ts';
import type { PieceOrder } from '../packs/piece-loader.ts';
import { saveFile } from '../packs/save-file.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import type { SnapshotChoice } from '../snapshot/find-snapshot.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import type { Semaphore } from '../internal/semaphore.ts';
import { freeBytes } from '../internal/free-bytes.ts';
import { assemblePart } from '../tree/assemble-part.ts';
import type { ItemRecord, StoredPart } from '../tree/item-record.ts';
import type { TreeRecord } from '../tree/tree-record.ts';
import { findCollection } from './find-collection.ts';
import { findItems } from './find-items.ts';

/** Options of {@link Repository.item}. */
export interface ItemOptions extends OperationOptions, SnapshotChoice {
  /** Id of the collection it is in. */
  readonly collection: string;
  /** Id of the item. */
  readonly item: string;
  /**
   * Its sort time, as {@link ListedItem.sort} tells it. With it the item is found by its path in the tree alone.
   *
   * @defaultValue it is looked up in the index, which costs a range of some 25 KB of each large segment of it
   */
  readonly sort?: number | undefined;
}

/** Finds one item of a snapshot. */
export async function findItem(vault: Vault, options: ItemOptions): Promise<RestorableItem> {
  const snapshot = await findSnapshot(vault.snapshots, options, options);
  const { items } = await findCollection(vault, snapshot, options.collection, options);
  const source = snapshot.snapshot.source.id;
  const where = { source, collection: options.collection, root: items };
  for await (const found of findItems(vault, where, [{ id: options.item, sort: options.sort }], options)) {
    return restorable(vault, source, found);
  }
  const { collection, item } = options;
  throw new RepositoryError('ERR_ITEM_NOT_IN_SNAPSHOT', { snapshot: snapshot.snapshot.id, collection, item });
}

/** Parts that were read in advance, and who is told of those that are read later. */
export interface PartReading {
  /** Parts by name, fetched in advance. */
  readonly fetched?: Map<string, FetchedPart> | undefined;
  /** Lets those in who save a part that was not fetched: it is in memory as a whole. @defaultValue one at a time */
  readonly large?: Semaphore | undefined;
  /** Called with the size of each part that is read. */
  readonly onRead?: ((bytes: number) => void) | undefined;
}

/** The other parts of an item are read with the first one that is asked for, up to so many bytes in all. */
const READ_TOGETHER = 256 * 1024;

/** An item of that source that restores from its record. */
export function restorable(
  vault: Vault,
  source: string,
  record: TreeRecord<ItemRecord>,
  { fetched = new Map<string, FetchedPart>(), large = createSemaphore(1), onRead = () => {} }: PartReading = {},
): RestorableItem {
  const { id, changeKey, kind, summary, volatile, parts, omitted } = record.value;
  const loaded = new Map<string, Uint8Array>();
  let together: Promise<void> | undefined;

  /** Neighbours in a pack cost one range read together and one each alone. */
  async function readTogether(options: OperationOptions): Promise<void> {
    let bytes = 0;
    const small = parts.filter(({ name, size }) => !loaded.has(name) && (bytes += size) <= READ_TOGETHER);
    if (small.length === 0) return;
    const orders = small.map((part) => partOrder(record, part));
    for (const [i, part] of (await vault.pieces.load(orders, options)).entries()) {
      if (part !== undefined) loaded.set(small[i]!.name, part);
    }
  }

  function partNamed(name: string): StoredPart {
    const part = parts.find((candidate) => candidate.name === name);
    if (part === undefined) throw new RepositoryError('ERR_PART_NOT_IN_ITEM', { item: id, part: name });
    return part;
  }

  async function read(name: string, options: OperationOptions): Promise<Uint8Array> {
    const part = partNamed(name);
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const inAdvance = await fetched.get(name)?.open();
    if (inAdvance !== undefined) loaded.set(name, inAdvance);
    else if (part.size <= READ_TOGETHER) {
      together ??= readTogether(options);
      await together.catch(() => {
        // Whose signal it was, or what failed then, is no concern of this call: it reads alone.
        together = undefined;
      });
    }
    const bytes = loaded.get(name) ?? (await readPart(vault, record, part, options));
    onRead(bytes.length);
    return bytes;
  }

  async function save({ part: name, ...file }: PartToSave, options: OperationOptions): Promise<void> {
    const { size } = partNamed(name);
    const saved = loaded.has(name) ? 'unread' : ((await fetched.get(name)?.save(file)) ?? 'unread');
    if (saved === 'saved') return onRead(size);
    if (saved !== 'unread') throw saved.error;
    const release = await large.acquire(options);
    try {
      await saveFile(file, await read(name, options));
    } finally {
      release();
    }
  }

  return {
    source,
    id,
    changeKey,
    kind,
    summary,
    volatile,
    omitted,
    parts: parts.map(({ name }) => name),
    readPart: (name, options = {}) => read(name, options),
    async saveParts(files, options = {}) {
      options.signal?.throwIfAborted();
      // All of them have ended when it fails: the caller may then remove what is there.
      for (const result of await Promise.allSettled(files.map((file) => save(file, options)))) {
        if (result.status === 'rejected') throw result.reason;
      }
    },
    release() {
      for (const bytes of loaded.values()) freeBytes(bytes);
      loaded.clear();
      fetched.clear();
      together = undefined;
    },
  };
}

/** Orders a part of an item. */
export function partOrder(record: TreeRecord<ItemRecord>, part: StoredPart): PieceOrder {
  const { blobs, ...recipe } = part;
  return { part: recipe, requests: partRequests(record, part) };
}

/** The blobs of a part, in order. */
function partRequests({ value, places }: TreeRecord<ItemRecord>, part: StoredPart): BlobRequest[] {
  const before = value.parts.slice(0, value.parts.indexOf(part));
  const first = before.reduce((sum, { blobs }) => sum + blobs.length, 0);
  return part.blobs.map((id, position) => ({ kind: BLOB_KINDS.piece, id, hint: places[first + position] }));
}

/** Blobs of a large part are read so many bytes at a time, by the size that blobs have at most where parts are cut. */
const WINDOW = 8 * 1024 * 1024;

/** Reads a part, however large, and looks for other copies of what is not where it is believed to be. */
async function readPart(
  vault: Vault,
  record: TreeRecord<ItemRecord>,
  part: StoredPart,
  options: OperationOptions,
): Promise<Uint8Array> {
  const blobs: Uint8Array[] = [];
  for (const window of windows(partRequests(record, part))) {
    const found = await vault.pieces.load(
      window.map((request) => ({ requests: [request] })),
      options,
    );
    for (const [i, request] of window.entries()) blobs.push(found[i] ?? (await vault.blobs.read(request, options)));
  }
  return assemblePart(part, blobs);
}

/** Cuts requests into stretches that are read at once. */
function* windows(requests: readonly BlobRequest[]): Generator<BlobRequest[], void, void> {
  let window: BlobRequest[] = [];
  let bytes = 0;
  for (const request of requests) {
    const length = request.hint?.length ?? 0;
    if (window.length > 0 && bytes + length > WINDOW) {
      yield window;
      window = [];
      bytes = 0;
    }
    window.push(request);
    bytes += length;
  }
  if (window.length > 0) yield window;
}
