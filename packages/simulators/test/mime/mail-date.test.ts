import { describe, expect, it } from 'vitest';

import { clampTime, parseMailDate } from '../../src/exchange/mime/mail-date.ts';

describe('reading a date of a mail header', () => {
  it.each([
    ['Tue, 3 Mar 2026 10:11:12 +0100', '2026-03-03T09:11:12.000Z'],
    ['3 Mar 2026 10:11 -0530 (IST)', '2026-03-03T15:41:00.000Z'],
    ['Tue, 03 Mar 26 10:11:12 GMT', '2026-03-03T10:11:12.000Z'],
    ['Fri, 19 Sep 91 12:41:43 EDT', '1991-09-19T16:41:43.000Z'],
    ['Tue Mar  3 10:11:12 2026', '2026-03-03T10:11:12.000Z'],
    ['Tue, 3 Mar 2026 10:11:12', '2026-03-03T10:11:12.000Z'],
    ['2026-03-03T10:11:12.345+01:00', '2026-03-03T09:11:12.000Z'],
    ['1 Jan 1500 00:00:00 +0000', '1601-01-01T00:00:00.000Z'],
    ['31 Dec 9999 23:59:59 -1200', '9999-12-31T23:59:59.000Z'],
  ])('reads %s as %s', (text, expected) => {
    expect(new Date(parseMailDate(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  it.each(['', 'yesterday', '3 Foo 2026 10:11:12', '(Tue, 3 Mar 2026 10:11:12)'])('sees no date in "%s"', (text) => {
    expect(parseMailDate(text)).toBeUndefined();
  });

  it('keeps every number within the years that can be stored and printed', () => {
    expect([Number.NaN, -Infinity, Infinity, 1_999].map((time) => new Date(clampTime(time)).toISOString())).toEqual([
      '1970-01-01T00:00:00.000Z',
      '1601-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.000Z',
      '1970-01-01T00:00:01.000Z',
    ]);
  });
});
