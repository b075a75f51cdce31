import { isDeepStrictEqual } from 'node:util';
import type { Collection } from '@holdfast/contracts';
import { collectionRecordKind } from '../tree/collection-record.ts';
import type { CollectionRecord } from '../tree/collection-record.ts';
import type { BackupContext } from './backup-context.ts';
import { createCollectionLimit } from './collection-limit.ts';
import { createCollectionState } from './collection-state.ts';
import type { CollectionState } from './collection-state.ts';
import { unusableId } from './note-failure.ts';
import { wellFormedCollection } from './well-formed.ts';

/** Asks the source for its collections and joins them with what the snapshot says that the run begins with. */
export async function prepareCollections(context: BackupContext): Promise<void> {
  const { vault, options, run, collections, vanished, unsettled, unlisted } = context;
  const found = await listCollections(context);
  for await (const { value, places } of vault.trees.walk(run.known, collectionRecordKind, options)) {
    const collection = found.get(value.id);
    const known = collection === undefined ? value : withCollection(value, collection);
    const state = createCollectionState(collection ?? value.collection, { record: known, places }, context);
    // Where the listing has a gap, only the collection's own feed can tell whether it is still there.
    (collection === undefined && unlisted.length === 0 ? vanished : collections).set(value.id, state);
    for (const id of value.open) unsettled.add(id);
  }
  for (const [id, collection] of found) {
    if (!collections.has(id)) collections.set(id, createCollectionState(collection, undefined, context));
  }
}

/** Asks the source once more, late in the run, and tells the collections that were not there when it began. */
export async function joinNewCollections(context: BackupContext): Promise<CollectionState[]> {
  const { collections, vanished } = context;
  const joined: CollectionState[] = [];
  for (const [id, collection] of await listCollections(context)) {
    if (collections.has(id)) continue;
    const state = vanished.get(id) ?? createCollectionState(collection, undefined, context);
    state.collection = collection;
    vanished.delete(id);
    collections.set(id, state);
    joined.push(state);
  }
  return joined;
}

/**
 * The record with what the source tells of the collection now, if that is what it says: so that neither its texts are
 * kept twice nor all of it is compared again and again.
 */
function withCollection(record: CollectionRecord, collection: Collection): CollectionRecord {
  const { itemCount: _, ...told } = collection;
  return isDeepStrictEqual(told, record.collection) ? { ...record, collection } : record;
}

async function listCollections({
  vault,
  source,
  reading,
  skipped,
  unlisted,
}: BackupContext): Promise<Map<string, Collection>> {
  // A second listing tells again what the first one told.
  unlisted.length = 0;
  const found = new Map<string, Collection>();
  const share = createTextShare();
  const limit = createCollectionLimit(source, vault.budget);
  for await (const event of source.collections(reading)) {
    // It is heard to its end all the same: whoever is to make room wants to know how much.
    if (!limit.admits(event.collection)) continue;
    const collection = share(wellFormedCollection(event.collection));
    if (event.type === 'collection-failed') unlisted.push({ ...event, collection });
    else if (event.type === 'collection-skipped') skipped.set(collection.id, { ...event, collection });
    else if (collection.id !== '' && collection.id.isWellFormed()) found.set(collection.id, collection);
    else unlisted.push({ type: 'collection-failed', collection: { ...collection, id: '' }, error: unusableId() });
  }
  limit.check();
  return found;
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
