import { RepositoryError } from '@holdfast/contracts';
import type { OperationOptions } from '@holdfast/contracts';
import { equalOptionalBytes } from '../internal/bytes.ts';
import { encodeCbor } from '../internal/cbor.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import { browsableTree } from '../tree/browsable-tree.ts';
import { collectionRecordKind } from '../tree/collection-record.ts';
import type { CollectionRecord } from '../tree/collection-record.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import { diffTrees } from '../tree/tree-diff.ts';
import type { TreeRecord } from '../tree/tree-record.ts';
import { listedItem } from './browse.ts';
import type { ListedItem } from './browse.ts';

/** Options of {@link Repository.diff}. */
export interface DiffOptions extends OperationOptions {
  /** The earlier snapshot: `latest`, an id, or the beginning of one. */
  readonly from: string;
  /** The later snapshot. */
  readonly to: string;
}

/** A collection, as far as a difference names it. */
export interface DifferingCollection {
  /** Its id. */
  readonly id: string;
  /** Its display name in the later snapshot that has it. */
  readonly name: string;
}

/** One difference between two snapshots. */
export interface SnapshotDifference {
  /**
   * What happened between them. `item-changed` is a change of properties or content, `item-moved` a move to another
   * collection, with or without such a change.
   */
  readonly type: 'item-added' | 'item-removed' | 'item-changed' | 'item-moved';
  /** The item as the later snapshot that has it shows it. */
  readonly item: ListedItem;
  /** Where it was; absent if it was not there. */
  readonly from?: DifferingCollection | undefined;
  /** Where it is now; absent if it is not there. */
  readonly to?: DifferingCollection | undefined;
}

interface Sighting {
  readonly record: ItemRecord;
  readonly collection: DifferingCollection;
}

/**
 * Yields what differs between two snapshots. Equal parts of their trees are not read. What is added and removed is
 * held until the end, because only then a move can be told from a deletion.
 */
export async function* diffSnapshots(
  vault: Vault,
  options: DiffOptions,
): AsyncGenerator<SnapshotDifference, void, void> {
  const before = await findSnapshot(vault.snapshots, { snapshot: options.from }, options);
  const after = await findSnapshot(vault.snapshots, { snapshot: options.to }, options);
  if (before.snapshot.source.id !== after.snapshot.source.id) {
    const { id, source } = after.snapshot;
    throw new RepositoryError('ERR_SOURCE_MISMATCH', {
      snapshot: before.snapshot.id,
      source: `snapshot ${id} (${source.title})`,
    });
  }
  const isOtherDomain = !equalOptionalBytes(before.domain, after.domain);
  const removed = new Map<string, Sighting>();
  const added = new Map<string, Sighting>();
  const { trees } = vault;

  for await (const pair of diffTrees(trees, before.root, after.root, collectionRecordKind, options)) {
    const collection = named((pair.after ?? pair.before) as TreeRecord<CollectionRecord>);
    const [left, right] = [pair.before, pair.after].map(
      (record) => record && browsableTree(record.value, record.places),
    );
    for await (const item of diffTrees(trees, left, right, itemRecordKind, options)) {
      if (item.before !== undefined && item.after !== undefined) {
        // Ids of another domain are other ids of the same bytes.
        if (isOtherDomain && sameButIds(item.before.value, item.after.value)) continue;
        yield { type: 'item-changed', item: listedItem(item.after.value), from: collection, to: collection };
      } else if (item.before !== undefined) {
        removed.set(item.before.value.id, { record: item.before.value, collection });
      } else if (item.after !== undefined) {
        added.set(item.after.value.id, { record: item.after.value, collection });
      }
    }
  }
  for (const [id, { record, collection }] of added) {
    const origin = removed.get(id);
    removed.delete(id);
    const item = listedItem(record);
    yield origin === undefined
      ? { type: 'item-added', item, to: collection }
      : { type: 'item-moved', item, from: origin.collection, to: collection };
  }
  for (const { record, collection } of removed.values()) {
    yield { type: 'item-removed', item: listedItem(record), from: collection };
  }
}

/** Whether two records say the same, apart from the ids of blobs and from how parts are put together of them. */
function sameButIds(before: ItemRecord, after: ItemRecord): boolean {
  const [a, b] = [before, after].map(({ parts, ...record }) => {
    const sizes = parts.map(({ name, size }) => ({ name, size, blobs: [] }));
    return encodeCbor(itemRecordKind.toCbor({ ...record, parts: sizes }));
  });
  return equalOptionalBytes(a, b);
}

function named({ value: { collection } }: TreeRecord<CollectionRecord>): DifferingCollection {
  return { id: collection.id, name: collection.name };
}
