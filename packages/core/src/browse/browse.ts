import type { Collection, ItemSummary, JsonObject, OperationOptions } from '@holdfast/contracts';
import { requireOneOf } from '../internal/require-one-of.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import type { SnapshotChoice } from '../snapshot/find-snapshot.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import { compareKeys } from '../tree/tree-key.ts';
import type { NodeReference } from '../tree/tree-record.ts';
import { findCollection, walkCollections } from './find-collection.ts';

/** Options of {@link Repository.collections}. */
export interface CollectionsOptions extends OperationOptions, SnapshotChoice {}

/** A collection as it was. */
export interface SnapshotCollection extends Collection {
  /** Number of items in it, those of collections below excepted. */
  readonly items: number;
}

/**
 * What a list of items may be sorted by. `created` is the order in which items are stored: by their time of creation when
 * they were first stored. `date` is when they were received, or else created.
 */
export type ItemSortField = 'created' | 'date' | 'from' | 'size' | 'subject';

/** Which items are wanted. Every condition given must hold; texts are found anywhere, in any case. */
export interface ItemFilter {
  /** In the subject. */
  readonly subject?: string | undefined;
  /** In the author's name or address. */
  readonly from?: string | undefined;
  /** In a recipient's name or address. */
  readonly to?: string | undefined;
  /** Received at that time or later. */
  readonly since?: Date | undefined;
  /** Received before that time. */
  readonly until?: Date | undefined;
  /** With attachments, or without. */
  readonly hasAttachments?: boolean | undefined;
}

/** Options of {@link Repository.browse}. */
export interface BrowseOptions extends OperationOptions, SnapshotChoice {
  /** Id of the collection. */
  readonly collection: string;
  /** Which page, from 1. @defaultValue `1` */
  readonly page?: number | undefined;
  /** Items on a page, 1 to 1,000. @defaultValue `50` */
  readonly pageSize?: number | undefined;
  /** What to sort by. Only a page in the order `'created'` is read by itself. @defaultValue `'created'` */
  readonly sortBy?: ItemSortField | undefined;
  /** From which end. @defaultValue `'descending'`, the newest first */
  readonly order?: 'ascending' | 'descending' | undefined;
  /** Which items. To count those that fit, the whole collection is read. @defaultValue all */
  readonly filter?: ItemFilter | undefined;
}

/** An item in a list. */
export interface ListedItem {
  /** Its id in the source. */
  readonly id: string;
  /** Where it stands in the tree: its time of creation when it was first stored, 0 without one. Reading it by {@link Repository.item} is fastest with it. */
  readonly sort: number;
  /** For instance `message`. */
  readonly kind: string;
  /** What the list shows. */
  readonly summary: ItemSummary;
  /** Read state, flag, categories and the like. */
  readonly volatile: JsonObject;
}

/** A page of items. */
export interface ItemPage {
  /** The items. */
  readonly items: readonly ListedItem[];
  /** Which page this is, from 1. */
  readonly page: number;
  /** Number of pages; at least 1. */
  readonly pages: number;
  /** Number of items that fit the filter. */
  readonly total: number;
}

type BrowseDefaults = 'page' | 'pageSize' | 'sortBy' | 'order' | 'filter';
type ResolvedBrowseOptions = { readonly [Name in BrowseDefaults]: NonNullable<BrowseOptions[Name]> };

function resolveBrowseOptions(options: BrowseOptions): ResolvedBrowseOptions {
  const { page = 1, pageSize = 50, sortBy = 'created', order = 'descending', filter = {} } = options;
  if (!Number.isSafeInteger(page) || page < 1) throw new RangeError(`page must be a positive integer, got ${page}`);
  if (!Number.isSafeInteger(pageSize) || pageSize < 1 || pageSize > 1000) {
    throw new RangeError(`pageSize must be an integer from 1 to 1000, got ${pageSize}`);
  }
  requireOneOf('sortBy', sortBy, Object.keys(COMPARISONS));
  requireOneOf('order', order, ['ascending', 'descending']);
  return { page, pageSize, sortBy, order, filter };
}

/** Lists the collections of a snapshot. */
export async function* listCollections(
  vault: Vault,
  options: CollectionsOptions,
): AsyncGenerator<SnapshotCollection, void, void> {
  const snapshot = await findSnapshot(vault.snapshots, options, options);
  for await (const { record, items } of walkCollections(vault, snapshot, options)) {
    yield { ...record.collection, items: items?.count ?? 0 };
  }
}

