import type { CollectionKind, ItemSummary, OmittedPart } from './item.ts';
import type { JsonObject } from './json.ts';
import type { OperationOptions } from './operation-options.ts';
import type { ServiceUsage } from './service-usage.ts';

/** One level of the way to a collection. */
export interface RestoreFolder {
  /** Display name to give it where it has to be created. */
  readonly name: string;
  /** The service's own word, such as `inbox`: found by it in any language. Absent for a folder people made. */
  readonly role: string | undefined;
  /** What its items are. */
  readonly kind: CollectionKind;
  /** Whether people do not see it. */
  readonly hidden: boolean;
}

/** A part of an item that is to become a file of this machine. */
export interface PartToSave {
  /** Its name. */
  readonly part: string;
  /** The file, as text or as the bytes of a name that is none. Nothing may be there. */
  readonly path: string | Uint8Array;
  /** The file's time of modification, in milliseconds. @defaultValue the present */
  readonly modified?: number | undefined;
}

/** An item as it lies in a snapshot, ready to be written to a target. */
export interface RestorableItem {
  /** Id of the source it was backed up from; equal to the id of a target that is the same mailbox. */
  readonly source: string;
  /** The id it had in the source. */
  readonly id: string;
  /** The change key it had in the source. */
  readonly changeKey: string;
  /** What it is, for instance `message`. */
  readonly kind: string;
  /** What a list shows of it. */
  readonly summary: ItemSummary;
  /** Read state, flag, categories and the like, as they were. */
  readonly volatile: JsonObject;
  /** Names of its parts. */
  readonly parts: readonly string[];
  /** Parts that the source could not deliver. */
  readonly omitted: readonly OmittedPart[];
  /** Reads one part out of the repository, verified. */
  readPart(name: string, options?: OperationOptions): Promise<Uint8Array>;
  /**
   * Writes parts into new files, verified: for a target that wants files, and quicker than to read the parts and to write them,
   * since the threads that put parts together write them as well. The files are not flushed.
   *
   * If it fails, a file is either whole or not there, but each of them may be. Only where the thread or the process itself ends
   * may there be half of one: give it a temporary name.
   *
   * @throws The system's own error, with `code` and `syscall`: `EEXIST` where something is there already.
   */
  saveParts(files: readonly PartToSave[], options?: OperationOptions): Promise<void>;
  /**
   * Gives the memory of its parts back at once. What {@link RestorableItem.readPart} gave may be empty afterwards, and a part that
   * is asked for again is read again. A target that keeps none of the bytes calls it when it has written the item: the garbage
   * collector would let tens of megabytes pile up.
   */
  release(): void;
}

/** An item that was written. */
export interface CreatedItem {
  /** Its id in the target. */
  readonly itemId: string;
  /** Parts or properties that the target did not take, with its own code. Empty in the normal case. */
  readonly omitted: readonly OmittedPart[];
}

/** What a target holds of an item already. */
export interface ItemPresence {
  /** Id of the item in the target that is this one, with the same content; absent if there is none. */
  readonly same: string | undefined;
  /** Whether that item is whole; not if a restore was interrupted in the middle of it. */
  readonly whole: boolean;
  /** Parts or properties that it is known to lack for good, because no target takes them or they were never backed up. */
  readonly omitted: readonly OmittedPart[];
  /** Ids of items in the target that are another version of it: the same by name, with other content. */
  readonly others: readonly string[];
}

/** Options of {@link RestoreTarget.findItems}. */
export interface FindItemsOptions extends OperationOptions {
  /**
   * Where to look: in the collection alone, or anywhere in the target but among what its owner has deleted.
   *
   * @defaultValue `'collection'`
   */
  readonly scope?: 'collection' | 'everywhere' | undefined;
  /**
   * Tells whether the snapshot has an item of that id where it is looked for. Such an item of the target stands for itself
   * and for no other.
   *
   * @defaultValue none has
   */
  readonly isInSnapshot?: ((itemId: string) => Promise<boolean>) | undefined;
  /**
   * Ids of all items of the snapshot, for a target that must know whether what it created stands for one of them. Costs a
   * walk through the trees, so it is called only then, and the function is the same for all calls of one restore.
   *
   * @defaultValue it has none but those asked for
   */
  readonly snapshotItems?: (() => AsyncIterable<string>) | undefined;
}

