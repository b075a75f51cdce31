import type { Collection, ItemContent, SourceItem } from './item.ts';
import type { OperationOptions } from './operation-options.ts';
import type { ServiceUsage } from './service-usage.ts';
import type { SourceError } from './source-error.ts';

/**
 * Why a collection is not in a snapshot although nothing failed. A closed list: trouble is never a skip.
 *
 * - `search-folder`: what it shows lies in other collections.
 * - `excluded`: it is left out on purpose.
 * - `kind-not-supported`: this version does not back its kind of items up.
 * - `vanished`: it was deleted in the course of the run. Told by the engine alone; a source does not yield it.
 */
export type SkipCause = 'search-folder' | 'excluded' | 'kind-not-supported' | 'vanished';

/** A collection to back up. */
export interface CollectionFound {
  /** Discriminates the events of {@link Source.collections}. */
  readonly type: 'collection-found';
  /** The collection. */
  readonly collection: Collection;
}

/** A collection that is left out on purpose; it stands in the report with its cause. */
export interface CollectionSkipped {
  /** Discriminates the events of {@link Source.collections}. */
  readonly type: 'collection-skipped';
  /** The collection. */
  readonly collection: Collection;
  /** Why. */
  readonly cause: SkipCause;
}

/**
 * A collection that cannot be told of as it should, or whose children cannot be listed: a line in the report. One that
 * was found as well is followed all the same. What the last snapshot has and the listing has not may lie below a failed
 * one, so the engine does not take it for deleted but asks for its changes.
 */
export interface CollectionFailed {
  /** Discriminates the events of {@link Source.collections}. */
  readonly type: 'collection-failed';
  /** What is known of it. Its id is empty if the source has none. */
  readonly collection: Collection;
  /** Why; nothing that concerns the source as a whole, which is thrown. */
  readonly error: SourceError;
}

/** What {@link Source.collections} yields. */
export type CollectionEvent = CollectionFound | CollectionSkipped | CollectionFailed;

/** An item is new or has changed in this collection. May come several times, also without any change. */
export interface ItemChanged {
  /** Discriminates the events of {@link Source.changes}. */
  readonly type: 'item-changed';
  /** The item as it is now. */
  readonly item: SourceItem;
}

/** An item is not in this collection any more: deleted, or moved elsewhere. */
export interface ItemRemoved {
  /** Discriminates the events of {@link Source.changes}. */
  readonly type: 'item-removed';
  /** Its id. */
  readonly itemId: string;
}

/**
 * An entry of the collection that cannot be told as an item: a line in the report. Where it has no id it cannot be asked
 * for by itself, so the next run tells the collection from the beginning again.
 */
export interface ItemUntold {
  /** Discriminates the events of {@link Source.changes}. */
  readonly type: 'item-failed';
  /** Its id, if it has one. */
  readonly itemId: string | undefined;
  /** Why. */
  readonly error: SourceError;
}

/**
 * The cursor is of no use any more; the collection is told from the beginning again. Items known from before that do
 * not come again until the last checkpoint are not in the collection any more.
 */
export interface CollectionReset {
  /** Discriminates the events of {@link Source.changes}. */
  readonly type: 'collection-reset';
}

/** Everything up to here has been told. */
export interface ChangeCheckpoint {
  /** Discriminates the events of {@link Source.changes}. */
  readonly type: 'checkpoint';
  /** Where to go on: opaque, stored with the items it stands for, handed back as {@link ChangesOptions.cursor}. */
  readonly cursor: string;
  /** Whether the collection is told to its end. A feed ends with exactly one such checkpoint. */
  readonly last: boolean;
}

/** What {@link Source.changes} yields. */
export type ChangeEvent = ItemChanged | ItemRemoved | ItemUntold | CollectionReset | ChangeCheckpoint;

/** Options of {@link Source.changes}. */
export interface ChangesOptions extends OperationOptions {
  /** Where to go on. @defaultValue the beginning of the collection */
  readonly cursor?: string | undefined;
}

/** An item and where it is. */
export interface LocatedItem {
  /** Id of its collection, which need not be one that {@link Source.collections} yields. */
  readonly collectionId: string;
  /** The item as it is now. */
  readonly item: SourceItem;
}

/** What has become of an item. */
export interface ItemLocation {
  /** The item asked for. */
  readonly itemId: string;
  /** Where it is now; absent if the source has it no more. */
  readonly found?: LocatedItem | undefined;
}

/**
 * Something that can be backed up: one mailbox.
 *
 * The engine calls `collections`, then `changes` of each, and `read` for what is new; then `locate` for what was reported
 * removed and did not turn up in another collection, and `changes` again of each collection that told anything, until
 * they tell nothing new. Where an item turns up in a collection that is not known, it calls `collections` once more. It
 * follows as many collections at a time, and reads as many items, as its `concurrency` option says. The source retries
 * what is temporary and obeys the service's limits; what it throws is final.
 *
 * Errors are {@link SourceError}, an aborted call rejects with `signal.reason` itself.
 */
export interface Source {
  /** Names this source for ever and everywhere, for instance `exchange:<tenant>:<mailbox guid>`. Snapshots are chained by it. */
  readonly id: string;
  /** For people: the address of the mailbox. */
  readonly title: string;
  /**
   * What was asked of the service so far; a snapshot. The engine reads it before and after a run, for the report. A
   * source without a service gives {@link noUsage}.
   */
  readonly usage: ServiceUsage;
  /**
   * Of how many collections items are taken in at the same time. With 1, what is in one collection lies side by side in the storage,
   * and is restored with half as many reads; but whoever waits for an answer of a service loses time.
   *
   * @defaultValue the option `concurrency` of the backup
   */
  readonly collectionsAtOnce?: number | undefined;

  /**
   * Yields every collection, parents before children, those left out on purpose too.
   *
   * @throws `ERR_CREDENTIALS_REJECTED`, `ERR_MAILBOX_NOT_FOUND`, `ERR_SOURCE_ACCESS_DENIED` or
   * `ERR_SOURCE_UNREACHABLE`, a {@link SourceError}, if there is no way in.
   */
  collections(options?: OperationOptions): AsyncIterable<CollectionEvent>;

  /**
   * Yields what changed in a collection since the cursor, page by page, each page followed by a checkpoint. Pages are
   * fetched only as the caller asks for more; leaving the loop early fetches nothing else.
   *
   * @throws `ERR_COLLECTION_NOT_FOUND`, a {@link SourceError}, if it is gone.
   */
  changes(collection: Collection, options?: ChangesOptions): AsyncIterable<ChangeEvent>;

  /**
   * Reads the parts of an item.
   *
   * @throws `ERR_ITEM_NOT_FOUND`, a {@link SourceError}, if it is gone meanwhile.
   * @throws `ERR_ITEM_UNREADABLE`, a {@link SourceError}, if no part of it can be delivered, or something failed that may
   * work another time: the engine asks for the item again in the next run.
   */
  read(item: SourceItem, options?: OperationOptions): Promise<ItemContent>;

  /** Tells for each id, in any order, whether the item still exists and where. */
  locate(itemIds: readonly string[], options?: OperationOptions): AsyncIterable<ItemLocation>;

  /** Gives back connections. */
  [Symbol.asyncDispose](): Promise<void>;
}
