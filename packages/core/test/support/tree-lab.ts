import { createKeyring } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import { createObjectStore } from '../../src/objects/object-store.ts';
import type { ObjectStore } from '../../src/objects/object-store.ts';
import { createBlobReader } from '../../src/packs/blob-reader.ts';
import { createTreePackWriter } from '../../src/packs/tree-pack-writer.ts';
import { itemRecordKind } from '../../src/tree/item-record.ts';
import type { ItemRecord } from '../../src/tree/item-record.ts';
import { compareKeys } from '../../src/tree/tree-key.ts';
import type { TreeKey } from '../../src/tree/tree-key.ts';
import { createTreeReader } from '../../src/tree/tree-reader.ts';
import type { TreeReader } from '../../src/tree/tree-reader.ts';
import type { NodeReference } from '../../src/tree/tree-record.ts';
import { updateTree } from '../../src/tree/tree-writer.ts';
import type { Objects } from './harness.ts';

/** An edit of a tree in a test: a record to stand there, or a key to be taken out. */
export type LabEdit = ItemRecord | { readonly remove: TreeKey };

/** Trees over a storage in memory. */
export interface TreeLab {
  /** Applies edits in any order, stores the nodes, and returns the new root. */
  update(root: NodeReference | undefined, edits: readonly LabEdit[]): Promise<NodeReference | undefined>;
  /** A reader with an empty cache. */
  reader(): TreeReader;
  /** Counts of the storage. */
  readonly objects: ObjectStore;
  /** Nodes written since the lab was made. */
  readonly nodes: () => number;
}

/** Makes a {@link TreeLab}. Packs are small, so that trees lie in several. */
export async function createTreeLab({ target = 1024 * 1024 }: { readonly target?: number } = {}): Promise<TreeLab> {
  const stored: Objects = new Map();
  const randomness = seededRandomness(1);
  const { keyring } = await createKeyring({ key: 'none', config: {}, randomness, clock: virtualClock() });
  const objects = createObjectStore(memoryDestination({ objects: stored }));
  const index = createBlobIndex();
  const blobs = createBlobReader({ objects, keyring, index: async () => index });
  const reader = createTreeReader(blobs);
  let nodes = 0;

  return {
    objects,
    nodes: () => nodes,
    reader: () => createTreeReader(blobs),
    async update(root, edits) {
      const packs = createTreePackWriter({ objects, keyring, randomness, index, target });
      const counting = {
        ...packs,
        append(...node: Parameters<typeof packs.append>) {
          nodes += 1;
          return packs.append(...node);
        },
      };
      const sorted = edits
        .map((edit) =>
          'remove' in edit
            ? { key: edit.remove }
            : { key: { id: edit.id, sort: edit.sort }, record: { value: edit, places: [] } },
        )
        .toSorted((a, b) => compareKeys(a.key, b.key));
      const updated = await updateTree({ reader, packs: counting, keyring }, root, sorted, itemRecordKind);
      await packs.flush();
      return updated;
    },
  };
}

/** A record with as many bytes in it as asked for. */
export function labRecord(
  { id, sort }: TreeKey,
  options: { readonly size?: number; readonly version?: number } = {},
): ItemRecord {
  const { size = 100, version = 1 } = options;
  return {
    id,
    sort,
    kind: 'message',
    changeKey: String(version),
    contentKey: '',
    summary: { subject: 's'.repeat(size), from: undefined, to: [], date: 0, size: undefined, hasAttachments: false },
    volatile: {},
    parts: [],
    omitted: [],
  };
}
