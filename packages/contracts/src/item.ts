import type { JsonObject } from './json.ts';

/** What the items of a collection are. */
export type CollectionKind = 'mail' | 'calendar' | 'contacts' | 'tasks' | 'notes' | 'other';

/** A container of items in a source: a mail folder, a calendar, a contact folder, a task list. */
export interface Collection {
  /** Stable id; survives renaming and moving. */
  readonly id: string;
  /** Id of the collection it lies in; absent at the top. */
  readonly parentId: string | undefined;
  /** Ids from the top down to this one, included. Names are not unique, ids are. */
  readonly path: readonly string[];
  /** Display name, in the language of its owner. */
  readonly name: string;
  /** What its items are. */
  readonly kind: CollectionKind;
  /** The service's own word for a folder that every mailbox has, such as `inbox`, in any language of display names. */
  readonly role: string | undefined;
  /** Whether people do not see it. */
  readonly hidden: boolean;
  /** Whatever else the source wants back on restore. */
  readonly metadata: JsonObject;
  /**
   * How many items the source says are in it now. Of one that is told as empty, and of which nothing is stored, the changes
   * are not asked for. It is not kept.
   *
   * @defaultValue not known
   */
  readonly itemCount?: number | undefined;
}

/** What a list of items shows, and what it is sorted and filtered by. */
export interface ItemSummary {
  /** Subject, or the name of a contact, an event, a task. */
  readonly subject: string;
  /** Author, as `Name <address>`. */
  readonly from: string | undefined;
  /** Recipients, as `Name <address>`; at most 20 are kept. */
  readonly to: readonly string[];
  /** When it was received, or else created, in milliseconds since 1970. */
  readonly date: number;
  /** Approximate size in bytes, as the source tells it; absent if it does not. */
  readonly size: number | undefined;
  /** Whether it has attachments. */
  readonly hasAttachments: boolean;
}

/** One item as a listing or a change feed tells of it, without its content. */
export interface SourceItem {
  /** Stable id: survives moves inside the source (an immutable id). */
  readonly id: string;
  /** What it is, for instance `message`. */
  readonly kind: string;
  /** A time that never changes while the item exists (creation), in milliseconds since 1970, or 0. Orders the trees. */
  readonly sortTime: number;
  /** Changes whenever anything of the item changes. */
  readonly changeKey: string;
  /**
   * Changes whenever the parts may have changed. While it stays the same, the engine does not read the item again. A
   * change of `changeKey` that nothing explains (neither this, nor `summary`, nor `volatile`, nor a move to another
   * collection) makes the engine read it again.
   */
  readonly contentKey: string;
  /** For browsing. If more of it is found only by reading the item, see {@link ItemContent.summary}. */
  readonly summary: ItemSummary;
  /** Properties that change without the content: read state, flag, categories, importance. */
  readonly volatile: JsonObject;
  /** The other properties the listing told; handed back to {@link Source.read}, so that nothing is asked twice. */
  readonly listed: JsonObject;
}

/** A named byte string of an item: `message.eml`, `properties.json`, `attachment/…`. */
export interface ItemPart {
  /** Its name, unique in the item. */
  readonly name: string;
  /**
   * Its bytes; a stream is read once. Bytes must not change before the item is read to its end; a piece of a stream may change
   * once the next one is asked for, so that a source can use its memory again.
   */
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * Called once when bytes that are no stream are needed no more, so that a source can use their memory again. It may never be
   * called, such as when a run ends in the middle.
   */
  readonly release?: (() => void) | undefined;
}

/** A part that could not be delivered, or was not taken, although the item itself was. */
export interface OmittedPart {
  /** Name of the part, or of the property. */
  readonly part: string;
  /** The service's own code, for instance `ErrorMimeContentConversionFailed`. */
  readonly reason: string;
  /**
   * Whether content is missing because of it: `false` where the other parts hold all of it, as properties and attachments
   * do for a message whose MIME the service refuses. A loss makes the result of a run a non-success.
   */
  readonly lost: boolean;
}

/** What {@link Source.read} delivers. */
export interface ItemContent {
  /** Every part that could be read; at least one, else {@link Source.read} throws `ERR_ITEM_UNREADABLE`. */
  readonly parts: readonly ItemPart[];
  /** Every part that exists, or should, and could not be read, for good. Empty in the normal case. */
  readonly omitted: readonly OmittedPart[];
  /**
   * What reading showed, in the place of the summary that was told. Only for a source whose change key is its content key: where the
   * content is not read again, the summary is not either.
   *
   * @defaultValue what was told
   */
  readonly summary?: ItemSummary | undefined;
}
