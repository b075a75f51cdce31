import { SourceError } from '@holdfast/contracts';
import type { ChangeEvent, ChangesOptions } from '@holdfast/contracts';

import { folderError, isMissing } from '../internal/file-errors.ts';
import { fileItem } from './file-item.ts';
import { readListing } from './folder-listing.ts';
import type { FolderListing } from './folder-listing.ts';
import { assertRootStays, realFolder } from './real-folder.ts';
import type { SourceContext } from './source-context.ts';

/** Items told between two checkpoints. */
const PAGE = 1000;

/**
 * Tells the files of a folder, oldest first. A cursor is a digest of what the folder listed: while it is the same, nothing
 * is told but the checkpoint; if it is another, the folder is told from its beginning.
 */
export async function* folderChanges(
  context: SourceContext,
  folderId: string,
  { cursor, signal }: ChangesOptions,
): AsyncGenerator<ChangeEvent, void, void> {
  signal?.throwIfAborted();
  const listing = await listingOf(context, folderId, signal);
  const last: ChangeEvent = { type: 'checkpoint', cursor: cursorAt(listing, listing.count), last: true };
  if (cursor === last.cursor) {
    yield last;
    return;
  }
  let place = 0;
  if (cursor !== undefined) {
    const told = toldBefore(cursor, listing);
    if (told === undefined) yield { type: 'collection-reset' };
    else place = told;
  }
  for (const { id: itemId, error } of listing.failed) yield { type: 'item-failed', itemId, error };
  while (place < listing.count) {
    await context.pace.rest();
    signal?.throwIfAborted();
    const { id, state } = listing.file(place);
    place += 1;
    yield { type: 'item-changed', item: fileItem(context, id, state) };
    if (place % PAGE === 0 && place < listing.count) {
      yield { type: 'checkpoint', cursor: cursorAt(listing, place), last: false };
    }
  }
  yield last;
}

/** The first number is the version of this form: what another version wrote is told from the beginning. */
function cursorAt({ digest }: FolderListing, told: number): string {
  return `1 ${digest} ${told}`;
}

/** How many files of this very listing were told up to that cursor. */
function toldBefore(cursor: string, listing: FolderListing): number | undefined {
  const told = Number(cursor.slice(cursor.lastIndexOf(' ') + 1));
  return Number.isSafeInteger(told) && told >= 0 && cursor === cursorAt(listing, told) ? told : undefined;
}

async function listingOf(
  context: SourceContext,
  folderId: string,
  signal: AbortSignal | undefined,
): Promise<FolderListing> {
  const { root } = context;
  try {
    const path = realFolder(root, folderId);
    if (path !== undefined) return await readListing(context, folderId, path, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isMissing(error)) throw folderError(error, folderId);
  }
  assertRootStays(root);
  throw new SourceError('ERR_COLLECTION_NOT_FOUND', { collection: folderId });
}
