import { CryptoError, RepositoryError } from '@holdfast/contracts';
import { expect, it } from 'vitest';
import { readHeader } from '../src/index.ts';
import { encodeHeader } from '../src/object-header.ts';
import { codeOf, hex, unhex } from './fixtures.ts';

const salt = unhex('5a'.repeat(32));
const good = encodeHeader({ kind: 4, suite: 1, epoch: 0x01020304, salt });
const object = 'snapshots/abcd';
const withByte = (offset: number, value: number): Uint8Array => good.with(offset, value);

it('lays the fields out as the format says', () => {
  expect(hex(good)).toBe(`484f4c44464153540401010001020304${'5a'.repeat(32)}`);
});

it('reads what it wrote, from the start of a longer object', () => {
  const header = readHeader(new Uint8Array([...good, 1, 2, 3]), { object });
  expect(header).toMatchObject({ kind: 4, version: 1, suite: 1, flags: 0, epoch: 0x01020304 });
  expect([hex(header.salt), hex(header.bytes)]).toEqual([hex(salt), hex(good)]);
});

it.each([
  ['a shorter one', good.subarray(0, 47)],
  ['none', new Uint8Array()],
  ['another beginning', withByte(0, 0x49)],
  ['kind 0', withByte(8, 0)],
  ['kind 8', withByte(8, 8)],
  ['version 0', withByte(9, 0)],
  ['a flag', withByte(11, 1)],
  ['an epoch without a suite', withByte(10, 0)],
])('refuses %s', (_, bytes) => {
  expect(codeOf(() => readHeader(bytes, { object }))).toBe('ERR_SEAL_FORMAT');
});

it('refuses a newer version as such, whatever else it cannot read', () => {
  const newer = withByte(9, 2).with(8, 99).with(10, 99).with(11, 99);
  expect(() => readHeader(newer, { object })).toThrow(
    new RepositoryError('ERR_VERSION_UNSUPPORTED', { object, version: 2, supported: 1 }),
  );
});

it.each([2, 7, 8, 255])('refuses suite %i as unsupported', (suite) => {
  expect(() => readHeader(withByte(10, suite), { object })).toThrow(
    new CryptoError('ERR_SUITE_UNSUPPORTED', { object, suite }),
  );
});
