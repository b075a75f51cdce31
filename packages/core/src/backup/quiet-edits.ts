import type { Collection } from '@holdfast/contracts';
import { NO_CURSOR } from '../tree/collection-record.ts';
import type { CollectionRecord } from '../tree/collection-record.ts';
import { compareKeys } from '../tree/tree-key.ts';
import type { TreeEdit, TreeEdits } from '../tree/tree-record.ts';
import type { UnwrittenCollections } from './quiet-collections.ts';

type Edits = TreeEdits<CollectionRecord>;

/** Edits, and between them those that write the records of quiet collections. */
export function addQuiet(edits: Edits, quiet: UnwrittenCollections): Edits {
  return merge(edits, quiet, (collection) => {
    const { id } = collection;
    const items = { root: undefined, count: 0 };
    const value = { id, sort: 0, collection, ...NO_CURSOR, items, pass: undefined, open: [] };
    return { key: { id, sort: 0 }, record: { value, places: [] } };
  });
}

/** Edits, and between them those that take the records of quiet collections out. */
export function dropQuiet(edits: Edits, quiet: UnwrittenCollections): Edits {
  return merge(edits, quiet, ({ id }) => ({ key: { id, sort: 0 } }));
}

/** Each edit is made when it is asked for: all of them would take more memory than the collections. */
function merge(
  edits: Edits,
  quiet: UnwrittenCollections,
  editOf: (collection: Collection) => TreeEdit<CollectionRecord>,
): Edits {
  if (quiet.length === 0) return edits;
  // Positions of edits, and below zero those of quiet collections.
  const order = new Int32Array(edits.length + quiet.length);
  let [edit, other] = [0, 0];
  for (let position = 0; position < order.length; position += 1) {
    const isQuiet =
      edit === edits.length ||
      (other < quiet.length && compareKeys(edits.at(edit)!.key, { id: quiet.idAt(other), sort: 0 }) > 0);
    order[position] = isQuiet ? ~other++ : edit++;
  }
  return {
    length: order.length,
    at(position) {
      const at = order[position]!;
      return at < 0 ? editOf(quiet.at(~at)) : edits.at(at);
    },
  };
}