/** Lists one page of the items of a collection. */
export async function browseItems(vault: Vault, options: BrowseOptions): Promise<ItemPage> {
  const { signal } = options;
  const resolved = resolveBrowseOptions(options);
  const { page, pageSize, sortBy, filter } = resolved;
  const snapshot = await findSnapshot(vault.snapshots, options, { signal });
  const { items } = await findCollection(vault, snapshot, options.collection, { signal });
  const isWhole = Object.values(filter).every((condition) => condition === undefined);
  const { listed, total } =
    isWhole && sortBy === 'created'
      ? await readPage(vault, items, resolved, { signal })
      : await sortItems(vault, items, resolved, { signal });
  return { items: listed.map(listedItem), page, pages: Math.max(1, Math.ceil(total / pageSize)), total };
}

/** The items of a page, and how many there are on all pages. */
interface Listing {
  readonly listed: readonly ItemRecord[];
  readonly total: number;
}

/** A page of all items in the order of the tree. What lies beside the path to it is passed over by its counts, unread. */
async function readPage(
  { trees }: Vault,
  items: NodeReference | undefined,
  { page, pageSize, order }: ResolvedBrowseOptions,
  options: OperationOptions,
): Promise<Listing> {
  const total = items?.count ?? 0;
  const before = (page - 1) * pageSize;
  const [from, to] = order === 'ascending' ? [before, before + pageSize] : [total - before - pageSize, total - before];
  const listed: ItemRecord[] = [];
  for await (const { value } of trees.walk(items, itemRecordKind, { ...options, from, to })) listed.push(value);
  return { listed: order === 'ascending' ? listed : listed.toReversed(), total };
}

/** A page of the items that fit, in any order. All of them are read. */
async function sortItems(
  { trees }: Vault,
  items: NodeReference | undefined,
  { page, pageSize, sortBy, order, filter }: ResolvedBrowseOptions,
  options: OperationOptions,
): Promise<Listing> {
  const sign = order === 'ascending' ? 1 : -1;
  const compare = (a: ItemRecord, b: ItemRecord): number => sign * COMPARISONS[sortBy](a, b);
  const fits = matcher(filter);
  // Only what may stand on this page or before it is kept.
  const wanted = page * pageSize;
  let best: ItemRecord[] = [];
  let total = 0;
  for await (const { value } of trees.walk(items, itemRecordKind, options)) {
    if (!fits(value.summary)) continue;
    total += 1;
    best.push(value);
    if (best.length >= 2 * wanted + 1000) best = best.toSorted(compare).slice(0, wanted);
  }
  return { listed: best.toSorted(compare).slice(wanted - pageSize, wanted), total };
}

/** An item as lists show it. */
export function listedItem({ id, sort, kind, summary, volatile }: ItemRecord): ListedItem {
  return { id, sort, kind, summary, volatile };
}

const byDate = (a: ItemRecord, b: ItemRecord): number => a.summary.date - b.summary.date || (a.id < b.id ? -1 : 1);

const COMPARISONS: Readonly<Record<ItemSortField, (a: ItemRecord, b: ItemRecord) => number>> = {
  created: compareKeys,
  date: byDate,
  from: (a, b) => compareText(a.summary.from ?? '', b.summary.from ?? '') || byDate(a, b),
  size: (a, b) => (a.summary.size ?? 0) - (b.summary.size ?? 0) || byDate(a, b),
  subject: (a, b) => compareText(a.summary.subject, b.summary.subject) || byDate(a, b),
};

/** Case does not matter; the order is the same on every machine, whatever its language. */
function compareText(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

function matcher(filter: ItemFilter): (summary: ItemSummary) => boolean {
  const { since, until, hasAttachments } = filter;
  const [subject, from, to] = [filter.subject, filter.from, filter.to].map((text) => text?.toLowerCase());
  const has = (text: string, part: string | undefined): boolean =>
    part === undefined || text.toLowerCase().includes(part);
  return (summary) =>
    has(summary.subject, subject) &&
    has(summary.from ?? '', from) &&
    (to === undefined || summary.to.some((recipient) => has(recipient, to))) &&
    (since === undefined || summary.date >= since.getTime()) &&
    (until === undefined || summary.date < until.getTime()) &&
    (hasAttachments === undefined || summary.hasAttachments === hasAttachments);
}
