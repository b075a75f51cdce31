import { constants } from 'node:os';

import { DestinationError } from '@holdfast/contracts';
import type { DestinationErrorCode } from '@holdfast/contracts';

const CODES: Readonly<Record<string, DestinationErrorCode>> = {
  ENOSPC: 'ERR_STORAGE_FULL',
  EDQUOT: 'ERR_QUOTA_EXCEEDED',
  EROFS: 'ERR_READ_ONLY',
  EACCES: 'ERR_ACCESS_DENIED',
  EPERM: 'ERR_ACCESS_DENIED',
  // A folder of the name is an object.
  ENOTDIR: 'ERR_NAME_INVALID',
  ENAMETOOLONG: 'ERR_NAME_INVALID',
  EAGAIN: 'ERR_UNAVAILABLE',
  EBUSY: 'ERR_UNAVAILABLE',
  EMFILE: 'ERR_UNAVAILABLE',
  ENFILE: 'ERR_UNAVAILABLE',
  // What network shares answer while the server is away.
  EHOSTDOWN: 'ERR_UNAVAILABLE',
  EHOSTUNREACH: 'ERR_UNAVAILABLE',
  ENETUNREACH: 'ERR_UNAVAILABLE',
  ENOTCONN: 'ERR_UNAVAILABLE',
  ESTALE: 'ERR_UNAVAILABLE',
  ETIMEDOUT: 'ERR_UNAVAILABLE',
};

/** Whether an error of the system has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(systemCode(error));
}

/** Turns an error of the system into one of the contract; what already is one passes through. */
export function toDestinationError(error: unknown, name: string): DestinationError {
  if (DestinationError.is(error)) return error;
  const reason = systemCode(error);
  return new DestinationError(CODES[reason] ?? 'ERR_DESTINATION_FAULT', { name, reason }, { cause: error });
}

function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const { code, errno } = error as NodeJS.ErrnoException;
  // libuv has no names for these two: the code then reads "Unknown system error -122".
  if (errno === -constants.errno.EDQUOT) return 'EDQUOT';
  if (errno === -constants.errno.ESTALE) return 'ESTALE';
  return code ?? 'UNKNOWN';
}
