import type { CreatedItem, RestorableItem } from '@holdfast/contracts';
import type { ProgressMeter } from '../progress/progress-meter.ts';
import { noActions } from './restore-action.ts';
import type { RestoreAction } from './restore-action.ts';
import type { ResolvedRestoreOptions } from './restore-options.ts';
import type {
  RestoreCollectionFailure,
  RestoredItem,
  RestoreEnd,
  RestoreFailure,
  RestoreOmission,
} from './restore-report.ts';

/** An item of a plan, as the report names it. */
export type TalliedItem = Pick<RestoredItem, 'collection' | 'item' | 'subject'>;

/** Keeps the account of a restore, and tells of each item as it is done. */
export interface RestoreTally {
  /** Items of which something was decided or failed. */
  readonly items: readonly RestoredItem[];
  readonly failures: readonly RestoreFailure[];
  readonly omissions: readonly RestoreOmission[];
  readonly failedCollections: readonly RestoreCollectionFailure[];
  readonly actions: Readonly<Record<RestoreAction, number>>;
  /** Why the rest of the plan is not tried. */
  readonly ended: RestoreEnd | undefined;
  /** Notes an item that is done; `targetId` stands for it now. */
  done(item: TalliedItem, action: RestoreAction, created: CreatedItem): void;
  /** Notes an item that failed. An error that every other item would meet as well ends the restore. */
  failed(item: TalliedItem, error: RestoreEnd): void;
  /** Notes a collection that cannot be made; its items fail one by one. */
  collectionFailed(collection: string, error: RestoreEnd): void;
}

/** Errors that every other item would meet as well. */
const ENDS: ReadonlySet<string> = new Set(['ERR_SOURCE_ACCESS_DENIED', 'ERR_SOURCE_QUOTA_EXCEEDED']);

/** Makes the account of a restore of so many items. */
export function restoreTally(
  planned: number,
  { lines, onProgress }: ResolvedRestoreOptions,
  progress?: ProgressMeter,
): RestoreTally {
  const items: RestoredItem[] = [];
  const failures: RestoreFailure[] = [];
  const omissions: RestoreOmission[] = [];
  const failedCollections: RestoreCollectionFailure[] = [];
  const actions = noActions();
  let ended: RestoreEnd | undefined;
  let done = 0;

  return {
    items,
    failures,
    omissions,
    failedCollections,
    actions,
    get ended() {
      return ended;
    },

    done({ collection, item, subject }, action, { itemId: targetId, omitted }) {
      actions[action] += 1;
      done += 1;
      if (omitted.length > 0) omissions.push({ collection, item, targetId, omitted });
      const isOrdinary = action === 'create' || action === 'skip';
      if (lines === 'all' || !isOrdinary || omitted.length > 0)
        items.push({ collection, item, subject, action, targetId });
      progress?.add(1, 0);
      onProgress?.({ type: 'item-restored', collection, item, action, targetId, done, planned });
    },

    failed({ collection, item, subject }, { code, message }) {
      if (ENDS.has(code)) ended ??= { code, message };
      done += 1;
      failures.push({ collection, item, code, message });
      items.push({ collection, item, subject, action: 'fail', targetId: undefined });
      progress?.add(1, 0);
      onProgress?.({ type: 'item-restore-failed', collection, item, code, done, planned });
    },

    collectionFailed(collection, { code, message }) {
      failedCollections.push({ collection, code, message });
    },
  };
}

/** An item of a collection, as the report names it. */
export function tallied(collection: string, { id, summary }: Pick<RestorableItem, 'id' | 'summary'>): TalliedItem {
  return { collection, item: id, subject: summary.subject };
}
