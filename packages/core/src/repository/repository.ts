import type {
  CryptoError,
  OperationOptions,
  RepositoryError,
  RestorableItem,
  RestoreTarget,
  Source,
} from '@holdfast/contracts';
import { backUp } from '../backup/backup.ts';
import { resolveBackupOptions } from '../backup/backup-options.ts';
import type { BackupOptions } from '../backup/backup-options.ts';
import type { BackupReport } from '../backup/backup-report.ts';
import { browseItems, listCollections } from '../browse/browse.ts';
import type { BrowseOptions, CollectionsOptions, ItemPage, SnapshotCollection } from '../browse/browse.ts';
import { diffSnapshots } from '../browse/diff.ts';
import type { DiffOptions, SnapshotDifference } from '../browse/diff.ts';
import { findItem } from '../browse/snapshot-item.ts';
import type { ItemOptions } from '../browse/snapshot-item.ts';
import { checkRepository } from '../check/check.ts';
import type { CheckOptions, CheckReport } from '../check/check-options.ts';
import { toHex } from '../internal/bytes.ts';
import { restoreItems } from '../restore/restore.ts';
import { resolveRestoreOptions } from '../restore/restore-options.ts';
import type { RestoreOptions } from '../restore/restore-options.ts';
import { planRestore } from '../restore/restore-plan.ts';
import type { PlanRestoreOptions, RestorePlan } from '../restore/restore-plan.ts';
import { previewRestore } from '../restore/restore-preview.ts';
import type { RestorePreview } from '../restore/restore-preview.ts';
import type { RestoreReport } from '../restore/restore-report.ts';
import { newestFirst } from '../snapshot/chain-heads.ts';
import { findSnapshot } from '../snapshot/find-snapshot.ts';
import type { SnapshotChoice } from '../snapshot/find-snapshot.ts';
import { readCoverage } from '../snapshot/read-coverage.ts';
import type { CoverageReport, Snapshot } from '../snapshot/snapshot.ts';
import type { Vault } from './vault.ts';

/** Options of {@link Repository.snapshots}. */
export interface SnapshotsOptions extends OperationOptions {
  /** Id of a source. @defaultValue all sources */
  readonly source?: string | undefined;
  /** Lists checkpoints too. @defaultValue `false` */
  readonly checkpoints?: boolean | undefined;
  /**
   * Takes the error of each snapshot that is damaged or missing, before any is listed; the listing then ends well.
   *
   * @defaultValue the first of these errors is thrown once all others are listed
   */
  readonly onUnreadable?: ((error: RepositoryError | CryptoError) => void) | undefined;
}

/** Options of {@link Repository.coverage}. */
export interface CoverageOptions extends OperationOptions, SnapshotChoice {}

/**
 * An open repository. Its methods may be called at the same time; several processes may back up into one repository.
 *
 * Every method rejects with `signal.reason` itself when it is aborted; with a {@link @holdfast/contracts!DestinationError | DestinationError} if
 * the storage fails for good (temporary errors are retried); and with a {@link @holdfast/contracts!RepositoryError | RepositoryError} or
 * {@link @holdfast/contracts!CryptoError | CryptoError} if what it needs is damaged.
 */
export interface Repository {
  /** Names it for ever: 64 hex digits. */
  readonly id: string;
  /** Whether what it holds is encrypted. */
  readonly encrypted: boolean;

  /**
   * Brings the repository up to date with a source and writes a snapshot. Only what changed is asked for, only what is
   * new is stored. An interrupted backup loses nothing: the next one goes on from its last checkpoint.
   *
   * One item that cannot be read, or of which a part is lost, is a line in the report, and makes the result
   * `complete-with-failures`; the next run tries it again. A source that fails as a whole is thrown, after a checkpoint of what was read so far.
   *
   * @throws a {@link @holdfast/contracts!SourceError | SourceError}, if the source fails as a whole; `ERR_WORKER_FAILED`, a
   * {@link @holdfast/contracts!RepositoryError | RepositoryError}, if a worker thread ended.
   */
  backup(source: Source, options?: BackupOptions): Promise<BackupReport>;

  /**
   * Lists snapshots, the newest of each source first. One that is damaged or missing does not hide the others, and is
   * not passed over in silence: see {@link SnapshotsOptions.onUnreadable}.
   *
   * @throws `ERR_OBJECT_DAMAGED`, `ERR_OBJECT_MISSING`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, or
   * `ERR_SEAL_BROKEN`, `ERR_SEAL_FORMAT`, a {@link @holdfast/contracts!CryptoError | CryptoError}, after the last one that
   * can be read.
   */
  snapshots(options?: SnapshotsOptions): AsyncGenerator<Snapshot, void, void>;

  /** Reads what a snapshot covered, skipped and failed to read. */
  coverage(options: CoverageOptions): Promise<CoverageReport>;

