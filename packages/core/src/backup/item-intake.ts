import { SourceError } from '@holdfast/contracts';
import type { ItemContent, ItemSummary, OmittedPart, SourceItem } from '@holdfast/contracts';
import { equalBytes } from '../internal/bytes.ts';
import { encodeCbor } from '../internal/cbor.ts';
import { isFatal } from '../internal/is-fatal.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import { totalsOf } from './backup-context.ts';
import type { BackupContext } from './backup-context.ts';
import { keepStored } from './copy-stored.ts';
import { findCurrent, findEver } from './collection-state.ts';
import type { CollectionState, KnownItem, PendingEdit } from './collection-state.ts';
import { forgetFailure, noteFailure } from './note-failure.ts';
import { storeParts } from './store-parts.ts';
import type { StorePartsOptions } from './store-parts.ts';
import { wellFormedItem } from './well-formed.ts';

/** What is to be done with an item that the source told of. Applying it is synchronous, so the order of events holds. */
export type Intake = () => void;

const NOTHING_TO_DO: Intake = () => {};
const LONGEST_SUBJECT = 512;
const MOST_RECIPIENTS = 20;

/**
 * Finds out what an item needs: nothing, a new record over the parts that are stored already, or a read of its content,
 * which is then stored. Calls back once nothing more is asked of the source.
 */
export async function takeIn(
  context: BackupContext,
  state: CollectionState,
  told: SourceItem,
  onRead: () => void = () => {},
): Promise<Intake> {
  const item = wellFormedItem(told);
  context.counts.items += 1;
  const indexKey = indexKeyOf(context, item.id);
  const known = await findKnown(context, state, item, indexKey);
  const was: Was = { known, indexKey };
  const again = known !== undefined && mustReadAgain(context, state, known, item);
  if (!again && known?.current === true && known.record.changeKey === item.changeKey) return NOTHING_TO_DO;

  if (!again && known !== undefined && known.record.contentKey === item.contentKey) {
    // What was found by reading an item stays while its change key does.
    const { summary } = known.record.changeKey === item.changeKey ? known.record : item;
    const record = joinRecord(describe({ ...item, summary }, known.record), known.record);
    if (explains(state, known, record)) return () => apply(context, state, { record, places: known.places }, was);
  }

  try {
    const content = await readContent(context, told, { known: knownParts(context, known), onTaken: onRead });
    if (context.run.capture.mode === 'full') context.unsettled.delete(item.id);
    const described = describe({ ...item, summary: content.summary ?? item.summary }, known?.record);
    return () => {
      apply(context, state, { record: joinRecord(described, content), places: undefined }, was);
      noteOmissions(context, state, item.id, content.omitted);
    };
  } catch (error) {
    if (context.reading.signal?.aborted || isFatal(error) || !SourceError.is(error)) throw error;
    const kept = known === undefined || known.current ? undefined : await keepStored(context, known);
    return () => fail(context, state, { id: item.id, error }, { known: kept, indexKey });
  }
}

/**
 * Whether the last run left the item unsettled and the stored parts may not be what it holds: a part was lost, or a
 * version could not be read. What changed since then, a flag or a move, says nothing about that version. A full reads
 * whatever it has not read itself.
 */
function mustReadAgain(
  { unsettled, run }: BackupContext,
  { doubted }: CollectionState,
  { record: { omitted, changeKey }, read }: KnownItem,
  item: SourceItem,
): boolean {
  if (run.capture.mode === 'full') return !read || unsettled.has(item.id);
  return (doubted || unsettled.has(item.id)) && (omitted.some(({ lost }) => lost) || changeKey !== item.changeKey);
}

/** Notes a failure. What is stored of the item, `known`, stays, also where the item itself went elsewhere. */
function fail(
  context: BackupContext,
  state: CollectionState,
  { id: item, error }: { readonly id: string; readonly error: SourceError },
  { known, indexKey }: Was,
): void {
  if (error.code === 'ERR_ITEM_NOT_FOUND') {
    context.counts.vanished += 1;
    return;
  }
  if (known !== undefined) {
    const { sort } = known.record;
    if (context.run.capture.mode === 'full') context.unsettled.add(item);
    state.edits.set(item, { key: { id: item, sort }, record: context.pack(known.record), places: known.places });
    if (!known.sameCollection) noteMove(context, state, sort, indexKey);
  }
  noteFailure(context, state, item, error);
}

function apply(
  context: BackupContext,
  state: CollectionState,
  { record, places }: Required<Pick<PendingEdit, 'places'>> & { readonly record: ItemRecord },
  { known, indexKey }: Was,
): void {
  const { counts, options } = context;
  const { id, sort } = record;
  state.edits.set(id, { key: { id, sort }, record: context.pack(record), places });
  forgetFailure(context, state, id);
  // Also where nothing was read: what is stored of it may be what an earlier telling in this run could read.
  if (record.omitted.some(({ lost }) => lost)) state.failed.add(id);
  if (known === undefined) {
    counts.added += 1;
    notePlace(context, state, sort, indexKey);
  } else if (!known.sameCollection) noteMove(context, state, sort, indexKey);
  else if (known.record.changeKey !== record.changeKey) counts.changed += 1;
  options.onProgress?.({ type: 'item-stored', collection: state.collection.id, item: id, totals: totalsOf(context) });
}

function notePlace({ itemIndex }: BackupContext, state: CollectionState, sort: number, indexKey: IndexKey): void {
  itemIndex.add(indexKey(), { collectionId: state.collection.id, sort });
}

