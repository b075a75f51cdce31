import { inspect } from 'node:util';
import {
  CryptoError,
  DestinationError,
  englishMessages,
  formatMessage,
  RepositoryError,
  SourceError,
} from '@holdfast/contracts';
import type { ErrorCode } from '@holdfast/contracts';
import { describe, expect, it } from 'vitest';

const CLASSES = [
  { make: () => new DestinationError('ERR_UNAVAILABLE', { name: 'config' }), is: DestinationError.is, temporary: true },
  { make: () => new SourceError('ERR_ITEM_NOT_FOUND', { item: 'a' }), is: SourceError.is, temporary: false },
  { make: () => new CryptoError('ERR_KEY_WRONG', {}), is: CryptoError.is, temporary: false },
  { make: () => new RepositoryError('ERR_BLOB_MISSING', { item: 'a' }), is: RepositoryError.is, temporary: false },
] as const;

describe.each(CLASSES)('an error of the library', ({ make, is, temporary }) => {
  const error = make();

  it(`${error.name} is recognised by its class and by its code`, () => {
    expect(is(error)).toBe(true);
    expect(is(error, error.code as never)).toBe(true);
    expect(is(error, 'ERR_SOMETHING_ELSE' as never)).toBe(false);
    expect(CLASSES.filter((one) => one.is(error))).toHaveLength(1);
  });

  it(`${error.name} is recognised across copies of the package, and nothing else is`, () => {
    const copy = Object.defineProperty(
      new Error('from another copy'),
      Symbol.for(`@holdfast/contracts/${error.name}`),
      {
        value: true,
      },
    );
    expect(is(Object.assign(copy, { code: error.code }), error.code as never)).toBe(true);
    for (const other of [undefined, null, 'text', {}, new Error('plain'), { code: error.code }])
      expect(is(other)).toBe(false);
  });

  it(`${error.name} says by itself whether to try again`, () => {
    expect(error.temporary).toBe(temporary);
  });
});

describe('an error', () => {
  it('keeps its cause and how long to wait', () => {
    const cause = new Error('cause');
    const error = new DestinationError('ERR_THROTTLED', { name: 'config' }, { cause, retryAfterMs: 1500 });
    expect(error.cause).toBe(cause);
    expect(error.retryAfterMs).toBe(1500);
    expect(inspect(error)).toContain('ERR_THROTTLED');
  });
});

describe('the message table', () => {
  it.each(Object.entries(englishMessages))('has a sentence of one line for %s', (code, text) => {
    expect(text).toMatch(/^[A-Z].*[.]$/);
    expect(text).not.toContain('\n');
    expect(formatMessage(code as ErrorCode, {})).not.toMatch(/[{}]/);
  });

  it('fills placeholders, numbers too, and takes another table', () => {
    const table = { ...englishMessages, ERR_VERSION_UNSUPPORTED: '{version} > {supported}: {object}' };
    const details = { version: 2, supported: 1, object: '$& {version}' };
    expect(formatMessage('ERR_VERSION_UNSUPPORTED', details, table)).toBe('2 > 1: $& {version}');
    expect(formatMessage('ERR_OBJECT_NOT_FOUND', {})).toContain('(unknown)');
  });
});
