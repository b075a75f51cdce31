import { CryptoError, RepositoryError, SourceError } from '@holdfast/contracts';
import type {
  CreatedItem,
  OperationOptions,
  RestorableItem,
  RestoreTarget,
  SourceErrorCode,
} from '@holdfast/contracts';
import { findCollection } from '../browse/find-collection.ts';
import { partRequests, restorable } from '../browse/snapshot-item.ts';
import { isFatal } from '../internal/is-fatal.ts';
import { concatBytes } from '../internal/bytes.ts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { usageBetween } from '../internal/usage-between.ts';
import type { Vault } from '../repository/vault.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { NodeReference, TreeRecord } from '../tree/tree-record.ts';
import type {
  ItemRestored,
  RestoreEnd,
  RestoreFailure,
  RestoreOmission,
  RestoreOptions,
  RestoreReport,
} from './restore-options.ts';
import type { PlannedCollection, RestorePlan } from './restore-plan.ts';

/** Items are read out of packs in groups of about so many bytes, or so many items. */
const GROUP_BYTES = 8 * 1024 * 1024;
const GROUP_ITEMS = 64;

/** Carries out a plan: creates every item of it in the target. */
export async function restoreItems(
  vault: Vault,
  plan: RestorePlan,
  target: RestoreTarget,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const { concurrency = 3, onProgress = () => {}, signal } = options;
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new RangeError(`concurrency must be a positive integer, got ${concurrency}`);
  }
  signal?.throwIfAborted();
  const started = vault.clock.now();
  const usageBefore = target.usage;
  const failures: RestoreFailure[] = [];
  const omissions: RestoreOmission[] = [];
  let ended: RestoreEnd | undefined;
  let restored = 0;
  let bytesRead = 0;
  const snapshot = await findSnapshot(vault.snapshots, { snapshot: plan.snapshot }, { signal });

  function progress(item: string): Pick<ItemRestored, 'item' | 'done' | 'planned'> {
    return { item, done: restored + failures.length, planned: plan.items };
  }

  function failOne(collection: string, item: string, { code, message }: ItemError): void {
    if (ENDS.has(code)) ended ??= { code, message };
    failures.push({ collection, item, code, message });
    onProgress({ type: 'item-restore-failed', code, ...progress(item) });
  }

  async function restoreOne({ collection }: PlannedCollection, targetId: string, item: RestorableItem): Promise<void> {
    if (ended !== undefined) return;
    let created: CreatedItem;
    try {
      created = await target.createItem(targetId, item, { signal });
    } catch (error) {
      if (signal?.aborted || !isItemError(error)) throw error;
      failOne(collection, item.id, error);
      return;
    }
    const { itemId, omitted } = created;
    restored += 1;
    if (omitted.length > 0) omissions.push({ collection, item: item.id, createdId: itemId, omitted });
    onProgress({ type: 'item-restored', createdId: itemId, ...progress(item.id) });
  }

  async function prepare({ path }: PlannedCollection): Promise<string | SourceError> {
    try {
      return await target.prepareCollection(path, { signal });
    } catch (error) {
      if (signal?.aborted || !SourceError.is(error) || isFatal(error)) throw error;
      return error;
    }
  }

  for (const planned of plan.collections) {
    if (ended !== undefined) continue;
    const { items } = await findCollection(vault, snapshot, planned.collection, { signal });
    const missing = new Set(planned.items === 'all' ? [] : planned.items);
    const targetId = await prepare(planned);
    for await (const group of groups(vault, items, planned, { signal })) {
      if (ended !== undefined) break;
      for (const { value } of group) missing.delete(value.id);
      if (typeof targetId !== 'string') {
        for (const { value } of group) failOne(planned.collection, value.id, targetId);
        continue;
      }
      const loaded = await load(vault, group, { signal });
      bytesRead += loaded.bytes;
      await mapConcurrent(loaded.items, (item) => restoreOne(planned, targetId, item), { concurrency, signal });
    }
    for (const item of ended === undefined ? missing : []) {
      const where = { snapshot: plan.snapshot, collection: planned.collection, item };
      failOne(planned.collection, item, new RepositoryError('ERR_ITEM_NOT_IN_SNAPSHOT', where));
    }
  }
  return {
    result: failures.length + omissions.length === 0 && ended === undefined ? 'complete' : 'complete-with-failures',
    ended,
    restored,
    planned: plan.items,
    failures,
    omissions,
    bytesRead,
    usage: usageBetween(usageBefore, target.usage),
    durationMs: vault.clock.now() - started,
  };
}

/** Errors that every other item would meet as well. */
const ENDS: ReadonlySet<string> = new Set<SourceErrorCode>(['ERR_SOURCE_ACCESS_DENIED', 'ERR_SOURCE_QUOTA_EXCEEDED']);

type ItemError = SourceError | RepositoryError | CryptoError;

/** Whether an error concerns this item only: the target refuses it, or its data in the repository is damaged. */
function isItemError(error: unknown): error is ItemError {
  return (SourceError.is(error) && !isFatal(error)) || RepositoryError.is(error) || CryptoError.is(error);
}

async function* groups(
  vault: Vault,
  root: NodeReference | undefined,
  { items }: PlannedCollection,
  options: OperationOptions,
): AsyncGenerator<TreeRecord<ItemRecord>[], void, void> {
  const wanted = items === 'all' ? undefined : new Set(items);
  let group: TreeRecord<ItemRecord>[] = [];
  let bytes = 0;
  for await (const record of vault.trees.walk(root, itemRecordKind, options)) {
    if (wanted !== undefined && !wanted.has(record.value.id)) continue;
    group.push(record);
    bytes += sizeOf(record);
    if (bytes >= GROUP_BYTES || group.length >= GROUP_ITEMS) {
      yield group;
      group = [];
      bytes = 0;
    }
  }
  if (group.length > 0) yield group;
}

function sizeOf({ value: { parts } }: TreeRecord<ItemRecord>): number {
  return parts.reduce((sum, { size }) => sum + size, 0);
}

/** Reads the parts of a group with as few range reads as the packs allow. */
async function load(
  vault: Vault,
  group: readonly TreeRecord<ItemRecord>[],
  options: OperationOptions,
): Promise<{ readonly items: RestorableItem[]; readonly bytes: number }> {
  const wanted = group.flatMap((record) => record.value.parts.map(({ name }) => ({ record, name })));
  const requests = wanted.map(({ record, name }) => partRequests(record, name));
  let blobs: Uint8Array[];
  try {
    blobs = await vault.blobs.readMany(requests.flat(), options);
  } catch (error) {
    if (!RepositoryError.is(error) && !CryptoError.is(error)) throw error;
    // One damaged blob must not cost its neighbours: each item then reads its own, and fails alone.
    return { items: group.map((record) => restorable(vault, record)), bytes: 0 };
  }
  const loaded = new Map(group.map((record) => [record, new Map<string, Uint8Array>()]));
  let used = 0;
  let bytes = 0;
  for (const [position, { record, name }] of wanted.entries()) {
    const { length } = requests[position] ?? [];
    const part = concatBytes(blobs.slice(used, used + length));
    used += length;
    bytes += part.length;
    loaded.get(record)?.set(name, part);
  }
  return { items: group.map((record) => restorable(vault, record, loaded.get(record))), bytes };
}
