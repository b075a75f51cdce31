import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gcmOpen, gcmSeal } from '../src/gcm.ts';
import { gcmVectors } from './data/gcm-vectors.ts';
import { flipped, hex, unhex } from './fixtures.ts';

describe.each(gcmVectors)('$origin', (vector) => {
  const key = createSecretKey(unhex(vector.key));
  const nonce = unhex(vector.iv);
  const aad = unhex(vector.aad);
  const sealed = unhex(vector.ciphertext + vector.tag);

  it('is sealed as published', () => {
    const into = new Uint8Array(sealed.length);
    gcmSeal(key, { nonce, aad, plaintext: unhex(vector.plaintext), into });
    expect(hex(into)).toBe(vector.ciphertext + vector.tag);
  });

  it('is opened as published', () => {
    expect(hex(gcmOpen(key, { nonce, aad, sealed }) ?? unhex('ff'))).toBe(vector.plaintext);
  });

  it('is refused with any byte changed', () => {
    for (const index of sealed.keys())
      expect(gcmOpen(key, { nonce, aad, sealed: flipped(sealed, index) })).toBeUndefined();
    for (const index of aad.keys()) expect(gcmOpen(key, { nonce, aad: flipped(aad, index), sealed })).toBeUndefined();
    for (const index of nonce.keys())
      expect(gcmOpen(key, { nonce: flipped(nonce, index), aad, sealed })).toBeUndefined();
  });

  it('is refused with a shorter tag', () => {
    expect(gcmOpen(key, { nonce, aad, sealed: sealed.subarray(0, -1) })).toBeUndefined();
    expect(gcmOpen(key, { nonce, aad, sealed: sealed.subarray(0, 4) })).toBeUndefined();
  });
});
