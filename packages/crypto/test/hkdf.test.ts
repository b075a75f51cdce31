import { createSecretKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { hkdf, hkdfKey } from '../src/hkdf.ts';
import { hex, unhex } from './fixtures.ts';

const range = (from: number, to: number): string => hex(Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i));

/** RFC 5869, appendix A: the cases with SHA-256. */
const vectors = [
  {
    name: 'A.1',
    key: '0b'.repeat(22),
    salt: range(0x00, 0x0c),
    info: range(0xf0, 0xf9),
    output: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    name: 'A.2',
    key: range(0x00, 0x4f),
    salt: range(0x60, 0xaf),
    info: range(0xb0, 0xff),
    output:
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    name: 'A.3',
    key: '0b'.repeat(22),
    salt: '',
    info: '',
    output: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
];

it.each(vectors)('derives as RFC 5869 $name says', ({ key, salt, info, output }) => {
  const inputs = { salt: unhex(salt), info: unhex(info), length: output.length / 2 };
  expect(hex(hkdf(unhex(key), inputs))).toBe(output);
  expect(hex(hkdf(createSecretKey(unhex(key)), inputs))).toBe(output);
  expect(hkdfKey(unhex(key), inputs).export().toString('hex')).toBe(output);
});
