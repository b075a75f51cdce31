import type { Collection, OperationOptions } from '@holdfast/contracts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { equalOptionalBytes } from '../internal/bytes.ts';
import { LazyMap, LazySet } from '../internal/lazy-collections.ts';
import type { SmallMap, SmallSet } from '../internal/lazy-collections.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { CollectionRecord } from '../tree/collection-record.ts';
import type { CaptureRun } from './capture-run.ts';
import { FailedItems } from './failed-items.ts';
import type { NamedItems } from './failed-items.ts';
import { unpackRecord } from './packed-record.ts';
import type { PackedRecord } from './packed-record.ts';
import { itemTrees } from '../tree/collection-record.ts';
import type { TreeKey } from '../tree/tree-key.ts';
import type { TreeReader } from '../tree/tree-reader.ts';
import type { NodeReference, TreeRecord } from '../tree/tree-record.ts';

/** An item to stand in a tree, or to leave it, once the trees are written. */
export interface PendingEdit {
  /** Where. */
  readonly key: TreeKey;
  /** The record; absent to take it out. */
  readonly record?: PackedRecord | undefined;
  /** Where the record's blobs are; absent if they are in this run's packs. */
  readonly places?: readonly (BlobLocation | undefined)[] | undefined;
}

/** Changes by item id. */
export type PendingEdits = SmallMap<string, PendingEdit>;

/** An item of which something is in the repository already. */
export interface KnownItem {
  /** Its record. */
  readonly record: ItemRecord;
  /** Where its blobs are; absent if they are in this run's packs. */
  readonly places: readonly (BlobLocation | undefined)[] | undefined;
  /** Whether it stands, or is about to stand, in the tree that edits of this collection go to. */
  readonly current: boolean;
  /** Whether it is of the same collection. */
  readonly sameCollection: boolean;
  /** Whether a full has read it already. */
  readonly read: boolean;
}

/** What is found of an item in one collection. */
export type FoundItem = Pick<KnownItem, 'record' | 'places' | 'read'>;

/** A collection in the course of a run. Changed only by the code in this folder. */
export interface CollectionState {
  /** What the source tells of it now. */
  collection: Collection;
  /** Its record in the last snapshot written, and where that record's trees are; undefined if it is new. */
  base: { readonly record: CollectionRecord; readonly places: readonly (BlobLocation | undefined)[] } | undefined;
  /** Trees of earlier: what moved away since can still be found there. */
  readonly before: (NodeReference | undefined)[];
  /**
   * In a full, trees that it has made, or that the interrupted run it goes on with has: what stands in them was read
   * and need not be read again. Undefined in any other run.
   */
  readonly made: SmallSet<NodeReference> | undefined;
  /** The items, as far as trees are written. */
  items: NodeReference | undefined;
  /** The enumeration under way, as far as trees are written. */
  pass: { root: NodeReference | undefined; ended: boolean } | undefined;
  /** Changes told since the cursor, by item id. No tree may have them before the cursor stands for them too. */
  edits: PendingEdits;
  /** Changes that the cursor stands for and no tree has yet. They go to `pass` if there is one, else to `items`. */
  ready: PendingEdits;
  /** Changes that are being written to a tree at this moment. */
  flushing: PendingEdits;
  /** Changes that a reset made void: what was read for them need not be read again. */
  readonly discarded: PendingEdits;
  /**
   * Whether the last run left it to be told from its beginning, because more of it failed than could be named: whatever
   * may not be stored as it is has to be read again.
   */
  readonly doubted: boolean;
  /** Where the source goes on. */
  cursor: string | undefined;
  /** When the cursor was obtained. */
  cursorTime: number;
  /** Items that left and have not turned up elsewhere yet. */
  open: SmallSet<string>;
  /** Items that the last run left unsettled: the source is asked for them, even where an old version stands in a tree. */
  retry: SmallSet<string>;
  /** Items that failed in this run, as a whole or in part: the next one asks for them. */
  readonly failed: FailedItems;
  /** Whether an entry without an id failed: no later run hears of that one but from the beginning. */
  nameless: boolean;
  /** Whether the collection itself disappeared during the run. */
  gone: boolean;
  /** Code of the error that ended the collection's feed. */
  failure: string | undefined;
  /** Whether the source, asked again, told nothing new: the tree shows the collection as it was at one moment. */
  atRest: boolean;
  /** Digest of what the last round of this run told; undefined before the first, empty if it need not be asked. */
  told: string | undefined;
}

