import { unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DestinationError } from '@holdfast/contracts';
import type { Destination, ObjectInfo } from '@holdfast/contracts';

import { assertByteRange } from '../internal/byte-range.ts';
import { callGate } from '../internal/call-gate.ts';
import { assertObjectName, isNameSegment } from '../internal/object-name.ts';
import { hasCode, toDestinationError } from './file-errors.ts';
import { assertFolder, foldersBelow, statIfThere } from './folders.ts';
import { resolveLocalDestinationOptions } from './local-options.ts';
import type { LocalDestinationOptions } from './local-options.ts';
import { publish } from './publish.ts';
import { readRange } from './read-range.ts';
import { syncFolder } from './sync-folder.ts';
import { INCOMING, removeQuietly, removeStaleFiles, writeTemporaryFile } from './temporary-files.ts';
import { walk } from './walk.ts';

/**
 * Keeps objects as files below one folder of a local disk, a removable drive or a mounted share.
 *
 * An object is written to a temporary file, flushed, and moved into place in one step; then its folder is flushed too.
 * So a crash or a power cut leaves a whole object or none. Unfinished files lie in `.incoming`, are never listed, and
 * are removed a day later. Windows cannot flush folders; there the file alone is flushed.
 *
 * `ifAbsent` is decided by the file system with a hard link. FAT and exFAT have none: there a lock file stands in, which
 * can fail only if a writer is stopped for more than ten seconds in the middle of its last step.
 *
 * The folder and everything below it must be one file system. The folder itself may be a symbolic link; links below it
 * are neither followed nor listed, and a write through one is refused. A name cannot be an object and the beginning of
 * another at the same time (`a` and `a/b`): the second is refused with `ERR_NAME_INVALID`.
 *
 * @example Keeping backups on a drive that must be connected
 * ```ts no-run
 * import { localDestination } from '@holdfast/destinations/local';
 *
 * const destination = localDestination({ path: '/media/ada/backups', create: false });
 * for await (const { name, size } of destination.list('snapshots/')) console.log(name, size);
 * await destination[Symbol.asyncDispose]();
 * ```
 */
export function localDestination(options: LocalDestinationOptions): Destination {
  const resolved = resolveLocalDestinationOptions(options);
  const { root, create, clock } = resolved;
  const title = `folder ${root}`;
  const gate = callGate(title);
  const folders = foldersBelow(resolved);
  let tidied = false;

  /** Runs one call: names are checked first, then the signal; whatever the system throws leaves as a typed error. */
  function operate<T>(name: string, signal: AbortSignal | undefined, action: () => Promise<T>): Promise<T> {
    return gate.run(async () => {
      assertObjectName(name);
      signal?.throwIfAborted();
      try {
        return await action();
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof RangeError) throw error;
        throw toDestinationError(error, name);
      }
    });
  }

  /** The path of an existing object's file; `undefined` if its folder is missing. */
  async function locate(name: string): Promise<string | undefined> {
    const segments = name.split('/');
    const folder = await folders.find(segments.slice(0, -1));
    return folder === undefined ? undefined : join(folder, segments.at(-1) ?? '');
  }

  async function notFound(name: string): Promise<DestinationError> {
    if (!create) await assertFolder(root);
    return new DestinationError('ERR_OBJECT_NOT_FOUND', { name });
  }

  async function write(name: string, bytes: Uint8Array, ifAbsent: boolean, signal?: AbortSignal): Promise<void> {
    const segments = name.split('/');
    const folder = await folders.prepare(segments.slice(0, -1));
    const incoming = await folders.prepare([INCOMING]);
    const target = join(folder, segments.at(-1) ?? '');
    const temporary = await writeTemporaryFile(incoming, bytes, signal);
    try {
      if (!tidied) {
        tidied = true;
        await removeStaleFiles(incoming, temporary);
      }
      signal?.throwIfAborted();
      await publish({ temporary, target, name, ifAbsent, clock, signal });
    } catch (error) {
      const there = await statIfThere(target).catch(() => undefined);
      if (there?.isDirectory()) {
        throw new DestinationError('ERR_NAME_INVALID', { name }, { cause: error });
      }
      throw error;
    } finally {
      await removeQuietly(temporary);
    }
    await syncFolder(dirname(target));
  }

  async function* infos(prefix: string, signal: AbortSignal | undefined): AsyncGenerator<ObjectInfo, void, void> {
    signal?.throwIfAborted();
    const cut = prefix.lastIndexOf('/') + 1;
    const segments = prefix.slice(0, cut).split('/').slice(0, -1);
    if (!create) await assertFolder(root);
    // No object lies below a folder that no name can have; `..` ends here.
    if (!segments.every(isNameSegment)) return;
    try {
      const path = await folders.find(segments);
      if (path === undefined) return;
      yield* walk({ path, parent: prefix.slice(0, cut), beginning: prefix.slice(cut) }, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw toDestinationError(error, prefix);
    }
  }

  return {
    title,
    capabilities: { conditionalPut: 'atomic', clock: 'store' },

    put: (name, bytes, { ifAbsent = false, signal } = {}) =>
      operate(name, signal, async () => {
        try {
          await write(name, bytes, ifAbsent, signal);
        } catch (error) {
          // Somebody has removed a folder that was there: make it again, once.
          if (!hasCode(error, 'ENOENT')) throw error;
          folders.forget();
          await write(name, bytes, ifAbsent, signal);
        }
      }),

    get: (name, { range, signal } = {}) =>
      operate(name, signal, async () => {
        assertByteRange(range);
        const path = await locate(name);
        const bytes = path === undefined ? undefined : await readRange(path, name, range, signal);
        if (bytes === undefined) throw await notFound(name);
        signal?.throwIfAborted();
        return bytes;
      }),

    fileOf: (name, ranges, { signal } = {}) =>
      operate(name, signal, () => {
        for (const range of ranges) assertByteRange(range);
        return locate(name);
      }),

    stat: (name, { signal } = {}) =>
      operate(name, signal, async () => {
        const path = await locate(name);
        const info = path === undefined ? undefined : await statIfThere(path);
        if (!info?.isFile()) throw await notFound(name);
        signal?.throwIfAborted();
        return { name, size: info.size, modified: Math.floor(info.mtimeMs) };
      }),

    list: (prefix, { signal } = {}) => gate.iterate(() => infos(prefix, signal)),

    delete: (name, { signal } = {}) =>
      operate(name, signal, async () => {
        const path = await locate(name);
        const info = path === undefined ? undefined : await statIfThere(path);
        signal?.throwIfAborted();
        if (path === undefined || !info?.isFile()) {
          if (!create) await assertFolder(root);
          return;
        }
        await unlink(path).catch((error: unknown) => {
          if (!hasCode(error, 'ENOENT')) throw error; // else another call was faster
        });
        await syncFolder(dirname(path));
      }),

    [Symbol.asyncDispose]: () => gate.close(),
  };
}
