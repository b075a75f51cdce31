import type { JsonValue } from '@holdfast/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../src/canonical-json.ts';
import { propertyRuns } from './fixtures.ts';

it('sorts members at every level and leaves out white space', () => {
  const value = { b: [1, { d: null, c: 'x' }], a: true };
  expect(canonicalJson(value)).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
});

it('sorts by UTF-16 code units, as the example of RFC 8785 section 3.2.3', () => {
  const names = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6'];
  const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
  const canonical = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
  expect(canonical).toBe(`{${sorted.map((name) => `${JSON.stringify(name)}:0`).join(',')}}`);
});

it('means the same value, and does not depend on the order of members', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const canonical = canonicalJson(value as JsonValue);
      expect(JSON.stringify(JSON.parse(canonical))).toBe(
        JSON.stringify(JSON.parse(canonicalJson(JSON.parse(canonical)))),
      );
      expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: propertyRuns },
  );
});

it('keeps a member named __proto__', () => {
  expect(canonicalJson(JSON.parse('{"b":1,"__proto__":2}'))).toBe('{"__proto__":2,"b":1}');
});

it('refuses nesting without end', () => {
  expect(() => canonicalJson(JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`))).toThrow(RangeError);
});
