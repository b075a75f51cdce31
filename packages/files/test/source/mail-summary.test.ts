import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import { addressParser, decodeWords } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { HEADER_BYTES, mailSummary } from '../../src/source/mail-summary.ts';

const summary = (text: string): ReturnType<typeof mailSummary> => mailSummary(new TextEncoder().encode(text));
const corpus = join(process.env['HOLDFAST_CORPUS'] ?? '', 'eml');
const noCorpus = process.env['HOLDFAST_CORPUS'] === undefined || !existsSync(corpus);

describe('the summary of a message', () => {
  it('has subject, people and date', () => {
    expect(
      summary(
        [
          'From: "Ada Lovelace" <ada@example.org>',
          'To: eve@example.org,',
          '\tBob <bob@example.org>',
          'Cc: =?utf-8?q?B=C3=B6?= <boe@example.org>',
          'Subject: =?utf-8?B?w4RwZmVs?= and',
          ' pears',
          'Date: Wed, 25 Nov 2026 04:42:40 +0100 (CET)',
          'Content-Type: multipart/mixed; boundary=x',
          '',
          'Subject: of the body',
        ].join('\r\n'),
      ),
    ).toEqual({
      subject: '\u00c4pfel and pears',
      from: 'Ada Lovelace <ada@example.org>',
      to: ['<eve@example.org>', 'Bob <bob@example.org>', 'B\u00f6 <boe@example.org>'],
      date: Date.UTC(2026, 10, 25, 3, 42, 40),
      hasAttachments: true,
    });
  });

  it('reads header lines that end in a line feed alone', () => {
    expect(summary('Subject: one\nFrom: a@b.c\n\nSubject: two').subject).toBe('one');
  });

  it.each([
    ['UTF-8', new TextEncoder().encode('Subject: \u00e4\r\n\r\n'), '\u00e4'],
    ['Latin 1', Uint8Array.of(...new TextEncoder().encode('Subject: '), 0xe4, 0x0a, 0x0a), '\u00e4'],
  ])('reads bytes beyond ASCII as %s', (_, bytes, subject) => {
    expect(mailSummary(bytes).subject).toBe(subject);
  });

  it('has the people that a parser finds, however plainly they are written', () => {
    const word = fc.stringMatching(/^[\w.-]{1,6}$/);
    const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
    const address = fc.stringMatching(/^\w[\w.+-]{0,4}@\w[\w.-]{0,6}\w$/);
    const encoded = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'Z', '\u00e4', '\u20ac', '"', ','), minLength: 1, maxLength: 6 }),
      name,
    );
    const words = fc.array(
      encoded.map((text) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`),
      { minLength: 1, maxLength: 2 },
    );
    const person = fc.oneof(
      fc.tuple(words, address).map(([called, at]) => `${called.join(' ')} <${at}>`),
      address.map((at) => `=?UTF-8?B?${Buffer.from(at).toString('base64')}?= <${at}>`),
      fc.tuple(name, address).map(([called, at]) => `${called} <${at}>`),
      fc.tuple(name, address).map(([called, at]) => `"${called}" <${at}>`),
      address.map((at) => `<${at}>`),
      address,
    );
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 4 }), (people) => {
        const found = addressParser(people.join(', ')).map(({ name: some, address: at }) => {
          const called = decodeWords(some).trim();
          return called === '' || called === at ? `<${at}>` : `${called} <${at}>`;
        });
        expect(summary(`To: ${people.join(', ')}\r\n\r\n`).to).toEqual(found);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no date without a zone, which would be another one on another machine', () => {
    expect(summary('Date: Wed, 25 Nov 2026 04:42:40\r\n\r\n').date).toBeUndefined();
    expect(summary('Date: soon\r\n\r\n').date).toBeUndefined();
  });

  it('says nothing of what is not there', () => {
    expect(summary('')).toEqual({ hasAttachments: false });
    expect(summary('no header at all')).toEqual({ hasAttachments: false });
  });

  it('never throws, and never takes long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: HEADER_BYTES }), (bytes) => {
        expect(mailSummary(bytes).subject?.isWellFormed() ?? true).toBe(true);
      }),
    );
    for (const piece of ['Subject:', 'To: a,', '\r\n ', 'To: <', 'From: (', '=?utf-8?q?', 'To: "', 'Date: 1:1 ']) {
      expect(() => summary(piece.repeat(HEADER_BYTES / piece.length))).not.toThrow();
    }
  });

  it.skipIf(noCorpus)('is found in the greatest part of real mail', () => {
    const files = readdirSync(corpus).filter((name) => name.endsWith('.eml'));
    const found = files.map((name) => mailSummary(readFileSync(join(corpus, name)).subarray(0, HEADER_BYTES)));
    expect(found.filter(({ from }) => from !== undefined).length / files.length).toBeGreaterThan(0.8);
    expect(found.filter(({ date }) => date !== undefined).length / files.length).toBeGreaterThan(0.6);
  });
});
