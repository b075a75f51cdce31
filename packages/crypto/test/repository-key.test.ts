import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generatedKey, generateKey, password, Secret } from '../src/index.ts';
import { propertyRuns, seededRandomness } from './fixtures.ts';

it('takes the same password in two Unicode forms for one', () => {
  const [composed, decomposed] = [password('caf\u00e9'), password('cafe\u0301')];
  expect(decomposed.secret.reveal()).toBe(composed.secret.reveal());
});

it('refuses an empty password', () => {
  expect(() => password('')).toThrow(RangeError);
});

it('refuses a password with a lone surrogate, without naming it', () => {
  expect(() => password('hush\ud800')).toThrow(RangeError);
  expect(() => password('hush\ud800')).not.toThrow(/hush/);
});

it('generates 44 letters and digits that it takes back, as text and as a secret', () => {
  const key = generateKey();
  expect(key.secret.reveal()).toMatch(/^[A-Za-z0-9]{44}$/);
  expect(generatedKey(key.secret.reveal()).secret.reveal()).toBe(key.secret.reveal());
  expect(generatedKey(key.secret).secret).toBe(key.secret);
});

it('generates another key each time', () => {
  expect(generateKey().secret.reveal()).not.toBe(generateKey().secret.reveal());
});

it('throws away bytes that would favour some characters', () => {
  // Of these bytes, 248 and 255 lie beyond the last multiple of 62; 0 is A, 61 is 9, 62 is A again.
  let served = 0;
  const pattern = [248, 0, 255, 61, 62, 247];
  const randomness = { bytes: (length: number) => Uint8Array.from({ length }, () => pattern[served++ % 6] ?? 0) };
  expect(generateKey({ randomness }).secret.reveal()).toBe('A9A9'.repeat(11));
});

it('uses every character about as often as any other', () => {
  const counts = new Map<string, number>();
  const randomness = seededRandomness('characters');
  for (let run = 0; run < 1000; run += 1) {
    for (const character of generateKey({ randomness }).secret.reveal()) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  // 44,000 characters, 710 of each on average with a deviation of 26; six deviations either way.
  expect(counts.size).toBe(62);
  expect(Math.min(...counts.values())).toBeGreaterThan(550);
  expect(Math.max(...counts.values())).toBeLessThan(870);
});

it('refuses every other text as a generated key and does not repeat it', () => {
  const wrong = fc.string({ minLength: 4 }).filter((text) => !/^[A-Za-z0-9]{44}$/.test(text));
  fc.assert(
    fc.property(wrong, (text) => {
      for (const form of [`${text}§§§§`, new Secret(`${text}§§§§`)]) {
        expect(() => generatedKey(form)).toThrow(RangeError);
        expect(() => generatedKey(form)).not.toThrow('§§§§');
      }
    }),
    { numRuns: propertyRuns },
  );
  expect(() => generatedKey(`${'a'.repeat(44)}\n`)).toThrow(RangeError);
});

it('does not show its secret when printed', () => {
  expect(inspect(password('hush'), { depth: null, showHidden: true }) + JSON.stringify(password('hush'))).not.toContain(
    'hush',
  );
});
