import { SourceError } from '@holdfast/contracts';
import type { FindItemsOptions, ItemPresence, RestorableItem } from '@holdfast/contracts';

import { hasCode } from '../internal/file-errors.ts';
import { childId } from '../source/source-context.ts';
import { compareItem, fileIdentity } from './compare-item.ts';
import type { Comparison } from './compare-item.ts';
import { findElsewhere } from './find-elsewhere.ts';
import { fold } from './item-layout.ts';
import type { ItemLayout } from './item-layout.ts';
import { splitName } from './safe-name.ts';
import type { TargetContext } from './target-context.ts';

/** An item that is looked for, with the names it may have and what lies there. */
interface Sought {
  readonly item: RestorableItem;
  readonly layout: ItemLayout;
  readonly found: readonly { readonly name: string; readonly comparison: Comparison }[];
}

const NOTHING_THERE: ItemPresence = { same: undefined, whole: false, omitted: [], others: [] };

/**
 * Tells what a folder holds of items. Of a file, the one of its name is the item, or another version of it; unless it was
 * found to stand for another item that only bears the same name. What bears the origin of an item in its name is that item.
 */
export async function findItems(
  context: TargetContext,
  folderId: string | undefined,
  items: readonly RestorableItem[],
  options: FindItemsOptions,
): Promise<readonly ItemPresence[]> {
  const { signal, scope = 'collection' } = options;
  const sought: (Sought | undefined)[] = [];
  for (const item of items) {
    signal?.throwIfAborted();
    try {
      sought.push(await look(context, folderId, item, options));
    } catch (error) {
      signal?.throwIfAborted();
      if (isOfSystem(error) && hasCode(error, 'EIO', 'ESTALE', 'ENOTCONN')) throw unreachable(error);
      // Creating it shows what is wrong.
      sought.push(undefined);
    }
  }
  // All that is the same first: it must not be taken for another version of its neighbour.
  for (const one of sought) if (one !== undefined && folderId !== undefined) claimSame(context, folderId, one);

  const told: ItemPresence[] = [];
  for (const one of sought) {
    const here = one === undefined ? NOTHING_THERE : presenceOf(context, folderId, one);
    const isNowhere = here.same === undefined && here.others.length === 0;
    const elsewhere =
      scope === 'everywhere' && isNowhere && one !== undefined ? await findElsewhere(context, one, options) : undefined;
    told.push(elsewhere === undefined ? here : { ...here, same: elsewhere, whole: true });
  }
  return told;
}

async function look(
  context: TargetContext,
  folderId: string | undefined,
  item: RestorableItem,
  { signal }: FindItemsOptions,
): Promise<Sought> {
  const layout = context.layoutOf(item);
  const found: { readonly name: string; readonly comparison: Comparison }[] = [];
  for (const name of folderId === undefined ? [] : namesOf(context, folderId, layout)) {
    const comparison = await compareItem(context, { folderId: folderId ?? '', name, layout }, item, { signal });
    if (comparison !== 'absent') found.push({ name, comparison });
  }
  return { item, layout, found };
}

/** The names under which the item may lie. */
function namesOf({ folders }: TargetContext, folderId: string, layout: ItemLayout): readonly string[] {
  const { written, byOrigin } = folders.get(folderId);
  if (layout.isFile) {
    const names = [layout.name, layout.versionName(0)];
    return written === undefined ? names : names.filter((name) => written.has(fold(name)));
  }
  const { extension } = splitName(layout.name);
  const names = byOrigin.get(layout.origin) ?? [];
  // A folder of parts whose message was not written any more.
  return [...new Set(names.map((name) => `${splitName(name).stem}${extension}`))];
}

function claimSame(context: TargetContext, folderId: string, { layout, found }: Sought): void {
  for (const { name, comparison } of found) {
    if (comparison !== 'same' || claimedByAnother(context, folderId, name, layout)) continue;
    claim(context, folderId, name, layout);
    return;
  }
}

function presenceOf(context: TargetContext, folderId: string | undefined, { layout, found }: Sought): ItemPresence {
  if (folderId === undefined) return NOTHING_THERE;
  const own = found.filter(({ name }) => !claimedByAnother(context, folderId, name, layout));
  const same =
    own.find(({ comparison }) => comparison === 'same') ?? own.find(({ comparison }) => comparison === 'partial');
  const others = own.filter(({ name, comparison }) => {
    if (comparison !== 'other') return false;
    // What only looks like a copy that we made is left alone.
    return !layout.isFile || name === layout.name;
  });
  const [other] = others;
  if (layout.isFile && same !== undefined && other !== undefined) {
    context.folders.get(folderId).standIns.set(other.name, { name: same.name });
  }
  return {
    same: same && childId(folderId, same.name),
    whole: same?.comparison === 'same',
    omitted: same === undefined ? [] : layout.omitted,
    others: others.map(({ name }) => childId(folderId, name)),
  };
}

/** Notes which item a file stands for. */
export function claim(
  { folders }: TargetContext,
  folderId: string,
  name: string,
  { origin, isFile }: ItemLayout,
): void {
  if (!isFile) return;
  const { claims } = folders.get(folderId);
  const folded = fold(name);
  const own = claims.get(folded);
  if (own === undefined) claims.set(folded, [{ name, origin }]);
  else own.push({ name, origin });
}

function claimedByAnother(
  { root, folders }: TargetContext,
  folderId: string,
  name: string,
  { origin }: ItemLayout,
): boolean {
  const alike = folders.get(folderId).claims.get(fold(name));
  if (alike === undefined) return false;
  // Names that differ in case alone may be one file, or two.
  const identity = fileIdentity(root, childId(folderId, name));
  if (identity === undefined) return false;
  const claimed = alike.findLast((one) => fileIdentity(root, childId(folderId, one.name)) === identity);
  return claimed !== undefined && claimed.origin !== origin;
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function unreachable(cause: unknown): SourceError {
  return new SourceError('ERR_SOURCE_UNREACHABLE', { reason: 'the disk or the share failed' }, { cause });
}