/**
 * Something that items can be restored into: one mailbox.
 *
 * The engine calls `prepareCollection` once for each collection of the plan; then, for its items, `findItems` for some at
 * a time and `createItem`, `completeItem` or `deleteItem` for each that needs it, at most `concurrency` at a time. The
 * target retries what is temporary, creates nothing twice although answers get lost, and sends nothing to anybody.
 *
 * It recognises what it created in an earlier run, so that a restore can be repeated after any interruption: `findItems`
 * then tells the item as the same. Errors are {@link SourceError}, an aborted call rejects with `signal.reason` itself.
 */
export interface RestoreTarget {
  /** Names this target for ever; equal to the id of the source that the same mailbox is. */
  readonly id: string;
  /** For people: the address of the mailbox. */
  readonly title: string;
  /**
   * What was asked of the service so far; a snapshot. The engine reads it before and after a restore, for the report. A
   * target without a service gives {@link noUsage}.
   */
  readonly usage: ServiceUsage;
  /**
   * How many items are best written at the same time, unless the caller of the restore says so. More than 256 makes the engine look
   * for some items while it writes others, unless what it writes takes the place of something.
   *
   * @defaultValue `3`, for a service that throttles whoever does more
   */
  readonly concurrency?: number | undefined;

  /** Finds the collection at the end of that path; `undefined` if it is not there. Writes nothing. */
  findCollection(path: readonly RestoreFolder[], options?: OperationOptions): Promise<string | undefined>;

  /**
   * Finds the collection at the end of that path, creating what is missing, and returns its id. Safe to repeat.
   *
   * @throws `ERR_COLLECTION_REFUSED`, a {@link SourceError}, if the service does not take one of the way: its name, say.
   */
  prepareCollection(path: readonly RestoreFolder[], options?: OperationOptions): Promise<string>;

  /**
   * Tells of each item, in the same order, what the target holds of it already. One item of the target never stands for
   * two of those asked for since the collection was last found or prepared. An item whose own parts cannot be read is
   * told as not there: creating it shows what is wrong. Writes nothing.
   *
   * @param collectionId - Where the items would be created; `undefined` for a collection that is not there yet.
   * @throws `ERR_COLLECTION_NOT_FOUND`, a {@link SourceError}, if the collection is gone.
   */
  findItems(
    collectionId: string | undefined,
    items: readonly RestorableItem[],
    options?: FindItemsOptions,
  ): Promise<readonly ItemPresence[]>;

  /**
   * Creates the item in that collection, whole. An abort may leave it there without some of its attachments;
   * {@link RestoreTarget.findItems | findItems} then tells it as not whole.
   *
   * @throws `ERR_COLLECTION_NOT_FOUND`, a {@link SourceError}, if the collection is gone.
   * @throws `ERR_ITEM_REFUSED`, a {@link SourceError}, if the service does not take it.
   * @throws `ERR_SOURCE_QUOTA_EXCEEDED`, a {@link SourceError}, if the mailbox is full.
   */
  createItem(collectionId: string, item: RestorableItem, options?: OperationOptions): Promise<CreatedItem>;

  /**
   * Adds what is missing to an item of which {@link RestoreTarget.findItems | findItems} told that it is not whole.
   *
   * @throws as {@link RestoreTarget.createItem | createItem} does; `ERR_ITEM_NOT_FOUND` if it is gone.
   */
  completeItem(itemId: string, item: RestorableItem, options?: OperationOptions): Promise<CreatedItem>;

  /** Deletes an item of the target, as its owner would: where the service keeps what is deleted, it is kept. */
  deleteItem(itemId: string, options?: OperationOptions): Promise<void>;
}
