import { constants } from 'node:os';

import { DestinationError } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';

import { toDestinationError } from '../../src/local/file-errors.ts';

/** An error as Node makes it. */
function systemError(code: string, errno = -1): Error {
  return Object.assign(new Error(`${code}: something went wrong, open '/x'`), { code, errno, syscall: 'open' });
}

describe('toDestinationError', () => {
  it.each([
    ['ENOSPC', 'ERR_STORAGE_FULL'],
    ['EDQUOT', 'ERR_QUOTA_EXCEEDED'],
    ['EROFS', 'ERR_READ_ONLY'],
    ['EACCES', 'ERR_ACCESS_DENIED'],
    ['EPERM', 'ERR_ACCESS_DENIED'],
    ['EBUSY', 'ERR_UNAVAILABLE'],
    ['EMFILE', 'ERR_UNAVAILABLE'],
    ['EIO', 'ERR_DESTINATION_FAULT'],
    ['EXDEV', 'ERR_DESTINATION_FAULT'],
  ])('turns %s into %s and keeps the cause', (code, expected) => {
    const cause = systemError(code);
    const error = toDestinationError(cause, 'data/aa');
    expect(error).toBeInstanceOf(DestinationError);
    expect(error.code).toBe(expected);
    expect(error.cause).toBe(cause);
    expect(error.details).toEqual({ name: 'data/aa', reason: code });
  });

  it('knows the numbers for which Node has no name', () => {
    const quota = systemError('Unknown system error -122', -constants.errno.EDQUOT);
    expect(toDestinationError(quota, 'config').code).toBe('ERR_QUOTA_EXCEEDED');
    const stale = systemError('Unknown system error -116', -constants.errno.ESTALE);
    expect(toDestinationError(stale, 'config').code).toBe('ERR_UNAVAILABLE');
  });

  it('lets an error of the contract pass as it is', () => {
    const error = new DestinationError('ERR_OBJECT_EXISTS', { name: 'config' });
    expect(toDestinationError(error, 'config')).toBe(error);
  });
});
