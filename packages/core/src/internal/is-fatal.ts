import { SourceError } from '@holdfast/contracts';
import type { SourceErrorCode } from '@holdfast/contracts';

/** Failures that concern the source as a whole: no other item would fare better. */
const FATAL: ReadonlySet<SourceErrorCode> = new Set<SourceErrorCode>([
  'ERR_CREDENTIALS_REJECTED',
  'ERR_MAILBOX_NOT_FOUND',
  'ERR_SOURCE_THROTTLED',
  'ERR_SOURCE_UNREACHABLE',
]);

/** Whether an error ends a backup or a restore, rather than being a line in its report. */
export function isFatal(error: unknown): boolean {
  return !SourceError.is(error) || FATAL.has(error.code);
}
