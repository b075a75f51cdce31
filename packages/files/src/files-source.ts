import { noUsage } from '@holdfast/contracts';
import type { Source } from '@holdfast/contracts';

import { resolveFilesOptions } from './files-options.ts';
import type { FilesSourceOptions } from './files-options.ts';
import { createPace } from './internal/pace.ts';
import { folderChanges } from './source/folder-changes.ts';
import { locateFiles } from './source/locate-files.ts';
import { createReadMemory } from './source/read-memory.ts';
import { readFile } from './source/read-file.ts';
import type { SourceContext } from './source/source-context.ts';
import { walkFolders } from './source/walk-folders.ts';

/**
 * A folder of files as something to back up: its folders are the collections, its files the items.
 *
 * - The id of a folder or a file is its path below `path`, with `/`. So a file that is moved or renamed is another item;
 *   its content is stored already, and moving costs reading it once.
 * - A file has one part, its bytes, named like the file. Of an `.eml` file the summary is read from its head: subject,
 *   people, date.
 * - A folder is told anew when anything of its listing changed: a name, a size, a time of change. Only files of which size
 *   or times changed are read again.
 * - What a file delivers was in it at one moment: one that changes while it is read is read again, and if that does not
 *   help, or the file is too large to be held, it is `ERR_ITEM_UNREADABLE`, a line in the report.
 * - Symbolic links, sockets, pipes and devices are not followed and not read, but told as skipped, `kind-not-supported`.
 * - Owners and rights are not kept; of times, that of the last modification.
 *
 * Nothing is opened before it is asked for.
 *
 * @throws `TypeError` if the options make no sense; a folder that is missing is told by the first call.
 * @example Backing up a folder twice
 * ```ts
 * import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { createRepository } from '@holdfast/core';
 * import { memoryDestination } from '@holdfast/destinations/memory';
 * import { filesSource } from '@holdfast/files';
 *
 * const path = await mkdtemp(join(tmpdir(), 'letters-'));
 * await mkdir(join(path, 'june'));
 * await writeFile(join(path, 'june', 'hello.eml'), 'Subject: Hello\r\n\r\nHow are you?\r\n');
 *
 * const repository = await createRepository({ destination: memoryDestination(), key: 'none' });
 * const first = await repository.backup(filesSource({ path }));
 * console.log(first.result, first.snapshot.statistics.items); // complete 1
 * const second = await repository.backup(filesSource({ path }));
 * console.log(second.unchanged); // true
 * await repository.close();
 * ```
 */
export function filesSource(options: FilesSourceOptions): Source {
  const { root, id, clock } = resolveFilesOptions(options);
  const context: SourceContext = { root, clock, pace: createPace(clock), memory: createReadMemory() };
  return {
    id,
    title: root,
    usage: noUsage,
    collectionsAtOnce: 1,
    collections: (reading = {}) => walkFolders(context, reading),
    changes: (collection, reading = {}) => folderChanges(context, collection.id, reading),
    read: (item, reading = {}) => readFile(context, item, reading),
    locate: (itemIds, reading = {}) => locateFiles(context, itemIds, reading),
    async [Symbol.asyncDispose]() {
      // No file stays open between two calls.
    },
  };
}
