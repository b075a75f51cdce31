import { SourceError } from '@holdfast/contracts';
import type { ServiceUsage, Source } from '@holdfast/contracts';
import { mapConcurrent } from '../internal/map-concurrent.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import { usageBetween } from '../internal/usage-between.ts';
import { createTreePackWriter } from '../packs/tree-pack-writer.ts';
import { createProgressMeter } from '../progress/progress-meter.ts';
import type { Vault } from '../repository/vault.ts';
import { createPartStore } from '../store/part-store.ts';
import { storeLimits } from '../store/store-limits.ts';
import type { CoverageReport } from '../snapshot/snapshot.ts';
import { chainHeads, newestFirst } from '../snapshot/chain-heads.ts';
import type { StoredSnapshot } from '../snapshot/snapshot-store.ts';
import { collectionRecordKind, itemTrees } from '../tree/collection-record.ts';
import type { BackupContext } from './backup-context.ts';
import type { ResolvedBackupOptions } from './backup-options.ts';
import type { BackupReport } from './backup-report.ts';
import { chooseCapture } from './capture-run.ts';
import { createCheckpoints } from './checkpoints.ts';
import type { CollectionState } from './collection-state.ts';
import { commit } from './commit.ts';
import type { CommitLine, Committed } from './commit.ts';
import { copyHidden } from './copy-hidden.ts';
import { coverageOf } from './coverage-of.ts';
import { expectedItems } from './expected-items.ts';
import { MOST_NAMED_ITEMS } from './failed-items.ts';
import { createFailureLog } from './failure-log.ts';
import { followCollection } from './follow-collection.ts';
import { followToRest } from './follow-to-rest.ts';
import { prepareCollections, wake } from './list-collections.ts';
import { createOmissionLog } from './omission-log.ts';
import { createRecordPacker } from './packed-record.ts';
import { createQuietCollections } from './quiet-collections.ts';
import { countVanished } from './settle.ts';

/** Backs a source up: brings what the repository knows of it up to date and writes a snapshot. */
export async function backUp(vault: Vault, source: Source, options: ResolvedBackupOptions): Promise<BackupReport> {
  const { signal: outer } = options;
  outer?.throwIfAborted();
  const started = vault.clock.now();
  const trafficBefore = { ...vault.objects.traffic };
  const usageBefore = source.usage;
  const run = new AbortController();
  const reading = { signal: outer === undefined ? run.signal : AbortSignal.any([outer, run.signal]) };

  const progress = createProgressMeter({ clock: vault.clock, onProgress: options.onProgress });
  // Snapshots before index: what a snapshot refers to is then in the index.
  const snapshots = await vault.snapshots.all(options);
  await vault.index.refresh(options);
  const heads = chainHeads(snapshots, source.id);
  const captureRun = chooseCapture(options.capture, { heads, snapshots, randomness: vault.randomness });
  const line: CommitLine = {
    heads,
    root: captureRun.root,
    unlisted: snapshots.filter(({ object }) => vault.index.summary(object) === undefined),
    bytesBefore: trafficBefore.bytesWritten,
    started,
  };
  const context = createContext(vault, source, options, { reading, run: captureRun, progress });
  try {
    const { stored, coverage } = await followAndCommit(context, { line, snapshots, run });
    progress?.end();
    return report(context, stored, coverage, { started, trafficBefore, usageBefore });
  } finally {
    await context.data.close();
  }
}

/** Brings everything up to date and writes the snapshot; `run` ends the reading where something fails for good. */
async function followAndCommit(
  context: BackupContext,
  {
    line,
    snapshots,
    run,
  }: { readonly line: CommitLine; readonly snapshots: readonly StoredSnapshot[]; readonly run: AbortController },
): Promise<Committed> {
  const { vault, options, progress } = context;
  const { signal: outer } = options;
  await prepareCollections(context);
  const { resumes, recalls, capture } = context.run;
  if (recalls) await recallComplete(context, snapshots);
  if (progress !== undefined) progress.expect({ items: expectedItems(context) });
  const coverage = (): CoverageReport => coverageOf(context);
  const checkpoints = createCheckpoints(context, line, coverage);

  const follow = (states: Iterable<CollectionState>): Promise<void> =>
    mapConcurrent(
      states,
      async (state) => {
        try {
          await followCollection(context, state, { resumes, onCheckpoint: () => checkpoints.writeIfDue() });
        } catch (error) {
          run.abort(error);
          throw error;
        }
      },
      { concurrency: options.concurrency },
    );

  try {
    await followToRest(context, follow);
  } catch (error) {
    run.abort(error);
    while (context.underway.size > 0) {
      const waiting = [...context.underway];
      await context.data.hurry(Promise.all(waiting));
      for (const one of waiting) context.underway.delete(one);
    }
    outer?.throwIfAborted();
    // A source that failed leaves what was read so far worth keeping; a storage that failed does not.
    if (SourceError.is(error)) await checkpoints.writeLast().catch((failure: unknown) => noteLost(vault, failure));
    throw error;
  }

  if (capture.selfContained) await copyHidden(context);
  for (const { items } of context.vanished.values()) await countVanished(context, items);
  progress?.phase('storing');
  return commit(context, line, { state: 'complete', coverage });
}

