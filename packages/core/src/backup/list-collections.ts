import type { Collection } from '@holdfast/contracts';
import { collectionRecordKind } from '../tree/collection-record.ts';
import type { BackupContext } from './backup-context.ts';
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
    const state = createCollectionState(collection ?? value.collection, { record: value, places }, context);
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

async function listCollections({
  source,
  reading,
  skipped,
  unlisted,
}: BackupContext): Promise<Map<string, Collection>> {
  // A second listing tells again what the first one told.
  unlisted.length = 0;
  const found = new Map<string, Collection>();
  for await (const event of source.collections(reading)) {
    const collection = wellFormedCollection(event.collection);
    if (event.type === 'collection-failed') unlisted.push({ ...event, collection });
    else if (event.type === 'collection-skipped') skipped.set(collection.id, { ...event, collection });
    else if (collection.id !== '' && collection.id.isWellFormed()) found.set(collection.id, collection);
    else unlisted.push({ type: 'collection-failed', collection: { ...collection, id: '' }, error: unusableId() });
  }
  return found;
}
