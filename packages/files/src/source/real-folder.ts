import { lstatSync, statSync } from 'node:fs';

import { SourceError } from '@holdfast/contracts';

import { isBelowRoot, pathOf } from '../internal/entry-name.ts';
import { isMissing, rootError, systemCode } from '../internal/file-errors.ts';
import { ROOT_ID } from './source-context.ts';

/** Throws unless the root is there: with a drive that went away, every folder would seem deleted. */
export function assertRoot(root: string): void {
  try {
    if (statSync(root).isDirectory()) return;
  } catch (error) {
    throw rootError(error, root);
  }
  throw new SourceError('ERR_MAILBOX_NOT_FOUND', { mailbox: root, reason: 'ENOTDIR' });
}

/** The same in the course of a run, where it is no mistake in the path but a source out of reach. */
export function assertRootStays(root: string): void {
  try {
    assertRoot(root);
  } catch (error) {
    const reason = SourceError.is(error, 'ERR_MAILBOX_NOT_FOUND') ? 'the folder is gone' : systemCode(error);
    throw new SourceError('ERR_SOURCE_UNREACHABLE', { reason }, { cause: error });
  }
}

/**
 * The path of a folder, if it is one and lies below the root, reached through no symbolic link; otherwise `undefined`.
 * Throws other errors of the system.
 */
export function realFolder(root: string, id: string): string | Uint8Array<ArrayBuffer> | undefined {
  if (id === ROOT_ID) return root;
  if (!isBelowRoot(id)) return undefined;
  for (let end = id.indexOf('/'); ; end = id.indexOf('/', end + 1)) {
    const path = pathOf(root, end < 0 ? id : id.slice(0, end));
    const info = lstatIfThere(path);
    if (info?.isDirectory() !== true) return undefined;
    if (end < 0) return path;
  }
}

function lstatIfThere(path: string | Uint8Array<ArrayBuffer>): ReturnType<typeof lstatSync> {
  try {
    return lstatSync(path as string, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
