/**
 * The backup engine: repositories with snapshots, over any {@link @holdfast/contracts!Destination | destination}, of any
 * {@link @holdfast/contracts!Source | source}. The format is `docs/format/`.
 *
 * @packageDocumentation
 */
export { captureModeFor } from './capture/capture-mode-for.ts';
export { createPause } from './progress/pause-gate.ts';
export { createRepository } from './repository/create-repository.ts';
export { openRepository } from './repository/open-repository.ts';
export { restoreText } from './restore/restore-text.ts';

export type {
  BackupOptions,
  BackupProgress,
  BackupTotals,
  CheckpointInterval,
  CheckpointWritten,
  CollectionStarted,
  ItemFailed,
  ItemStored,
} from './backup/backup-options.ts';
export type { BackupReport } from './backup/backup-report.ts';
export type {
  BrowseOptions,
  CollectionsOptions,
  ItemFilter,
  ItemPage,
  ItemSortField,
  ListedItem,
  SnapshotCollection,
} from './browse/browse.ts';
export type { DifferingCollection, DiffOptions, SnapshotDifference } from './browse/diff.ts';
export type { ItemOptions } from './browse/snapshot-item.ts';
export type { CaptureOptions, ResolvedCapture } from './capture/capture-options.ts';
export type {
  CapturePolicy,
  MonthlyCapture,
  NumberedDay,
  WeekdayOfMonth,
  Weekday,
  WeeklyCapture,
  WeekOfMonth,
  YearlyCapture,
  YearlyMonth,
} from './capture/capture-policy.ts';
export type { OperationProgress, ProgressCount, ProgressPhase } from './progress/operation-progress.ts';
export type { PauseGate } from './progress/pause-gate.ts';
export type {
  CheckLevel,
  CheckOptions,
  CheckProblem,
  CheckProgress,
  CheckReport,
  ObjectChecked,
} from './check/check-options.ts';
export type { BudgetOptions } from './repository/budget.ts';
export type { CompressionOptions } from './repository/compression.ts';
export type { CoverageOptions, Repository, SnapshotsOptions } from './repository/repository.ts';
export type {
  CreateRepositoryOptions,
  OpenRepositoryOptions,
  RepositoryEnvironment,
} from './repository/repository-options.ts';
export type { ConflictPolicy, RestoreAction } from './restore/restore-action.ts';
export type { ItemRestored, ItemRestoreFailed, RestoreOptions, RestoreProgress } from './restore/restore-options.ts';
export type {
  ItemChoice,
  PlannedCollection,
  PlannedItem,
  PlanRestoreOptions,
  RestorePlan,
} from './restore/restore-plan.ts';
export type { PreviewedCollection, PreviewedItem, PreviewTarget, RestorePreview } from './restore/restore-preview.ts';
export type {
  RestoredItem,
  RestoreEnd,
  RestoreCollectionFailure,
  RestoreFailure,
  RestoreOmission,
  RestoreReport,
} from './restore/restore-report.ts';
export type { SnapshotChoice } from './snapshot/find-snapshot.ts';
export type {
  CaptureMode,
  CollectionCoverage,
  CoverageLeftOut,
  CoverageReport,
  CoverageTotals,
  ItemFailure,
  PartOmission,
  Snapshot,
  SnapshotCapture,
  SnapshotSource,
  SnapshotStatistics,
} from './snapshot/snapshot.ts';