/** The state of a collection at the beginning of a run. */
export function createCollectionState(
  collection: Collection,
  known: CollectionState['base'],
  { run, names }: { readonly run: Pick<CaptureRun, 'capture' | 'afresh'>; readonly names: NamedItems },
): CollectionState {
  const { capture, afresh } = run;
  const trees = known === undefined ? { items: undefined, pass: undefined } : itemTrees(known.record, known.places);
  // The records of a run that shares nothing with what was before are all new.
  const base = afresh && capture.selfContained ? undefined : known;
  const cursor = afresh ? undefined : known?.record.cursor;
  const passing = cursor === undefined || known?.record.pass !== undefined;
  const made = capture.mode === 'full' ? new LazySet<NodeReference>() : undefined;
  if (!afresh) {
    if (trees.pass !== undefined) made?.add(trees.pass);
    // A full notes every collection that it has not finished as one whose enumeration is under way.
    if (trees.items !== undefined && known?.record.pass === undefined) made?.add(trees.items);
  }
  return {
    collection,
    base,
    before: [trees.items, trees.pass],
    made,
    // Of a collection that was never told to its end a snapshot shows what was told; that stays until there is better.
    items: afresh ? (trees.items ?? trees.pass) : trees.items,
    // Without a cursor the source begins anew: what an interrupted enumeration told may have left since, untold.
    pass: passing ? { root: cursor === undefined ? undefined : trees.pass, ended: false } : undefined,
    edits: new LazyMap(),
    ready: new LazyMap(),
    flushing: new LazyMap(),
    discarded: new LazyMap(),
    doubted: known !== undefined && known.record.cursor === undefined && known.record.items.root !== undefined,
    cursor,
    cursorTime: cursor === undefined ? 0 : (known?.record.cursorTime ?? 0),
    open: new LazySet(),
    retry: new LazySet(known?.record.open),
    failed: new FailedItems(names),
    nameless: false,
    gone: false,
    failure: undefined,
    atRest: false,
    told: undefined,
  };
}

/**
 * Whether there is nothing to ask for: the source told the collection as empty when it listed it, nothing of it is stored
 * or open, and no enumeration of it is under way.
 */
export function isKnownEmpty({ collection, items, pass, cursor, open, retry }: CollectionState): boolean {
  const isUnderWay = pass !== undefined && (pass.root !== undefined || cursor !== undefined);
  return collection.itemCount === 0 && items === undefined && !isUnderWay && open.size + retry.size === 0;
}

/**
 * Whether its record in the next snapshot may be another than in the last. Cheap, because it is asked of all collections
 * whenever something is committed, and nearly all of them lie still.
 */
export function isStirred(state: CollectionState): boolean {
  const { base, collection, cursor, told, pass, items, ready, open, retry, failed, nameless, gone } = state;
  if (base === undefined || gone || nameless || pass !== undefined) return true;
  const { record } = base;
  return (
    collection !== record.collection ||
    cursor !== record.cursor ||
    // It was asked in this run, so its cursor may be due to be renewed.
    (told ?? '') !== '' ||
    record.pass !== undefined ||
    items?.count !== (record.items.root === undefined ? undefined : record.items.count) ||
    !equalOptionalBytes(items?.id, record.items.root) ||
    ready.size + open.size + retry.size + failed.size + record.open.length > 0
  );
}

/** Covers a collection without following it. */
export function coverAsEmpty(state: CollectionState): void {
  state.pass = undefined;
  state.atRest = true;
  state.told = '';
}

/** Takes that back: something was found in it, so it has to be followed like any other. */
export function beginToFollow(state: CollectionState): void {
  if (state.cursor === undefined) state.pass = { root: undefined, ended: false };
  state.atRest = false;
  state.told = undefined;
}

/** Lets the changes told so far go into trees: the cursor stands for them now, or nothing more is told. */
export function makeReady(state: CollectionState): void {
  for (const [id, edit] of state.edits) {
    state.ready.set(id, edit);
    if (edit.record === undefined) continue;
    // Not before: an edit that is discarded, or not in a checkpoint, leaves the item to be asked for.
    state.open.delete(id);
    state.retry.delete(id);
  }
  state.edits = new LazyMap();
}

/** Takes back changes that no tree may have. What was read for them need not be read again. */
export function discard(state: CollectionState, changes: Iterable<[string, PendingEdit]>): void {
  for (const [id, edit] of changes) state.discarded.set(id, edit);
}

/** The record of an item that stands, or is about to stand, in the collection now. */
export async function findCurrent(
  state: CollectionState,
  key: TreeKey,
  trees: TreeReader,
  options: OperationOptions,
): Promise<FoundItem | undefined> {
  const pending = state.edits.get(key.id) ?? state.ready.get(key.id) ?? state.flushing.get(key.id);
  if (pending !== undefined) return foundPending(pending);
  const root = state.pass === undefined ? state.items : state.pass.root;
  if (root === undefined) return undefined;
  return found(await trees.find(root, key, itemRecordKind, options), true);
}

/** The record of an item that stood in the collection at any time this run knows of. */
export async function findEver(
  state: CollectionState,
  key: TreeKey,
  trees: TreeReader,
  options: OperationOptions,
): Promise<FoundItem | undefined> {
  const discarded = state.discarded.get(key.id);
  if (discarded?.record !== undefined) return foundPending(discarded);
  const { made, pass } = state;
  // The tree of the pass under way is the one that findCurrent looks into.
  const own = [...(made ?? [])].filter((root) => root !== pass?.root);
  for (const root of new Set([...own, state.items, ...state.before])) {
    if (root === undefined) continue;
    const isRead = made === undefined || made.has(root);
    const item = found(await trees.find(root, key, itemRecordKind, options), isRead);
    if (item !== undefined) return item;
  }
  return undefined;
}

function foundPending({ record, places }: PendingEdit): FoundItem | undefined {
  return record && { record: unpackRecord(record), places, read: true };
}

function found(record: TreeRecord<ItemRecord> | undefined, read: boolean): FoundItem | undefined {
  return record && { record: record.value, places: record.places, read };
}
