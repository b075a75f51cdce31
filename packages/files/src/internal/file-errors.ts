import { constants } from 'node:os';

import { SourceError } from '@holdfast/contracts';

/** The code of an error of the system; `UNKNOWN` for anything else. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const { code, errno } = error as NodeJS.ErrnoException;
  // libuv has no names for these two: the code then reads "Unknown system error -122".
  if (errno === -constants.errno.EDQUOT) return 'EDQUOT';
  if (errno === -constants.errno.ESTALE) return 'ESTALE';
  return code ?? 'UNKNOWN';
}

/** Whether an error of the system has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(systemCode(error));
}

/** Whether it says that nothing is there under that name any more. */
export function isMissing(error: unknown): boolean {
  // ELOOP: a symbolic link stands where a file was, and is not followed.
  return hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP');
}

/** Why nothing can be had from the folder as a whole. */
export function rootError(error: unknown, path: string): SourceError {
  if (SourceError.is(error)) return error;
  const reason = systemCode(error);
  if (isMissing(error)) return new SourceError('ERR_MAILBOX_NOT_FOUND', { mailbox: path, reason }, { cause: error });
  if (isDenied(reason)) return denied(path, error);
  return new SourceError('ERR_SOURCE_UNREACHABLE', { reason }, { cause: error });
}

/** Why a folder below the root cannot be listed. */
export function folderError(error: unknown, collection: string): SourceError {
  if (SourceError.is(error)) return error;
  const reason = systemCode(error);
  if (isMissing(error)) return new SourceError('ERR_COLLECTION_NOT_FOUND', { collection }, { cause: error });
  if (isDenied(reason)) return denied(collection, error);
  return new SourceError('ERR_SOURCE_PROTOCOL', { reason }, { cause: error });
}

/** Why a file cannot be read. */
export function fileError(error: unknown, item: string): SourceError {
  if (SourceError.is(error)) return error;
  if (isMissing(error)) return new SourceError('ERR_ITEM_NOT_FOUND', { item }, { cause: error });
  return new SourceError('ERR_ITEM_UNREADABLE', { item, reason: systemCode(error) }, { cause: error });
}

function isDenied(reason: string): boolean {
  return reason === 'EACCES' || reason === 'EPERM';
}

function denied(resource: string, cause: unknown): SourceError {
  return new SourceError('ERR_SOURCE_ACCESS_DENIED', { resource, reason: systemCode(cause) }, { cause });
}
