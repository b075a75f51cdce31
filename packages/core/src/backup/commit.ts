import { RepositoryError } from '@holdfast/contracts';
import { equalBytes, toHex } from '../internal/bytes.ts';
import { encodeCbor } from '../internal/cbor.ts';
import { LARGEST_INLINE_ROOT } from '../snapshot/snapshot-store.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import { serialiseCoverage, serialiseSnapshot } from '../snapshot/snapshot-json.ts';
import type { CoverageReport, Snapshot } from '../snapshot/snapshot.ts';
import { collectionRecordKind, NO_CURSOR } from '../tree/collection-record.ts';
import type { CollectionRecord, ItemTree } from '../tree/collection-record.ts';
import { encodeBody, encodeNode } from '../tree/node.ts';
import { compareKeys } from '../tree/tree-key.ts';
import { locationOf, placeOf } from '../tree/tree-record.ts';
import type { NodeReference, TreeEdit } from '../tree/tree-record.ts';
import { updateTree } from '../tree/tree-writer.ts';
import type { BackupContext } from './backup-context.ts';
import { isStirred } from './collection-state.ts';
import { addQuiet, dropQuiet } from './quiet-edits.ts';
import { writeIndex } from './write-index.ts';
import { adoptTrees, writeTrees } from './write-trees.ts';
import type { WrittenCollection } from './write-trees.ts';

/** What a run continues, and what it has written so far. */
export interface CommitLine {
  /** Snapshots that the next one continues. */
  heads: readonly StoredSnapshot[];
  /** Root of the collection tree of the newest of them. */
  root: NodeReference | undefined;
  /** Snapshots that no segment mentions yet. */
  readonly unlisted: StoredSnapshot[];
  /** Bytes stored before the run. */
  readonly bytesBefore: number;
  /** When the run began, in milliseconds since 1970. */
  readonly started: number;
}

/** What a commit adds. */
export interface CommitRequest {
  /** Whether the run is at its end. */
  readonly state: Snapshot['state'];
  /** What was covered; asked when the trees are written. */
  readonly coverage: () => CoverageReport;
}

/** What a commit wrote. */
export interface Committed {
  /** The snapshot. */
  readonly stored: StoredSnapshot;
  /** Its coverage report. */
  readonly coverage: CoverageReport;
}

/**
 * A cursor that stands for no change is kept for a while, so that a quiet run writes next to nothing: not for long, and
 * not for many runs, because services forget old cursors (Exchange Online keeps a few generations of each).
 */
const CURSOR_LIFETIME_MS = 7 * 24 * 3600 * 1000;
const CURSOR_LIFETIME_RUNS = 2;

/** Writes trees, index and snapshot, in this order, and returns the snapshot. Only then does anything new count. */
export async function commit(context: BackupContext, line: CommitLine, request: CommitRequest): Promise<Committed> {
  const { vault, nodes, options, source, counts, run, progress } = context;
  const { state } = request;
  const still = [...context.collections.values()].filter((collection) => !isStirred(collection));
  const itemsLyingStill = sumOfItems(still);
  const quiet = context.quiet.unwritten();
  const leaving = state === 'complete' ? context.vanishedQuiet.unwritten() : undefined;
  const written = await writeTrees(context);
  const live = written.filter((collection) => !collection.state.gone);
  const sequence = 1 + Math.max(0, ...line.heads.map((head) => head.snapshot.sequence));
  const edits = collectionEdits(context, [...live, ...untouched(context, state)], sequence, [
    ...(state === 'complete' ? context.vanished.keys() : []),
    ...written.filter((collection) => collection.state.gone).map((collection) => collection.state.collection.id),
  ]);
  const { trees, keyring } = vault;
  const root = await updateTree(
    { reader: trees, packs: nodes, keyring },
    line.root,
    leaving === undefined ? addQuiet(edits, quiet) : dropQuiet(addQuiet(edits, quiet), leaving),
    collectionRecordKind,
    options,
  );
  await nodes.flush(options);
  adoptTrees(written);
  if (state === 'complete') progress?.phase('committing');
  const coverage = request.coverage();
  await writeIndex(context, line.unlisted);

  const snapshot: Snapshot = {
    id: toHex(vault.randomness.bytes(16)),
    source: { id: source.id, title: source.title },
    state,
    sequence,
    continues: line.heads.map((head) => head.snapshot.id),
    capture: run.capture,
    started: new Date(line.started),
    finished: new Date(vault.clock.now()),
    statistics: {
      collections: root?.count ?? 0,
      items: itemsLyingStill + sumOfItems(live),
      added: counts.added,
      changed: counts.changed,
      moved: counts.moved,
      removed: counts.removed,
      failed: coverage.totals.failedItems,
      bytesRead: counts.bytesRead,
      bytesStored: vault.objects.traffic.bytesWritten - line.bytesBefore,
    },
    tags: options.tags,
    pinned: false,
  };
  // Without its place the root would be lost; an empty root means that there is no collection.
  const location = root && (locationOf(root.place) ?? (await vault.index.blobs.find(root.id, options)));
  if (root !== undefined && location === undefined) {
    throw new RepositoryError('ERR_BLOB_MISSING', { item: `the folders of ${source.id}` });
  }
  const segments = [...vault.index.unclaimed];
  const text = serialiseSnapshot(snapshot, {
    generation: keyring.generation,
    segments,
    root: root === undefined || location === undefined ? undefined : { id: root.id, location },
    domain: run.domain,
  });
  const rootNode = await inlineRoot(context, root);
  options.signal?.throwIfAborted();
  const stored = await vault.snapshots.commit(
    { text, rootNode, coverage: serialiseCoverage(coverage), domain: location?.pack.domain },
    options,
  );
  for (const segment of segments) vault.index.unclaimed.delete(segment);
  if (root !== undefined && rootNode !== undefined) trees.learn(root.id, rootNode);
  line.heads = [stored];
  line.root = root;
  line.unlisted.push(stored);
  rebase(context, edits);
  quiet.noteWritten();
  return { stored, coverage };
}

