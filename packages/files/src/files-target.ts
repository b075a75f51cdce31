import { noUsage } from '@holdfast/contracts';
import type { RestoreTarget } from '@holdfast/contracts';

import { resolveFilesTargetOptions } from './files-options.ts';
import type { FilesTargetOptions } from './files-options.ts';
import { createPace } from './internal/pace.ts';
import { completeItem, createItem } from './target/create-item.ts';
import { deleteItem } from './target/delete-item.ts';
import { findFolder, makeFolders } from './target/find-folder.ts';
import { findItems } from './target/find-items.ts';
import { itemLayouts } from './target/item-layout.ts';
import type { TargetContext } from './target/target-context.ts';
import { assertFolder } from './target/target-errors.ts';
import { targetFolders } from './target/target-folders.ts';

/** A disk is not throttled, and each thread of the engine is to have something to write. */
const CONCURRENCY = 1024;

/**
 * A folder as something to restore into: files that were backed up by {@link filesSource}, or mail of a mailbox.
 *
 * - A file comes back under its name. Nothing is ever written outside the folder, whatever names a snapshot holds: what this
 *   system cannot have as a name is replaced, with a hash of the name at the end, and told as `NameNotPossible` among what
 *   was omitted.
 * - A message of a mailbox becomes an `.eml` file named by date, subject and a hash that stands for the message. Its other
 *   parts, such as `properties.json`, lie in a folder beside it that ends in `.parts`.
 * - Two things are the same if their bytes are. Another version of a file is what has its name and other bytes. A version that
 *   is created beside another one has a hash in its name; with `replace` it then takes the name of the old one, in one step.
 * - A file is written under a temporary name and then given its own, so a restore that was killed leaves nothing half there
 *   for good. After a loss of power, run the restore again with `replace`: files are not flushed one by one.
 * - The time of the last modification is restored; owners and rights are those of whoever restores.
 *
 * The folder is made by the first restore. It must not lie in several file systems.
 *
 * @throws `TypeError` if the options make no sense.
 * @example Restoring a folder into another one
 * ```ts
 * import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { createRepository } from '@holdfast/core';
 * import { memoryDestination } from '@holdfast/destinations/memory';
 * import { filesSource, filesTarget } from '@holdfast/files';
 *
 * const path = await mkdtemp(join(tmpdir(), 'letters-'));
 * await writeFile(join(path, 'hello.txt'), 'How are you?');
 * const repository = await createRepository({ destination: memoryDestination(), key: 'none' });
 * await repository.backup(filesSource({ path }));
 *
 * const restored = join(path, 'restored');
 * const plan = await repository.planRestore({ snapshot: 'latest' });
 * const report = await repository.restore(plan, filesTarget({ path: restored }));
 * console.log(report.result, await readFile(join(restored, 'hello.txt'), 'utf8')); // complete How are you?
 * await repository.close();
 * ```
 */
export function filesTarget(options: FilesTargetOptions): RestoreTarget {
  const resolved = resolveFilesTargetOptions(options);
  const { root, id, clock, isPortable } = resolved;
  const pace = createPace(clock);
  const folders = targetFolders(root, clock, pace);
  const context: TargetContext = { ...resolved, pace, folders, layoutOf: itemLayouts(isPortable) };
  return {
    id,
    title: root,
    usage: noUsage,
    concurrency: CONCURRENCY,

    async findCollection(path, { signal } = {}) {
      signal?.throwIfAborted();
      const folderId = findFolder(context, path);
      if (folderId !== undefined) await folders.open(folderId, { tidy: false, signal });
      return folderId;
    },

    async prepareCollection(path, { signal } = {}) {
      signal?.throwIfAborted();
      const folderId = makeFolders(context, path);
      await folders.open(folderId, { tidy: true, signal });
      return folderId;
    },

    async findItems(collectionId, items, finding = {}) {
      if (collectionId !== undefined) assertFolder(root, collectionId);
      return findItems(context, collectionId, items, finding);
    },

    createItem: (collectionId, item, creating = {}) => createItem(context, collectionId, item, creating),
    completeItem: (itemId, item, completing = {}) => completeItem(context, itemId, item, completing),
    deleteItem: (itemId, deleting = {}) => deleteItem(context, itemId, deleting),
  };
}
