import { describe, expect, it } from 'vitest';

import { cleanLine, cleanText } from '../../src/exchange/mime/clean-text.ts';

describe('making a string storable', () => {
  it('drops NUL and replaces lone surrogates, and nothing else', () => {
    expect(cleanText('a\0b\uD800c\uDC00 \u{1F600}\t\r\n')).toBe('ab\uFFFDc\uFFFD \u{1F600}\t\r\n');
  });

  it('makes one line of it where a value has only one', () => {
    expect(cleanLine(' a\r\n\tb\u007f\0c\uD800 ')).toBe('a b c\uFFFD');
  });
});
