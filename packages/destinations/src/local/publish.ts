import { createHash } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { DestinationError } from '@holdfast/contracts';
import type { Clock } from '@holdfast/contracts';

import { hasCode } from './file-errors.ts';
import { statIfThere } from './folders.ts';

const STALE_LOCK_MS = 10_000;
const POLL_MS = 10;

/** What {@link publish} moves, and how. */
export interface Publication {
  /** A file with all bytes, flushed, in the folder for temporary files. */
  readonly temporary: string;
  /** Where it belongs. */
  readonly target: string;
  /** The object's name, for errors. */
  readonly name: string;
  /** Whether an object that is there stays. */
  readonly ifAbsent: boolean;
  /** What waits for another writer. */
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined;
}

/** Makes a finished file visible under its name in one step. */
export async function publish(publication: Publication): Promise<void> {
  const { temporary, target, name, ifAbsent } = publication;
  if (!ifAbsent) return rename(temporary, target);
  try {
    // Unlike `rename`, `link` fails if the target exists: the file system decides who was first.
    await link(temporary, target);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new DestinationError('ERR_OBJECT_EXISTS', { name }, { cause: error });
    // exFAT and FAT answer EPERM; Windows answers there with EISDIR, which is how libuv names ERROR_INVALID_FUNCTION.
    if (!hasCode(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EMLINK')) throw error;
    await publishUnderLock(publication);
  }
}

/**
 * The same on a file system without hard links: a lock file, created exclusively, is held around the last step.
 *
 * A lock that a crash left behind is removed once it has been seen unchanged for ten seconds; its owner only has two
 * quick calls to make.
 */
async function publishUnderLock({ temporary, target, name, clock, signal }: Publication): Promise<void> {
  const lock = join(dirname(temporary), `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.lock`);
  await acquire(lock, clock, signal);
  try {
    if ((await statIfThere(target)) !== undefined) throw new DestinationError('ERR_OBJECT_EXISTS', { name });
    await rename(temporary, target);
  } finally {
    await rm(lock, { force: true });
  }
}

async function acquire(lock: string, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  let seen: { readonly stamp: string; readonly since: number } | undefined;
  while (true) {
    signal?.throwIfAborted();
    try {
      await (await open(lock, 'wx')).close();
      return;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    const info = await statIfThere(lock);
    if (info === undefined) continue;
    const stamp = `${info.ino} ${info.ctimeMs}`;
    if (seen?.stamp !== stamp) seen = { stamp, since: clock.now() };
    if (clock.now() - seen.since >= STALE_LOCK_MS) await rm(lock, { force: true });
    else await clock.sleep(POLL_MS, { signal });
  }
}
