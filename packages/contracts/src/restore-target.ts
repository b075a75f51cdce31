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

/** An item as it lies in a snapshot, ready to be written to a target. */
export interface RestorableItem {
  /** The id it had in the source. */
  readonly id: string;
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
}

/** An item that was written. */
export interface CreatedItem {
  /** Its id in the target. */
  readonly itemId: string;
  /** Parts or properties that the target did not take, with its own code. Empty in the normal case. */
  readonly omitted: readonly OmittedPart[];
}

/**
 * Something that items can be restored into: one mailbox.
 *
 * The engine calls `prepareCollection` once for each collection of the plan, then `createItem` for each item, at most
 * `concurrency` at a time. The target retries what is temporary and sends nothing to anybody. Errors are
 * {@link SourceError}, an aborted call rejects with `signal.reason` itself.
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

  /** Finds the collection at the end of that path, creating what is missing, and returns its id. Safe to repeat. */
  prepareCollection(path: readonly RestoreFolder[], options?: OperationOptions): Promise<string>;

  /**
   * Creates the item in that collection, whole. An abort may leave it there without some of its attachments.
   *
   * @throws `ERR_ITEM_REFUSED`, a {@link SourceError}, if the service does not take it.
   * @throws `ERR_SOURCE_QUOTA_EXCEEDED`, a {@link SourceError}, if the mailbox is full.
   */
  createItem(collectionId: string, item: RestorableItem, options?: OperationOptions): Promise<CreatedItem>;
}
