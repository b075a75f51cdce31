import { RepositoryError } from '@holdfast/contracts';
import type { BlobLocation } from '../index-segments/blob-segment.ts';
import { LazyMap } from '../internal/lazy-collections.ts';
import { splitIds } from '../store/split-ids.ts';
import { itemRecordKind } from '../tree/item-record.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import { diffTrees } from '../tree/tree-diff.ts';
import { compareKeys } from '../tree/tree-key.ts';
import { placeOf } from '../tree/tree-record.ts';
import type { NodeReference, TreeEdit } from '../tree/tree-record.ts';
import { updateTree } from '../tree/tree-writer.ts';
import type { BackupContext } from './backup-context.ts';
import { isStirred } from './collection-state.ts';
import type { CollectionState, PendingEdits } from './collection-state.ts';

/** What the trees of a collection were when they were written; its state may have moved on since. */
export interface WrittenCollection {
  /** The collection. */
  readonly state: CollectionState;
  /** Where the source goes on, for exactly these trees. */
  readonly cursor: string | undefined;
  /** When the cursor was obtained. */
  readonly cursorTime: number;
  /** Items whose fate is not settled. */
  readonly open: readonly string[];
  /** The items. */
  readonly items: NodeReference | undefined;
  /** The enumeration under way. */
  readonly pass: { readonly root: NodeReference | undefined } | undefined;
  /** The state's own record of that enumeration, to see whether it is still the same. */
  readonly noted: CollectionState['pass'];
}

/**
 * Writes the changes that the cursors stand for into trees: first the blobs they refer to are made durable, then the nodes
 * are written. Cursors are noted at the same moment, so that each stands for exactly what is in its tree. Collections may
 * go on meanwhile.
 */
export async function writeTrees(context: BackupContext): Promise<WrittenCollection[]> {
  const { data, collections } = context;
  const noted = [...collections.values()].filter(isStirred).map((state) => {
    const { cursor, cursorTime, pass, ready } = state;
    state.flushing = ready;
    state.ready = new LazyMap();
    return { state, changes: ready, cursor, cursorTime, pass, ended: pass?.ended === true, open: [...state.failed] };
  });
  await data.flush();
  const written: WrittenCollection[] = [];
  for (const { state, changes, cursor, cursorTime, pass, ended, open } of noted) {
    // Not what the state holds by now: a reset empties that, and the cursor noted stands for these.
    const edits = await editsOf(context, changes);
    const root = await updateItems(context, pass === undefined ? state.items : pass.root, edits);
    if (ended) await openWhatPassMissed(context, state, root);
    const trees =
      pass === undefined || ended ? { items: root, pass: undefined } : { items: state.items, pass: { root } };
    written.push({ state, cursor, cursorTime, open: [...open, ...state.open, ...state.retry], noted: pass, ...trees });
  }
  return written;
}

/** Makes the written trees those of the run. Only when their nodes are durable: until then they cannot be read. */
export function adoptTrees(written: readonly WrittenCollection[]): void {
  for (const { state, noted, items, pass } of written) {
    state.flushing = new LazyMap();
    noteMade(state, {
      before: noted === undefined ? state.items : noted.root,
      now: pass === undefined ? items : pass.root,
    });
    if (noted === undefined) state.items = items;
    else if (pass === undefined) {
      // It had ended, so it holds, whatever reset came in between.
      state.items = items;
      if (state.pass === noted) state.pass = undefined;
    } else if (state.pass === noted) noted.root = pass.root;
  }
}

/** What a full writes was read by it. The tree before has nothing that the new one has not, or that has not left. */
function noteMade(
  { made }: CollectionState,
  { before, now }: { readonly before: NodeReference | undefined; readonly now: NodeReference | undefined },
): void {
  if (before !== undefined) made?.delete(before);
  if (now !== undefined) made?.add(now);
}

/** Notes every item that a finished enumeration did not tell: it left, or it moved. */
async function openWhatPassMissed(
  { vault, nodes, options }: BackupContext,
  state: CollectionState,
  told: NodeReference | undefined,
): Promise<void> {
  if (state.items === undefined) return;
  await nodes.flush(options);
  for await (const { before, after } of diffTrees(vault.trees, state.items, told, itemRecordKind, options)) {
    if (before !== undefined && after === undefined) state.open.add(before.value.id);
  }
}

/** Makes edits of a tree of pending ones, in order. The blobs of those without places must be durable. */
export async function editsOf(
  { vault, options }: BackupContext,
  edits: Pick<PendingEdits, 'values'>,
): Promise<TreeEdit<ItemRecord>[]> {
  const sorted = [...edits.values()].toSorted((a, b) => compareKeys(a.key, b.key));
  const wanted = sorted.flatMap(({ record, places }) => {
    const ids = record === undefined ? [] : splitIds(record.ids);
    return ids.filter((_, position) => places?.[position] === undefined);
  });
  const found = (await vault.index.blobs.findMany(wanted, options)).values();
  // A record must never point to a blob that is not durable.
  const next = (item: string): BlobLocation => {
    const { value } = found.next();
    if (value === undefined) throw new RepositoryError('ERR_BLOB_MISSING', { item });
    return value;
  };
  return sorted.map(({ key, record, places }) => {
    if (record === undefined) return { key };
    const located = splitIds(record.ids).map((_, position) => placeOf(places?.[position] ?? next(key.id)));
    return { key, record: { bytes: record.bytes, places: located } };
  });
}

/** Applies edits to a tree of items. */
export async function updateItems(
  { vault, nodes, options, run }: BackupContext,
  root: NodeReference | undefined,
  edits: readonly TreeEdit<ItemRecord>[],
): Promise<NodeReference | undefined> {
  const { trees, keyring, index } = vault;
  // A full makes trees anew that mostly come out as they were.
  const stored = run.capture.mode === 'full' ? (id: Uint8Array) => index.blobs.find(id, options) : undefined;
  return updateTree({ reader: trees, packs: nodes, keyring, stored }, root, edits, itemRecordKind, options);
}
