import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from '../src/index.ts';

const TEXT = 'correct horse battery staple';

/** A secret where somebody takes it for a string. */
const mistaken = (secret: Secret): string => secret as unknown as string;

it('reveals its text on request only', () => {
  expect(new Secret(TEXT).reveal()).toBe(TEXT);
});

it.each<[string, (secret: Secret) => string]>([
  ['String()', (secret) => String(secret)],
  ['a template string', (secret) => `${mistaken(secret)}!`],
  ['concatenation', (secret) => 'a ' + mistaken(secret)],
  ['JSON', (secret) => JSON.stringify({ secret, list: [secret] })],
  ['inspect', (secret) => inspect(secret)],
  [
    'inspect with everything',
    (secret) => inspect({ a: { b: [secret] } }, { showHidden: true, depth: null, getters: true }),
  ],
  [
    'inspect without its own method',
    (secret) => inspect(secret, { customInspect: false, showHidden: true, depth: null }),
  ],
  ['format', (secret) => format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
  ['a structured clone', (secret) => inspect(structuredClone([secret]), { showHidden: true })],
  ['its own properties', (secret) => Reflect.ownKeys(secret).join() + Object.values(secret).join()],
  ['an error message', (secret) => String(new Error(`no access with ${mistaken(secret)}`).stack)],
])('does not show in %s', (_, show) => {
  expect(show(new Secret(TEXT))).not.toContain('horse');
});

it('reads [secret] wherever it is printed', () => {
  const secret = new Secret(TEXT);
  expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual(['[secret]', '"[secret]"', '[secret]']);
});

it('forgets its text when disposed of', () => {
  const secret = new Secret(TEXT);
  secret[Symbol.dispose]();
  expect(() => secret.reveal()).toThrow(TypeError);
});
