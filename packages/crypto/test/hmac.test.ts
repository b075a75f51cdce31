import { expect, it } from 'vitest';
import { hmac } from '../src/hmac.ts';
import { bytesOf, hex, unhex } from './fixtures.ts';

const LONG =
  'This is a test using a larger than block-size key and a larger than block-size data. ' +
  'The key needs to be hashed before being used by the HMAC algorithm.';

/** RFC 4231, section 4, HMAC-SHA-256; case 5 truncates, which this format never does. */
const vectors: readonly (readonly [string, Uint8Array, Uint8Array, string])[] = [
  [
    '1',
    unhex('0b'.repeat(20)),
    bytesOf('Hi There'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    '2',
    bytesOf('Jefe'),
    bytesOf('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    '3',
    unhex('aa'.repeat(20)),
    unhex('dd'.repeat(50)),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    '4',
    unhex('0102030405060708090a0b0c0d0e0f10111213141516171819'),
    unhex('cd'.repeat(50)),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    '6',
    unhex('aa'.repeat(131)),
    bytesOf('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  ['7', unhex('aa'.repeat(131)), bytesOf(LONG), '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2'],
];

it.each(vectors)('computes case %s of RFC 4231', (_, key, data, mac) => {
  expect(hex(hmac(key, data))).toBe(mac);
});

it('takes its input in parts', () => {
  expect(hmac(bytesOf('key'), bytesOf('ab'), bytesOf('c'))).toEqual(hmac(bytesOf('key'), bytesOf('abc')));
});
