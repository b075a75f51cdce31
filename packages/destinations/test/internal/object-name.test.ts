import { DestinationError } from '@holdfast/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assertObjectName, isNameSegment } from '../../src/internal/object-name.ts';

const character = fc.constantFrom('a', 'b', 'c', 'o', 'n', 'z', '0', '1', '9', '_', '-');
const segment = fc
  .string({ unit: character, minLength: 1, maxLength: 100 })
  .filter((text) => !/^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(text));

/** With which code a name is refused, if it is. */
function codeOf(name: string): unknown {
  try {
    assertObjectName(name);
    return undefined;
  } catch (error) {
    return DestinationError.is(error) ? error.code : error;
  }
}

describe('assertObjectName', () => {
  it('accepts one to eight segments of the allowed characters', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 8 }), (segments) => {
        expect(codeOf(segments.join('/'))).toBeUndefined();
      }),
    );
  });

  it('refuses any name with one character that is not allowed', () => {
    const strange = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((text) => !/[a-z0-9._\-/]/.test(text));
    fc.assert(
      fc.property(segment, strange, segment, (before, character_, after) => {
        expect(codeOf(`${before}${character_}${after}`)).toBe('ERR_NAME_INVALID');
      }),
    );
  });

  it('accepts no string that a path would be resolved out of its folder by', () => {
    const piece = fc.constantFrom('..', '.', '', 'a', '~', '\\', '\0', 'c:', '...');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 9 }), (pieces) => {
        const harmless = pieces.length <= 8 && pieces.every((text) => text === 'a');
        expect(codeOf(pieces.join('/'))).toBe(harmless ? undefined : 'ERR_NAME_INVALID');
      }),
    );
  });

  it('shows a hostile name without its control characters, and not all of an endless one', () => {
    expect(() => assertObjectName('\u001b[2Jgone')).toThrow(String.raw`named "\u001b[2Jgone".`);
    expect(() => assertObjectName('X'.repeat(1_000_000))).toThrow(/^.{200,400}$/);
  });

  it('refuses what is not a string as a mistake of the caller', () => {
    expect(() => assertObjectName(undefined as never)).toThrow(TypeError);
  });
});

describe('isNameSegment', () => {
  it('refuses the device names of Windows, and nothing that only looks like one', () => {
    for (const text of ['con', 'nul', 'aux', 'prn', 'com1', 'lpt9', 'con.txt', 'nul.tar.gz']) {
      expect(isNameSegment(text), text).toBe(false);
    }
    for (const text of ['console', 'com', 'com10', 'null', 'lpt', 'aux-', 'a.con'])
      expect(isNameSegment(text), text).toBe(true);
  });

  it('refuses a dot at either end and takes one within', () => {
    for (const text of ['.', '..', '.a', 'a.', 'a..']) expect(isNameSegment(text), text).toBe(false);
    for (const text of ['a.b', 'a..b']) expect(isNameSegment(text), text).toBe(true);
  });
});