function createContext(
  vault: Vault,
  source: Source,
  options: ResolvedBackupOptions,
  { reading, run, progress }: Pick<BackupContext, 'reading' | 'run' | 'progress'>,
): BackupContext {
  const { objects, keyring, randomness, index, config, lanes, budget } = vault;
  const packs = { objects, keyring, randomness, index: index.blobs, target: config.packTarget, domain: run.domain };
  return {
    vault,
    source,
    options,
    reading,
    run,
    progress,
    data: createPartStore({
      lanes,
      objects,
      index: index.blobs,
      randomness,
      limits: storeLimits(budget, config.packTarget),
      domain: run.domain,
      options: { signal: options.signal },
    }),
    pack: createRecordPacker(),
    nodes: createTreePackWriter(packs),
    itemIndex: index.items(source.id),
    slots: createSemaphore(options.concurrency),
    turns: createSemaphore(source.collectionsAtOnce ?? options.concurrency),
    underway: new Set(),
    collections: new Map(),
    quiet: createQuietCollections(),
    vanished: new Map(),
    vanishedQuiet: createQuietCollections(),
    skipped: new Map(),
    unlisted: [],
    arrivals: new Map(),
    unsettled: new Set(),
    failures: createFailureLog(),
    omitted: createOmissionLog(),
    names: { left: MOST_NAMED_ITEMS },
    counts: {
      items: 0,
      applied: 0,
      itemsRead: 0,
      bytesRead: 0,
      added: 0,
      changed: 0,
      moved: 0,
      removed: 0,
      vanished: 0,
    },
  };
}

/**
 * An interrupted run may have noted that an item left and not yet where it went, so what is stored of it is found only
 * in the complete snapshot that it began with.
 */
async function recallComplete(context: BackupContext, snapshots: readonly StoredSnapshot[]): Promise<void> {
  const { vault, source, options, run, collections, vanished } = context;
  const complete = snapshots
    .filter(({ snapshot }) => snapshot.source.id === source.id && snapshot.state === 'complete')
    .toSorted(newestFirst);
  const last = complete.find(({ snapshot }) => snapshot.id === run.capture.base) ?? complete[0];
  for await (const { value, places } of vault.trees.walk(last?.root, collectionRecordKind, options)) {
    const { items } = itemTrees(value, places);
    if (items === undefined) continue;
    const state = collections.get(value.id) ?? vanished.get(value.id) ?? wake(context, value.id);
    state?.before.push(items);
  }
}

/** The error that ended the run is the one to throw; that even the checkpoint failed is worth a line. */
function noteLost({ logger }: Vault, failure: unknown): void {
  logger.warn('no checkpoint could be written', { error: failure instanceof Error ? failure.name : typeof failure });
}

function report(
  context: BackupContext,
  { snapshot }: StoredSnapshot,
  coverage: CoverageReport,
  before: {
    readonly started: number;
    readonly trafficBefore: { readonly objectsWritten: number; readonly bytesWritten: number };
    readonly usageBefore: ServiceUsage;
  },
): BackupReport {
  const { vault, counts } = context;
  const { objectsWritten, bytesWritten } = vault.objects.traffic;
  const lost = coverage.totals.failedItems + coverage.totals.lostParts + coverage.totals.failed > 0;
  return {
    snapshot,
    capture: snapshot.capture,
    result: lost ? 'complete-with-failures' : 'complete',
    unchanged: !lost && counts.added + counts.changed + counts.moved + counts.removed === 0,
    coverage,
    vanished: counts.vanished,
    objectsWritten: objectsWritten - before.trafficBefore.objectsWritten,
    bytesWritten: bytesWritten - before.trafficBefore.bytesWritten,
    usage: usageBetween(before.usageBefore, context.source.usage),
    durationMs: vault.clock.now() - before.started,
  };
}