function noteMove(context: BackupContext, state: CollectionState, sort: number, indexKey: IndexKey): void {
  context.counts.moved += 1;
  notePlace(context, state, sort, indexKey);
}

/** What of an item could not be read this time, in the place of what an earlier telling in this run said. */
function noteOmissions(
  { omitted }: BackupContext,
  state: CollectionState,
  item: string,
  parts: readonly OmittedPart[],
): void {
  if (parts.length === 0) omitted.delete(item);
  else
    omitted.set(
      item,
      parts.map((part) => ({ collection: state.collection.id, item, ...part })),
    );
}

/** Gives the key that an item has in the index; it is made once, and only where something is looked up. */
type IndexKey = () => Uint8Array;

function indexKeyOf({ vault, source }: BackupContext, id: string): IndexKey {
  let key: Uint8Array | undefined;
  return () => (key ??= vault.keyring.itemId(source.id, id));
}

/** What was found out about an item before it was read. */
interface Was {
  readonly known: KnownItem | undefined;
  readonly indexKey: IndexKey;
}

/** Looks an item up where it should be, then where it ever was. */
async function findKnown(
  { vault, collections, vanished, itemIndex, arrivals, options }: BackupContext,
  state: CollectionState,
  { id, sortTime }: SourceItem,
  indexKey: IndexKey,
): Promise<KnownItem | undefined> {
  const { trees } = vault;
  const key = { id, sort: whole(sortTime) };
  const current = await findCurrent(state, key, trees, options);
  if (current !== undefined) return { ...current, current: true, sameCollection: true };
  const before = await findEver(state, key, trees, options);
  if (before !== undefined) return { ...before, current: false, sameCollection: true };
  for (const { collectionId, sort } of await itemIndex.find(indexKey(), options)) {
    const other = collections.get(collectionId) ?? vanished.get(collectionId);
    if (other === undefined) continue;
    const stored = { id, sort };
    const sameCollection = other === state;
    const there = await findCurrent(other, stored, trees, options);
    if (there !== undefined) {
      if (!sameCollection) arrivals.set(id, { from: other, key: stored });
      return { ...there, current: sameCollection, sameCollection };
    }
    const once = await findEver(other, stored, trees, options);
    if (once !== undefined) return { ...once, current: false, sameCollection };
  }
  return undefined;
}

/** Whether a changed change key is explained by what can be seen of the item. If not, its content must have changed. */
function explains(state: CollectionState, known: KnownItem, record: ItemRecord): boolean {
  if (!known.sameCollection || known.record.changeKey === record.changeKey) return true;
  // It left and came back: two moves explain the change.
  if (!known.current && state.pass === undefined) return true;
  const before = encodeCbor(itemRecordKind.toCbor(known.record));
  const after = encodeCbor(itemRecordKind.toCbor({ ...record, changeKey: known.record.changeKey }));
  return !equalBytes(before, after);
}

function describe(item: SourceItem, known: ItemRecord | undefined): Omit<ItemRecord, 'parts' | 'omitted'> {
  const { id, kind, changeKey, contentKey, volatile, summary } = item;
  return {
    id,
    sort: known?.sort ?? whole(item.sortTime),
    kind,
    changeKey,
    contentKey,
    volatile,
    summary: shorten(summary),
  };
}

/** A source that does not tell the size of an item leaves it to what its parts amount to. */
function joinRecord(
  described: Omit<ItemRecord, 'parts' | 'omitted'>,
  { parts, omitted }: Pick<ItemRecord, 'parts' | 'omitted'>,
): ItemRecord {
  const size = described.summary.size ?? parts.reduce((sum, part) => sum + part.size, 0);
  return { ...described, summary: { ...described.summary, size }, parts, omitted };
}

/** Summaries are for lists; what is longer is whole in the item's parts. */
function shorten(summary: ItemSummary): ItemSummary {
  const { subject, from, to, date, size } = summary;
  return {
    ...summary,
    date: whole(date),
    size: size === undefined ? undefined : whole(size),
    subject: cut(subject),
    from: from === undefined ? undefined : cut(from),
    to: to.slice(0, MOST_RECIPIENTS).map(cut),
  };
}

/** Records hold integers; a source that tells a fraction, or no number at all, must not make them unreadable. */
function whole(number: number): number {
  return Number.isSafeInteger(Math.round(number)) ? Math.round(number) : 0;
}

function cut(text: string): string {
  // toWellFormed: the cut may fall between the halves of a surrogate pair.
  return text.slice(0, LONGEST_SUBJECT).toWellFormed();
}

/** A self-contained full must not refer to what was stored before it. */
function knownParts({ run }: BackupContext, known: KnownItem | undefined): ItemRecord['parts'] | undefined {
  return run.capture.selfContained && known?.read !== true ? undefined : known?.record.parts;
}

async function readContent(
  context: BackupContext,
  item: SourceItem,
  storing: StorePartsOptions,
): Promise<Pick<ItemRecord, 'parts' | 'omitted'> & Pick<ItemContent, 'summary'>> {
  const { source, reading, counts } = context;
  const { parts, omitted, summary } = await source.read(item, reading);
  const stored = await storeParts(context, parts, storing);
  const read = stored.reduce((sum, { size }) => sum + size, 0);
  counts.bytesRead += read;
  context.progress?.add(0, read);
  counts.itemsRead += 1;
  return { parts: stored, omitted, summary };
}
