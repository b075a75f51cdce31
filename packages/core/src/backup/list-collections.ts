import { isDeepStrictEqual } from 'node:util';
import type { Collection } from '@holdfast/contracts';
import { collectionRecordKind } from '../tree/collection-record.ts';
import type { CollectionRecord } from '../tree/collection-record.ts';
import type { BackupContext } from './backup-context.ts';
import { createCollectionLimit } from './collection-limit.ts';
import type { CollectionLimit } from './collection-limit.ts';
import { coverAsEmpty, createCollectionState } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { unusableId } from './note-failure.ts';
import { wellFormedCollection } from './well-formed.ts';

/** Asks the source for its collections and joins them with what the snapshot says that the run begins with. */
export async function prepareCollections(context: BackupContext): Promise<void> {
  const { vault, options, run, source, collections, quiet, vanished, vanishedQuiet, unsettled, unlisted } = context;
  const found = new Map<string, Collection>();
  const limit = createCollectionLimit(source, quiet, vault.budget);
  for await (const collection of listCollections(context, limit)) {
    const { id, itemCount } = collection;
    if (itemCount === 0 && !found.has(id)) quiet.add(collection);
    else {
      quiet.take(id);
      found.set(id, collection);
      limit.add(collection);
    }
  }
  const rouse = (id: string): Collection | undefined => {
    const collection = quiet.take(id);
    if (collection === undefined) return undefined;
    found.set(id, collection);
    limit.add(collection);
    return collection;
  };
  limit.check();
  // Of these there is more to report than that they are covered.
  for (const { collection } of unlisted) rouse(collection.id);

  for await (const { value, places } of vault.trees.walk(run.known, collectionRecordKind, options)) {
    const { id } = value;
    const quietly = isUntold(value) ? quiet.get(id) : undefined;
    if (quietly !== undefined) {
      if (isSame(value, quietly) && run.root !== undefined) quiet.noteWritten(id);
      continue;
    }
    const collection = found.get(id) ?? rouse(id);
    if (collection === undefined && unlisted.length === 0 && isUntold(value)) {
      vanishedQuiet.add(value.collection);
      continue;
    }
    // So that neither its texts are kept twice nor all of it is compared again and again.
    const known = collection !== undefined && isSame(value, collection) ? { ...value, collection } : value;
    const state = createCollectionState(collection ?? value.collection, { record: known, places }, context);
    // Where the listing has a gap, only the collection's own feed can tell whether it is still there.
    (collection === undefined && unlisted.length === 0 ? vanished : collections).set(id, state);
    for (const item of value.open) unsettled.add(item);
  }
  limit.check();
  for (const [id, collection] of found) {
    if (!collections.has(id)) collections.set(id, createCollectionState(collection, undefined, context));
  }
}

/** Asks the source once more, late in the run, and tells the collections that were not there when it began. */
export async function joinNewCollections(context: BackupContext): Promise<CollectionState[]> {
  const { vault, source, collections, quiet, vanished, vanishedQuiet, unlisted } = context;
  const joined: CollectionState[] = [];
  const limit = createCollectionLimit(source, quiet, vault.budget);
  for await (const collection of listCollections(context, limit)) {
    const { id } = collection;
    if (collections.has(id) || quiet.has(id)) continue;
    limit.add(collection);
    const state = vanished.get(id) ?? createCollectionState(collection, undefined, context);
    state.collection = collection;
    vanished.delete(id);
    vanishedQuiet.take(id);
    collections.set(id, state);
    joined.push(state);
  }
  limit.check();
  for (const { collection } of unlisted) {
    const state = wake(context, collection.id);
    if (state !== undefined) coverAsEmpty(state);
  }
  return joined;
}

/** Makes a quiet collection one that can be followed. Undefined if there is no such quiet one. */
export function wake(context: BackupContext, id: string): CollectionState | undefined {
  const collection = context.quiet.take(id);
  if (collection === undefined) return undefined;
  const state = createCollectionState(collection, undefined, context);
  context.collections.set(id, state);
  return state;
}

/** Whether nothing of a collection was ever told. */
function isUntold({ cursor, items, pass, open }: CollectionRecord): boolean {
  return cursor === undefined && items.root === undefined && pass === undefined && open.length === 0;
}

/** Whether a record says of a collection what the source tells of it now. */
function isSame(record: CollectionRecord, { itemCount: _, ...told }: Collection): boolean {
  return isDeepStrictEqual(told, record.collection);
}

/** Yields what the source lists, as far as there is room for it, and notes what it cannot list or leaves out. */
async function* listCollections(
  { source, reading, skipped, unlisted }: BackupContext,
  limit: CollectionLimit,
): AsyncGenerator<Collection, void, void> {
  // A second listing tells again what the first one told.
  unlisted.length = 0;
  const share = createTextShare();
  for await (const event of source.collections(reading)) {
    // It is heard to its end all the same: whoever is to make room wants to know how much.
    if (!limit.admits()) continue;
    const collection = share(wellFormedCollection(event.collection));
    if (event.type === 'collection-failed') unlisted.push({ ...event, collection });
    else if (event.type === 'collection-skipped') skipped.set(collection.id, { ...event, collection });
    else if (collection.id !== '' && collection.id.isWellFormed()) yield collection;
    else unlisted.push({ type: 'collection-failed', collection: { ...collection, id: '' }, error: unusableId() });
  }
}

/** So many texts are remembered at a time. */
const MOST_SHARED = 10_000;

/** Makes a collection use the texts of those before it: paths are made of ids that hundreds have in common. */
function createTextShare(): (collection: Collection) => Collection {
  const texts = new Map<string, string>();
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size >= MOST_SHARED) texts.clear();
    texts.set(text, text);
    return text;
  };
  return (collection) => ({
    ...collection,
    parentId: collection.parentId === undefined ? undefined : shared(collection.parentId),
    path: collection.path.map((id) => (id === collection.id ? collection.id : shared(id))),
  });
}
