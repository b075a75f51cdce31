import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeName, withMark } from '../../src/target/safe-name.ts';

const HOSTILE = [
  '',
  '.',
  '..',
  '/',
  '../../etc/passwd',
  '/etc/passwd',
  'a/b',
  'a\0b',
  '.holdfast-00000000-0000-4000-8000-000000000000.tmp',
];
const OF_WINDOWS = [
  'C:\\a',
  'C:',
  'a:stream',
  'CON',
  'con.txt',
  'NUL.tar.gz',
  'COM1',
  'lpt\u00b9',
  'CONIN$',
  'a.',
  'a ',
  ' a',
  '...',
  'a\\..\\b',
  'a?',
  'a*',
  '"a"',
  '<a>',
  'a|b',
  'a\u0007',
];

describe('a safe name', () => {
  it.each(['a', 'a.txt', '.hidden', '..a', 'a..b', 'console.txt', 'com10', '\u00e4\u{1F600}'])(
    'is itself for "%s"',
    (name) => {
      expect(safeName(name, true)).toBe(name);
      expect(safeName(name, false)).toBe(name);
    },
  );

  it.each(HOSTILE)('is another one for "%s" on every system', (name) => {
    for (const isPortable of [true, false]) {
      const safe = safeName(name, isPortable);
      expect(safe).not.toBe(name);
      expect(safe).not.toMatch(/[/\0]|^\.{0,2}$/);
    }
  });

  it.each(OF_WINDOWS)('is another one for "%s" where names are portable', (name) => {
    const safe = safeName(name, true);
    expect(safe).not.toBe(name);
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(safe).not.toMatch(/[\u0000-\u001f<>:"/\\|?*]|[. ]$|^(?:con|nul|com1|lpt\u00b9|conin\$)(?:\.|$)/i);
  });

  it('keeps names apart that become alike, and says the same again', () => {
    expect(safeName('a/b', false)).not.toBe(safeName('a\0b', false));
    expect(safeName('a/b', false)).toBe(safeName('a/b', false));
    expect(safeName('a/b.txt', false)).toMatch(/^a_b~[0-9a-f]{8}\.txt$/);
  });

  it('is one name that fits, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.boolean(), (name, isPortable) => {
        const safe = safeName(name, isPortable);
        expect(safe.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255);
        expect(safe).not.toMatch(/[/\0]|^\.{0,2}$/);
        expect(safeName(safe, isPortable)).toBe(safe);
      }),
    );
  });

  it('is cut between characters', () => {
    const safe = safeName(`${'\u{1F600}'.repeat(100)}.txt`, false);
    expect(safe.isWellFormed()).toBe(true);
    expect(safe).toMatch(/~[0-9a-f]{8}\.txt$/);
    expect(Buffer.byteLength(withMark('x'.repeat(300), '~mark'))).toBe(255);
  });
});
