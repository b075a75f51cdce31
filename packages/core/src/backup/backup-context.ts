import type { CollectionFailed, CollectionSkipped, OperationOptions, Source } from '@holdfast/contracts';
import type { ItemIndex } from '../index-segments/item-index.ts';
import type { Semaphore } from '../internal/semaphore.ts';
import type { PartStore } from '../store/part-store.ts';
import type { ItemRecord } from '../tree/item-record.ts';
import type { TreePackWriter } from '../packs/tree-pack-writer.ts';
import type { ProgressMeter } from '../progress/progress-meter.ts';
import type { Vault } from '../repository/vault.ts';
import type { BackupTotals, ResolvedBackupOptions } from './backup-options.ts';
import type { TreeKey } from '../tree/tree-key.ts';
import type { CaptureRun } from './capture-run.ts';
import type { CollectionState } from './collection-state.ts';
import type { NamedItems } from './failed-items.ts';
import type { FailureLog } from './failure-log.ts';
import type { OmissionLog } from './omission-log.ts';
import type { PackedRecord } from './packed-record.ts';
import type { QuietCollections } from './quiet-collections.ts';

/** Counts that grow during a run. */
export interface BackupCounts {
  /** Items told by the source. */
  items: number;
  /** Items of which it is settled what they need: they are in what a checkpoint writes. */
  applied: number;
  /** Items read. */
  itemsRead: number;
  /** Bytes of parts read. */
  bytesRead: number;
  /** Items that were new. */
  added: number;
  /** Items that had changed. */
  changed: number;
  /** Items that had moved. */
  moved: number;
  /** Items that are gone. */
  removed: number;
  /** Items that were gone before they could be read. */
  vanished: number;
}

/** Everything the steps of one backup share. */
export interface BackupContext {
  /** The open repository. */
  readonly vault: Vault;
  /** What is backed up. */
  readonly source: Source;
  /** Options; the signal is the caller's. It governs what is written. */
  readonly options: ResolvedBackupOptions;
  /** Governs what is read from the source: a fatal error ends that too, while what was read is still being stored. */
  readonly reading: OperationOptions;
  /** What the run is. */
  readonly run: CaptureRun;
  /** Tells how far the run is; undefined if nobody listens. */
  readonly progress: ProgressMeter | undefined;
  /** Stores the parts of items. */
  readonly data: PartStore;
  /** Packs records that wait to stand in a tree. */
  readonly pack: (record: ItemRecord) => PackedRecord;
  /** Packs of tree nodes. */
  readonly nodes: TreePackWriter;
  /** Where items of this source were stored. */
  readonly itemIndex: ItemIndex;
  /** Limits how many items are read at the same time. */
  readonly slots: Semaphore;
  /** Collections whose items are taken in at the same time. */
  readonly turns: Semaphore;
  /** What still runs although nobody waits for it now: a run that fails ends only when all of it has. */
  readonly underway: Set<Promise<void>>;
  /** The collections of the run, by id, the quiet ones excepted. */
  readonly collections: Map<string, CollectionState>;
  /** Collections of which there is nothing to ask. One that something is found in becomes one of the others. */
  readonly quiet: QuietCollections;
  /** Collections of the last snapshot that the source does not have any more; their items may have moved. */
  readonly vanished: Map<string, CollectionState>;
  /** Those of them that were quiet: only their records are to go. */
  readonly vanishedQuiet: QuietCollections;
  /** Collections that are left out on purpose. */
  readonly skipped: Map<string, CollectionSkipped>;
  /** Collections that could not be told of, or whose children could not. */
  readonly unlisted: CollectionFailed[];
  /** Ids of items that the last run left unsettled; in a full, those whose stored version was kept unread as well. */
  readonly unsettled: Set<string>;
  /** Items that were told of in one collection while they stood in another one: that one may have been seen too early. */
  readonly arrivals: Map<string, { readonly from: CollectionState; readonly key: TreeKey }>;
  /** Items that failed. */
  readonly failures: FailureLog;
  /** Parts that were omitted. */
  readonly omitted: OmissionLog;
  /** How many ids of failed items may still be kept. */
  readonly names: NamedItems;
  /** Counts. */
  readonly counts: BackupCounts;
}

/** The counts that progress events carry. */
export function totalsOf({ counts: { items, itemsRead, bytesRead } }: BackupContext): BackupTotals {
  return { items, itemsRead, bytesRead };
}
