import { statSync } from 'node:fs';
import { basename } from 'node:path';

import type { Collection, CollectionEvent, OperationOptions, SkipCause } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { folderError, isMissing, rootError } from '../internal/file-errors.ts';
import { listEntries } from '../internal/list-entries.ts';
import type { FolderEntries } from '../internal/list-entries.ts';
import { isTemporaryName } from '../internal/temporary-name.ts';
import { assertRoot } from './real-folder.ts';
import { ROOT_ID, ROOT_ROLE, childId, nameOf } from './source-context.ts';
import type { SourceContext } from './source-context.ts';

interface Found {
  readonly collection: Collection;
  /** What the folders above are to the system, and this one. */
  readonly identities: readonly string[];
}

/**
 * Yields the folder and those below it, parents first.
 *
 * What is no folder and no ordinary file (a symbolic link, a socket, a pipe, a device) is told as skipped, and so is a
 * folder that is one of those above it once more.
 */
export async function* walkFolders(
  context: SourceContext,
  { signal }: OperationOptions,
): AsyncGenerator<CollectionEvent, void, void> {
  const { root, pace } = context;
  signal?.throwIfAborted();
  assertRoot(root);
  const name = basename(root) === '' ? root : basename(root);
  const top: Collection = {
    id: ROOT_ID,
    parentId: undefined,
    path: [ROOT_ID],
    name,
    kind: 'other',
    role: ROOT_ROLE,
    hidden: false,
    metadata: {},
  };
  const waiting: Found[] = [{ collection: top, identities: [] }];
  for (let found = waiting.pop(); found !== undefined; found = waiting.pop()) {
    const { collection, identities } = found;
    const { id } = collection;
    const isRoot = id === ROOT_ID;
    const path = isRoot ? root : pathOf(root, id);
    let entries: FolderEntries;
    let identity: string | undefined;
    try {
      identity = identityOf(path);
      if (identity !== undefined && identities.includes(identity)) {
        yield skipped(collection, 'search-folder');
        continue;
      }
      entries = await listEntries(path, pace, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (isRoot) throw rootError(error, root);
      if (isMissing(error)) continue; // deleted since the one above was listed
      yield { type: 'collection-found', collection };
      yield { type: 'collection-failed', collection, error: folderError(error, id) };
      continue;
    }
    const itemCount = entries.files.filter((file) => !isTemporaryName(file)).length;
    yield { type: 'collection-found', collection: { ...collection, itemCount } };
    for (const other of entries.others.toSorted()) yield skipped(below(collection, other), 'kind-not-supported');
    const own = identity === undefined ? identities : [...identities, identity];
    for (const folder of entries.folders.toSorted().toReversed()) {
      if (!isTemporaryName(folder)) waiting.push({ collection: below(collection, folder), identities: own });
    }
    await pace.rest();
    signal?.throwIfAborted();
  }
}

/** What tells a folder from every other one; `undefined` where the file system has nothing of the kind. */
function identityOf(path: string | Uint8Array<ArrayBuffer>): string | undefined {
  const { dev, ino } = statSync(path as string, { bigint: true });
  return ino === 0n ? undefined : `${dev}:${ino}`;
}

function skipped(collection: Collection, cause: Exclude<SkipCause, 'vanished'>): CollectionEvent {
  return { type: 'collection-skipped', collection, cause };
}

function below({ id: parentId, path }: Collection, name: string): Collection {
  const id = childId(parentId, name);
  return {
    id,
    parentId,
    path: [...path, id],
    name: nameOf(id),
    kind: 'other',
    role: undefined,
    hidden: name.startsWith('.'),
    metadata: {},
  };
}