function sumOfItems(trees: Iterable<Pick<WrittenCollection, 'items' | 'pass'>>): number {
  let sum = 0;
  for (const { items, pass } of trees) sum += (items ?? pass?.root)?.count ?? 0;
  return sum;
}

function collectionEdits(
  context: BackupContext,
  live: readonly WrittenCollection[],
  sequence: number,
  dropped: readonly string[],
): TreeEdit<CollectionRecord>[] {
  // A full has told everything anew, so its cursors are the ones to go on from.
  const isFull = context.run.capture.mode === 'full';
  const edits: TreeEdit<CollectionRecord>[] = dropped.map((id) => ({ key: { id, sort: 0 } }));
  for (const collection of live) {
    const { base } = collection.state;
    const told = recordOf(collection, sequence);
    const record = isFull ? told : keepQuietCursor(told, base?.record, context.vault.clock.now());
    if (base !== undefined && sameRecord(record, base.record)) continue;
    const places = [collection.items, collection.pass?.root].flatMap((tree) =>
      tree === undefined ? [] : [tree.place],
    );
    edits.push({ key: { id: record.id, sort: 0 }, record: { value: record, places } });
  }
  return edits.toSorted((a, b) => compareKeys(a.key, b.key));
}

/**
 * Collections that the source does not list now. A checkpoint of a full notes them as not told yet, like all others that
 * it has not come to: should the source list them again, whoever goes on must not take them for read.
 */
function untouched({ run, vanished }: BackupContext, commitState: Snapshot['state']): WrittenCollection[] {
  if (run.capture.mode !== 'full' || commitState !== 'checkpoint') return [];
  return [...vanished.values()].map((state) => {
    const { cursor, cursorTime, retry, items, pass } = state;
    return { state, cursor, cursorTime, open: [...retry], items, pass, noted: pass };
  });
}

function recordOf(
  { state, cursor, cursorTime, open, items, pass }: WrittenCollection,
  sequence: number,
): CollectionRecord {
  const tree = (root: NodeReference | undefined): ItemTree => ({ root: root?.id, count: root?.count ?? 0 });
  const { base, told } = state;
  const isToBeToldAnew = cursor === undefined || state.nameless || state.failed.overflown;
  // A cursor that is not of this run is as old as it was.
  const isAsked = base === undefined || (told ?? '') !== '';
  return {
    id: state.collection.id,
    sort: 0,
    collection: state.collection,
    ...(isToBeToldAnew ? NO_CURSOR : { cursor, cursorTime, cursorRun: isAsked ? sequence : base.record.cursorRun }),
    items: tree(items),
    pass: pass && tree(pass.root),
    open: open.length === 0 ? NOTHING_OPEN : [...new Set(open)].toSorted(),
  };
}

const NOTHING_OPEN: readonly string[] = [];

function keepQuietCursor(record: CollectionRecord, base: CollectionRecord | undefined, now: number): CollectionRecord {
  if (base?.cursor === undefined || record.cursor === undefined || now - base.cursorTime >= CURSOR_LIFETIME_MS)
    return record;
  const { cursor, cursorTime, cursorRun } = base;
  if (record.cursorRun - cursorRun > CURSOR_LIFETIME_RUNS) return record;
  const quiet = { ...record, cursor, cursorTime, cursorRun };
  return sameRecord(quiet, base) ? quiet : record;
}

/** Whether two records would be the same bytes. Cheap where they differ, as most that are new do. */
function sameRecord(a: CollectionRecord, b: CollectionRecord): boolean {
  if (a.cursor !== b.cursor || a.cursorRun !== b.cursorRun || a.items.count !== b.items.count) return false;
  const [x, y] = [a, b].map((record) => encodeCbor(collectionRecordKind.toCbor(record)));
  return equalBytes(x as Uint8Array, y as Uint8Array);
}

/** The root node as it is stored inside the snapshot: its hints name their packs. */
async function inlineRoot(
  { vault, options }: BackupContext,
  root: NodeReference | undefined,
): Promise<Uint8Array | undefined> {
  if (root === undefined) return undefined;
  const { level, records, places } = await vault.trees.node(root, options);
  const node = encodeNode(encodeBody(level, records), places.map(placeOf), undefined);
  return node.length <= LARGEST_INLINE_ROOT ? node : undefined;
}

/** From here on the records just written are the ones to compare with. Their nodes are stored. */
function rebase({ collections }: BackupContext, edits: readonly TreeEdit<CollectionRecord>[]): void {
  for (const { record } of edits) {
    if (record === undefined || 'bytes' in record) continue;
    const state = collections.get(record.value.id);
    if (state !== undefined) state.base = { record: record.value, places: record.places.map(locationOf) };
  }
}
