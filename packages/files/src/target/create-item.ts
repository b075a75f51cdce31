import { mkdirSync, rmSync } from 'node:fs';

import { SourceError } from '@holdfast/contracts';
import type { CreatedItem, OperationOptions, PartToSave, RestorableItem } from '@holdfast/contracts';

import { temporaryName } from '../internal/temporary-name.ts';
import { childId, nameOf, parentOf } from '../source/source-context.ts';
import { claim } from './find-items.ts';
import { fold, partsFolderOf } from './item-layout.ts';
import type { ItemLayout } from './item-layout.ts';
import type { TargetContext } from './target-context.ts';
import { noteOrigin } from './target-folders.ts';
import type { StandIn } from './target-folders.ts';
import { assertFolder, itemErrorOf, pathIn } from './target-errors.ts';
import { isTaken, makeFolder, publishFile, publishFolder } from './publish-files.ts';

const MOST_NAMES = 1000;

/** What the steps of writing one item share. */
interface Writing {
  readonly context: TargetContext;
  readonly folderId: string;
  readonly item: RestorableItem;
  readonly layout: ItemLayout;
  readonly options: OperationOptions;
}

/** Writes an item into a folder, under its own name, or beside what has that name. */
export async function createItem(
  context: TargetContext,
  folderId: string,
  item: RestorableItem,
  options: OperationOptions,
): Promise<CreatedItem> {
  options.signal?.throwIfAborted();
  context.folders.assertThere(folderId);
  const layout = context.layoutOf(item);
  const { omitted } = layout;
  let name: string;
  try {
    name = await writeItem({ context, folderId, item, layout, options });
  } catch (error) {
    throw itemErrorOf(error, { context, folderId, item: item.id, signal: options.signal });
  } finally {
    item.release();
  }
  const known = context.folders.get(folderId);
  known.written?.add(fold(name));
  noteOrigin(known.byOrigin, name);
  claim(context, folderId, name, layout);
  if (!layout.isFile || name === layout.name) return { itemId: childId(folderId, name), omitted };
  const standIn: StandIn = { name };
  known.standIns.set(layout.name, standIn);
  return {
    // Where the other version is deleted in its favour, it takes that name.
    get itemId() {
      return childId(folderId, standIn.name);
    },
    omitted,
  };
}

/** Adds to an item the files it lacks. */
export async function completeItem(
  context: TargetContext,
  itemId: string,
  item: RestorableItem,
  options: OperationOptions,
): Promise<CreatedItem> {
  const { signal } = options;
  signal?.throwIfAborted();
  const folderId = parentOf(itemId);
  assertFolder(context.root, folderId);
  const layout = context.layoutOf(item);
  try {
    for (const { part, path } of layout.files(nameOf(itemId))) {
      const id = childId(folderId, path);
      if (isTaken(pathIn(context, id))) continue;
      makeFoldersOf(context, folderId, path);
      const temporary = pathIn(context, childId(folderId, temporaryName()));
      await item.saveParts([{ part, path: temporary, modified: modifiedOf(item) }], options);
      if (!publishFile(temporary, pathIn(context, id))) rmSync(temporary, { force: true });
    }
  } catch (error) {
    throw itemErrorOf(error, { context, folderId, item: item.id, signal });
  } finally {
    item.release();
  }
  return { itemId, omitted: layout.omitted };
}

/** Makes the folders that a part lies in, below the folder of its item. */
function makeFoldersOf(context: TargetContext, folderId: string, path: string): void {
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    makeFolder(pathIn(context, childId(folderId, path.slice(0, end))));
  }
}

/** Writes the files under temporary names, then gives them theirs, the one that stands for the item last. */
async function writeItem(writing: Writing): Promise<string> {
  const { context, folderId, item, layout, options } = writing;
  const files = layout.files(layout.name);
  const message = files.find(({ path }) => path === layout.name);
  const partsName = files.length > (message === undefined ? 0 : 1) ? temporaryName() : undefined;
  const parts = partsName === undefined ? undefined : pathIn(context, childId(folderId, partsName));
  const temporary = message === undefined ? undefined : pathIn(context, childId(folderId, temporaryName()));
  const modified = modifiedOf(item);
  try {
    if (parts !== undefined) mkdirSync(parts);
    const places = files.map(({ part, path }): PartToSave => {
      if (part === message?.part) return { part, path: temporary ?? '', modified };
      const below = `${partsName}${path.slice(path.indexOf('/'))}`;
      makeFoldersOf(context, folderId, below);
      return { part, path: pathIn(context, childId(folderId, below)), modified };
    });
    await item.saveParts(places, options);
    await context.pace.rest();
    options.signal?.throwIfAborted();
    return publish(writing, temporary, parts);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    if (parts !== undefined) rmSync(parts, { recursive: true, force: true });
    throw error;
  }
}

function publish(
  { context, folderId, item, layout }: Writing,
  temporary: string | undefined,
  temporaryParts: string | undefined,
): string {
  for (let attempt = -1; attempt < MOST_NAMES; attempt += 1) {
    const name = attempt < 0 ? layout.name : layout.versionName(attempt);
    const path = pathIn(context, childId(folderId, name));
    if (temporaryParts !== undefined) {
      const parts = pathIn(context, childId(folderId, partsFolderOf(name)));
      if (isTaken(path) || !publishFolder(temporaryParts, parts)) continue;
      if (temporary === undefined || publishFile(temporary, path)) return name;
      publishFolder(parts, temporaryParts);
    } else if (temporary === undefined || publishFile(temporary, path)) return name;
  }
  throw new SourceError('ERR_ITEM_REFUSED', { item: item.id, reason: 'EEXIST' });
}

/** When the content of a file changed last; of a message, its date. */
function modifiedOf({ volatile, summary }: RestorableItem): number | undefined {
  const { modified = summary.date } = volatile;
  return typeof modified === 'number' && Number.isFinite(modified) ? modified : undefined;
}
