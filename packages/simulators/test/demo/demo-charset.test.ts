import { describe, expect, it } from 'vitest';

import { encodeHeader, encodeText, fitsCharset } from '../../src/exchange/demo/demo-charset.ts';
import { DEMO_LANGUAGES } from '../../src/exchange/demo/demo-languages.ts';
import { deliverMime } from '../../src/exchange/mime/deliver-mime.ts';

const cases = DEMO_LANGUAGES.flatMap((language) => language.charsets.map(({ charset }) => ({ charset, language })));

// Node 22 reads windows-1252 as ISO-8859-1 (nodejs/node#56542), and so does every parser that uses its TextDecoder.
const misread = new TextDecoder('windows-1252').decode(Uint8Array.of(0x80)) === '€' ? [] : ['windows-1252'];
const readable = cases.filter(({ charset }) => !misread.includes(charset));

describe('encoding demo texts', () => {
  it.skipIf(misread.length > 0)('is not misread by the TextDecoder of this Node (nodejs/node#56542)', () => {
    expect(misread).toEqual([]);
  });

  it.each(readable)('fits every text of a language into its charset $charset', ({ charset, language }) => {
    for (const text of [...language.subjects, ...language.sentences, language.greeting, language.closing]) {
      expect(new TextDecoder(charset).decode(encodeText(text, charset))).toBe(text);
    }
  });

  it.each(readable)('writes subjects in $charset that a server reads', async ({ charset, language }) => {
    const subject = language.subjects.join(' / ');
    const words = encodeHeader(subject, charset).replaceAll('?= =?', '?=\r\n =?');
    for (const word of words.match(/=\?[^ ]*\?=/g) ?? []) expect(word.length).toBeLessThanOrEqual(75);
    const content = await deliverMime(new TextEncoder().encode(`Subject: ${words}\r\n\r\n`));
    expect(content.subject).toBe(subject);
  });

  it('knows which texts a charset has no characters for', () => {
    expect(fitsCharset('Grüße', 'us-ascii')).toBe(false);
    expect(fitsCharset('12 €', 'iso-8859-15')).toBe(true);
    expect(fitsCharset('12 €', 'koi8-r')).toBe(false);
    expect(fitsCharset('日本', 'iso-2022-jp')).toBe(true);
    expect(fitsCharset('☕', 'iso-2022-jp')).toBe(false);
  });
});
