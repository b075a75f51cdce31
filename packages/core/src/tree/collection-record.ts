import { BLOB_KINDS } from '@holdfast/crypto';
import { RepositoryError } from '@holdfast/contracts';
import type { Collection, CollectionKind, JsonObject } from '@holdfast/contracts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { recordFields } from './record-fields.ts';
import { placeOf } from './tree-record.ts';
import type { NodeReference, RecordKind } from './tree-record.ts';

/** A tree of items, by its root. */
export interface ItemTree {
  /** Blob id of the root; undefined if the tree is empty. */
  readonly root: Uint8Array | undefined;
  /** Number of items. */
  readonly count: number;
}

/** A collection in a snapshot: the collection record of docs/format/trees.md. */
export interface CollectionRecord {
  /** The collection's id in the source. */
  readonly id: string;
  /** Always 0: collections are ordered by id. */
  readonly sort: number;
  /** What the source told of it. */
  readonly collection: Collection;
  /** Where the source goes on. */
  readonly cursor: string | undefined;
  /** When the cursor was obtained. */
  readonly cursorTime: number;
  /** Sequence of the snapshot whose run obtained it. */
  readonly cursorRun: number;
  /** Its items. */
  readonly items: ItemTree;
  /** An enumeration under way. */
  readonly pass: ItemTree | undefined;
  /** Ids of items whose fate is not settled. */
  readonly open: readonly string[];
}

/** What the record of a collection says that the source is to tell from its beginning. */
export const NO_CURSOR: Pick<CollectionRecord, 'cursor' | 'cursorRun' | 'cursorTime'> = {
  cursor: undefined,
  cursorTime: 0,
  cursorRun: 0,
};

const KINDS: ReadonlySet<string> = new Set<CollectionKind>(['mail', 'calendar', 'contacts', 'tasks', 'notes', 'other']);

/** Collection records as they lie in a tree. */
export const collectionRecordKind: RecordKind<CollectionRecord> = {
  toCbor: ({ id, sort, collection, cursor, cursorTime, cursorRun, items, pass, open }) => ({
    id,
    sort,
    parent: collection.parentId ?? null,
    path: collection.path,
    name: collection.name,
    kind: collection.kind,
    role: collection.role ?? null,
    hidden: collection.hidden,
    metadata: collection.metadata,
    cursor: cursor ?? null,
    cursorTime,
    cursorRun,
    count: items.count,
    items: items.root ?? null,
    pass: pass === undefined ? null : { items: pass.root ?? null, count: pass.count },
    open,
  }),

  fromCbor(cbor, object) {
    const fields = recordFields(cbor, object);
    const pass = fields.mapOrNull('pass');
    const passFields = pass === undefined ? undefined : recordFields(pass, object);
    const kind = fields.text('kind');
    if (!KINDS.has(kind)) {
      throw new RepositoryError('ERR_OBJECT_DAMAGED', { object, reason: 'a collection is of an unknown kind' });
    }
    return {
      id: fields.text('id'),
      sort: fields.integer('sort'),
      collection: {
        id: fields.text('id'),
        parentId: fields.textOrNull('parent'),
        path: fields.texts('path'),
        name: fields.text('name'),
        kind: kind as CollectionKind,
        role: fields.textOrNull('role'),
        hidden: fields.bool('hidden'),
        metadata: fields.map('metadata') as JsonObject,
      },
      cursor: fields.textOrNull('cursor'),
      cursorTime: fields.integer('cursorTime'),
      cursorRun: fields.integer('cursorRun'),
      items: { root: fields.bytesOrNull('items'), count: fields.integer('count') },
      pass: passFields && { root: passFields.bytesOrNull('items'), count: passFields.integer('count') },
      open: fields.texts('open'),
    };
  },

  references: ({ items, pass }) =>
    [items.root, pass?.root].flatMap((id) => (id === undefined ? [] : [{ kind: BLOB_KINDS.node, id }])),
};

/** The item trees of a collection, as nodes that can be read. `places` are those of the record. */
export function itemTrees(
  { items, pass }: CollectionRecord,
  places: readonly (BlobLocation | undefined)[],
): { readonly items: NodeReference | undefined; readonly pass: NodeReference | undefined } {
  const reference = (tree: ItemTree | undefined, position: number): NodeReference | undefined =>
    tree?.root && { id: tree.root, place: placeOf(places[position]), count: tree.count };
  return { items: reference(items, 0), pass: reference(pass, items.root === undefined ? 0 : 1) };
}
