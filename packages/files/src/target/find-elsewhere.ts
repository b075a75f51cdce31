import type { FindItemsOptions, RestorableItem } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { isMissing } from '../internal/file-errors.ts';
import { listEntries } from '../internal/list-entries.ts';
import { isTemporaryName } from '../internal/temporary-name.ts';
import { ROOT_ID, childId, nameOf, parentOf } from '../source/source-context.ts';
import { compareItem } from './compare-item.ts';
import { fold, originInName } from './item-layout.ts';
import type { ItemLayout } from './item-layout.ts';
import type { TargetContext } from './target-context.ts';

/** Where things are in a target, by what an item is looked for with, and what each was found to stand for. */
interface Everywhere {
  readonly places: ReadonlyMap<string, readonly string[]>;
  readonly claims: Map<string, string>;
}

/** One walk serves one restore, whose calls all bring the same function. */
const walked = new WeakMap<object, Promise<Everywhere>>();

/**
 * Finds an item in any folder of the target: a file by its name and content, anything else by the origin in its name. A file
 * that the snapshot has under that very path stands for itself.
 */
export async function findElsewhere(
  context: TargetContext,
  { item, layout }: { readonly item: RestorableItem; readonly layout: ItemLayout },
  { signal, snapshotItems, isInSnapshot }: FindItemsOptions,
): Promise<string | undefined> {
  const known = snapshotItems && walked.get(snapshotItems);
  const everywhere = known ?? walkTarget(context, signal);
  if (snapshotItems !== undefined && known === undefined) {
    walked.set(snapshotItems, everywhere);
    everywhere.catch(() => walked.delete(snapshotItems));
  }
  const { places, claims } = await everywhere;
  for (const id of places.get(layout.isFile ? fold(layout.name) : layout.origin) ?? []) {
    if ((claims.get(id) ?? layout.origin) !== layout.origin) continue;
    if (layout.isFile && id !== item.id && (await isInSnapshot?.(id)) === true) continue;
    const where = { folderId: parentOf(id), name: nameOf(id), layout };
    if ((await compareItem(context, where, item, { signal }).catch(noneIfUnreadable)) !== 'same') continue;
    claims.set(id, layout.origin);
    return id;
  }
  return undefined;
}

function noneIfUnreadable(error: unknown): 'absent' {
  if (error instanceof Error && 'syscall' in error) return 'absent';
  throw error;
}

async function walkTarget({ root, pace }: TargetContext, signal: AbortSignal | undefined): Promise<Everywhere> {
  const places = new Map<string, string[]>();
  const waiting = [ROOT_ID];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    await pace.rest();
    signal?.throwIfAborted();
    try {
      const { files, folders } = await listEntries(id === ROOT_ID ? root : pathOf(root, id), pace, signal);
      for (const name of files) {
        const key = originInName(name) ?? fold(name);
        const ids = places.get(key) ?? [];
        ids.push(childId(id, name));
        places.set(key, ids);
      }
      for (const name of folders) if (!isTemporaryName(name)) waiting.push(childId(id, name));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return { places, claims: new Map() };
}
