import { existsSync } from 'node:fs';

import { SourceError } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { hasCode, systemCode } from '../internal/file-errors.ts';
import { realFolder } from '../source/real-folder.ts';
import { ROOT_ID } from '../source/source-context.ts';
import type { TargetContext } from './target-context.ts';

/** Throws unless a folder of the target is there. */
export function assertFolder(root: string, folderId: string): void {
  if (realFolder(root, folderId) !== undefined && (folderId !== ROOT_ID || existsSync(root))) return;
  throw new SourceError('ERR_COLLECTION_NOT_FOUND', { collection: folderId });
}

/** The path of an entry, for calls of `node:fs`, which take bytes too, whatever their types say here. */
export function pathIn({ root }: Pick<TargetContext, 'root'>, id: string): string {
  return pathOf(root, id) as string;
}

/** Why a folder could not be made: a name that is not possible, or what every other one would meet as well. */
export function makingError(error: unknown, root: string): SourceError {
  if (SourceError.is(error)) return error;
  return (
    ending(error, root) ?? new SourceError('ERR_COLLECTION_REFUSED', { reason: systemCode(error) }, { cause: error })
  );
}

/** Why an item could not be written. What is no error of the system passes through. */
export function itemErrorOf(
  error: unknown,
  {
    context: { root },
    folderId,
    item,
    signal,
  }: {
    readonly context: TargetContext;
    readonly folderId: string;
    readonly item: string;
    readonly signal: AbortSignal | undefined;
  },
): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  try {
    assertFolder(root, folderId);
  } catch (missing) {
    return missing;
  }
  return (
    ending(error, root) ?? new SourceError('ERR_ITEM_REFUSED', { item, reason: systemCode(error) }, { cause: error })
  );
}

function ending(error: unknown, root: string): SourceError | undefined {
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) {
    return new SourceError('ERR_SOURCE_QUOTA_EXCEEDED', { mailbox: root }, { cause: error });
  }
  if (hasCode(error, 'EROFS')) {
    return new SourceError('ERR_SOURCE_ACCESS_DENIED', { resource: root, reason: 'EROFS' }, { cause: error });
  }
  return undefined;
}