  /** Lists the collections (folders) of a snapshot, in order of their ids. */
  collections(options: CollectionsOptions): AsyncGenerator<SnapshotCollection, void, void>;

  /** Lists a page of the items of a collection, filtered and sorted. */
  browse(options: BrowseOptions): Promise<ItemPage>;

  /** Finds one item; its parts are read when they are asked for. */
  item(options: ItemOptions): Promise<RestorableItem>;

  /**
   * Yields what differs between two snapshots of one source. What they have in common is not read.
   *
   * @throws `ERR_SOURCE_MISMATCH`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if their sources differ.
   */
  diff(options: DiffOptions): AsyncGenerator<SnapshotDifference, void, void>;

  /**
   * Says which items a restore would bring where, as plain data. Choose single items, folders, or everything; the folders
   * they were in, or another; and what becomes of items that the target has already.
   */
  planRestore(options: PlanRestoreOptions): Promise<RestorePlan>;

  /** Says of each item of a plan what a restore into that target would do with it now. Writes nothing. */
  previewRestore(plan: RestorePlan, target: RestoreTarget, options?: OperationOptions): Promise<RestorePreview>;

  /**
   * Carries out a plan: creates its items in the target, with new ids there, unless the plan's policy leaves them alone.
   * Run again, also after an interruption at any moment, it goes on: what is there is not created twice, what is half
   * there is completed. An item that is refused is a line in the report; a target that is full, or does not allow
   * writing, ends the restore, and the report says so.
   *
   * @throws `ERR_WORKER_FAILED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if a worker thread ended.
   */
  restore(plan: RestorePlan, target: RestoreTarget, options?: RestoreOptions): Promise<RestoreReport>;

  /**
   * Checks that everything is there and sound. Problems are reported, not thrown.
   *
   * @throws `ERR_WORKER_FAILED`, a {@link @holdfast/contracts!RepositoryError | RepositoryError}, if a worker thread ended:
   * that says nothing about the repository.
   */
  check(options?: CheckOptions): Promise<CheckReport>;

  /**
   * Closes the repository and its destination, and forgets the keys; `await using` does the same at the end of its block.
   * Every later call throws a `TypeError`. Safe to repeat.
   */
  close(): Promise<void>;

  /** The same as {@link Repository.close}. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes the public face of an open repository. */
export function createRepositoryFace(opened: Vault): Repository {
  let closed = false;
  const vault = (): Vault => {
    if (closed) throw new TypeError('This repository is closed. Open it again, with a destination of its own.');
    return opened;
  };
  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    await opened.lanes.close();
    opened.keyring[Symbol.dispose]();
    await opened.index.close();
    await opened.destination[Symbol.asyncDispose]();
  }

  return {
    id: toHex(opened.keyring.repositoryId),
    encrypted: opened.keyring.encrypted,
    backup: async (source, options) =>
      backUp(vault(), requireSource(source), resolveBackupOptions(options, { capture: vault().capture })),
    async *snapshots({ source, checkpoints = false, onUnreadable, signal } = {}) {
      const { snapshots } = vault();
      const all = await snapshots.all({ signal });
      // A later call replaces what the store tells.
      const { lost } = snapshots;
      if (onUnreadable !== undefined) for (const { error } of lost) onUnreadable(error);
      const chosen = all
        .filter(({ snapshot }) => source === undefined || snapshot.source.id === source)
        .filter(({ snapshot }) => checkpoints || snapshot.state === 'complete');
      for (const [, chain] of Map.groupBy(chosen, ({ snapshot }) => snapshot.source.id)) {
        for (const { snapshot } of chain.toSorted(newestFirst)) yield snapshot;
      }
      if (lost[0] !== undefined && onUnreadable === undefined) throw lost[0].error;
    },
    async coverage(options) {
      const stored = await findSnapshot(vault().snapshots, options, options);
      return readCoverage(vault(), stored, options);
    },
    async *collections(options) {
      yield* listCollections(vault(), options);
    },
    browse: async (options) => browseItems(vault(), options),
    item: async (options) => findItem(vault(), options),
    async *diff(options) {
      yield* diffSnapshots(vault(), options);
    },
    planRestore: async (options) => planRestore(vault(), options),
    previewRestore: async (plan, target, options = {}) => previewRestore(vault(), plan, target, options),
    restore: async (plan, target, options) =>
      restoreItems(vault(), plan, target, resolveRestoreOptions(options, target)),
    check: async (options = {}) => checkRepository(vault(), options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Plain JavaScript is not held to types, and an address in the place of a mailbox is an easy mistake. */
function requireSource(source: Source): Source {
  if (typeof source?.collections === 'function') return source;
  throw new TypeError('backup needs a source, such as the mailbox that exchangeOnline(…).mailbox(…) gives');
}
