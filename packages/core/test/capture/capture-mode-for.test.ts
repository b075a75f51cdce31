import { captureModeFor } from '@holdfast/core';
import type { CapturePolicy } from '@holdfast/core';
import { describe, expect, it } from 'vitest';

const at = (policy: CapturePolicy, time: string): string => {
  const { mode, selfContained } = captureModeFor(policy, new Date(time));
  return selfContained ? `self-contained ${mode}` : mode;
};

/** The days of a year, at noon UTC, on which a policy says something else than incremental. */
function daysOf(year: number, policy: CapturePolicy): string[] {
  const days: string[] = [];
  for (let time = Date.UTC(year, 0, 1, 12); time < Date.UTC(year + 1, 0, 1); time += 24 * 3600 * 1000) {
    const day = new Date(time).toISOString();
    if (at(policy, day) !== 'incremental') days.push(day.slice(5, 10));
  }
  return days;
}

const FULL = { mode: 'full' } as const;

describe('captureModeFor', () => {
  it.each<[string, number, CapturePolicy, string[]]>([
    ['nothing said', 2026, {}, []],
    [
      'every first Sunday',
      2026,
      { monthly: [{ week: 'first', weekday: 'sunday', ...FULL }] },
      ['01-04', '02-01', '03-01', '04-05', '05-03', '06-07', '07-05', '08-02', '09-06', '10-04', '11-01', '12-06'],
    ],
    [
      'every fifth Sunday, which most months do not have',
      2026,
      { monthly: [{ week: 'fifth', weekday: 'sunday', ...FULL }] },
      ['03-29', '05-31', '08-30', '11-29'],
    ],
    [
      'every last Sunday',
      2026,
      { monthly: [{ week: 'last', weekday: 'sunday', ...FULL }] },
      ['01-25', '02-22', '03-29', '04-26', '05-31', '06-28', '07-26', '08-30', '09-27', '10-25', '11-29', '12-27'],
    ],
    [
      'the 31st, which some months do not have',
      2026,
      { monthly: [{ day: 31, ...FULL }] },
      ['01-31', '03-31', '05-31', '07-31', '08-31', '10-31', '12-31'],
    ],
    ['the last of February', 2027, { yearly: [{ month: 2, day: 'last', ...FULL }] }, ['02-28']],
    ['the last of February in a leap year', 2028, { yearly: [{ month: 2, day: 'last', ...FULL }] }, ['02-29']],
    ['29 February', 2027, { yearly: [{ month: 2, day: 29, ...FULL }] }, []],
    ['29 February in a leap year', 2028, { yearly: [{ month: 2, day: 29, ...FULL }] }, ['02-29']],
    ['29 February in 2100', 2100, { yearly: [{ month: 2, day: 29, ...FULL }] }, []],
    [
      'the first Sunday of January',
      2028,
      { yearly: [{ month: 1, week: 'first', weekday: 'sunday', ...FULL }] },
      ['01-02'],
    ],
    ['the fifth Friday of February', 2030, { yearly: [{ month: 2, week: 'fifth', weekday: 'friday', ...FULL }] }, []],
    [
      'the fifth Tuesday of February',
      2028,
      { yearly: [{ month: 2, week: 'fifth', weekday: 'tuesday', ...FULL }] },
      ['02-29'],
    ],
  ])('finds the days of %s in %i', (_, year, policy, expected) => {
    expect(daysOf(year, policy)).toEqual(expected);
  });

  it('names every weekday as the calendar does', () => {
    const names = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
    for (const [offset, weekday] of names.entries()) {
      const policy: CapturePolicy = { weekly: [{ weekdays: [weekday], ...FULL }] };
      const days = Array.from({ length: 7 }, (_, i) => at(policy, `2026-11-${22 + i}T12:00:00Z`));
      expect(days.indexOf('full')).toBe(offset);
      expect(days.lastIndexOf('full')).toBe(offset);
    }
  });

  it('lets years win over months, months over weeks, weeks over the rest, and the first of a list', () => {
    const policy: CapturePolicy = {
      otherwise: { mode: 'differential' },
      weekly: [
        { weekdays: ['sunday', 'monday'], mode: 'incremental' },
        { weekdays: ['monday'], ...FULL },
      ],
      monthly: [
        { week: 'first', weekday: 'sunday', ...FULL },
        { day: 15, mode: 'differential' },
      ],
      yearly: [
        { month: 1, week: 'first', weekday: 'sunday', mode: 'full', selfContained: true },
        { month: 11, day: 15, mode: 'incremental' },
      ],
    };
    // Sent as JSON and read back, it says the same.
    for (const same of [policy, JSON.parse(JSON.stringify(policy)) as CapturePolicy]) {
      expect(at(same, '2026-01-04T12:00:00Z')).toBe('self-contained full');
      expect(at(same, '2026-02-01T12:00:00Z')).toBe('full');
      expect(at(same, '2026-02-08T12:00:00Z')).toBe('incremental');
      expect(at(same, '2026-02-09T12:00:00Z')).toBe('incremental');
      expect(at(same, '2026-02-10T12:00:00Z')).toBe('differential');
      expect(at(same, '2026-02-15T12:00:00Z')).toBe('differential');
      expect(at(same, '2026-11-15T12:00:00Z')).toBe('incremental');
    }
  });

  it.each([
    // Before, on and after the nights in which clocks are changed.
    ['Europe/Vienna', '2026-03-28T22:59:59Z', 'incremental'],
    ['Europe/Vienna', '2026-03-28T23:00:00Z', 'full'],
    ['Europe/Vienna', '2026-03-29T00:59:59Z', 'full'],
    ['Europe/Vienna', '2026-03-29T01:00:00Z', 'full'],
    ['Europe/Vienna', '2026-03-29T21:59:59Z', 'full'],
    ['Europe/Vienna', '2026-03-29T22:00:00Z', 'incremental'],
    ['Europe/Vienna', '2026-10-24T22:00:00Z', 'full'],
    ['Europe/Vienna', '2026-10-25T22:59:59Z', 'full'],
    ['Europe/Vienna', '2026-10-25T23:00:00Z', 'incremental'],
    // Clocks go from 23:59:59 to 01:00: the Sunday has no midnight.
    ['Asia/Beirut', '2026-03-28T21:59:59Z', 'incremental'],
    ['Asia/Beirut', '2026-03-28T22:00:00Z', 'full'],
    ['America/New_York', '2026-03-08T04:59:59Z', 'incremental'],
    ['America/New_York', '2026-03-08T05:00:00Z', 'full'],
    ['America/New_York', '2026-03-09T03:59:59Z', 'full'],
    ['America/New_York', '2026-03-09T04:00:00Z', 'incremental'],
    // One is a day ahead of the other.
    ['Pacific/Kiritimati', '2026-01-03T10:00:00Z', 'full'],
    ['Pacific/Pago_Pago', '2026-01-04T10:59:59Z', 'incremental'],
    ['Pacific/Pago_Pago', '2026-01-04T11:00:00Z', 'full'],
    ['Asia/Kathmandu', '2026-01-03T18:14:59Z', 'incremental'],
    ['Asia/Kathmandu', '2026-01-03T18:15:00Z', 'full'],
  ])('goes by the day that it is in %s at %s', (timeZone, time, expected) => {
    expect(at({ timeZone, weekly: [{ weekdays: ['sunday'], ...FULL }] }, time)).toBe(expected);
  });

  it('knows the day that a country left out', () => {
    const policy: CapturePolicy = { timeZone: 'Pacific/Apia', monthly: [{ day: 30, ...FULL }] };
    // 29 December 2011, 24:00, was 31 December, 00:00.
    const hours = Array.from({ length: 72 }, (_, i) => at(policy, new Date(Date.UTC(2011, 11, 29, i)).toISOString()));
    expect(hours).not.toContain('full');
  });

  it.each<[string, unknown, string]>([
    ['no policy', null, 'the policy is an object'],
    ['a member that does not exist', { weakly: [] }, 'the policy has no weakly; it may have timeZone, otherwise'],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, 'such as Europe/Vienna; got "Mars/Olympus"'],
    [
      'a mode that does not exist',
      { otherwise: { mode: 'all' } },
      'otherwise: capture mode must be one of incremental',
    ],
    [
      'a differential that is self-contained',
      { otherwise: { mode: 'differential', selfContained: true } },
      "say mode 'full'",
    ],
    ['rules that are no list', { weekly: { weekdays: ['sunday'] } }, 'weekly is a list of rules'],
    ['no weekday', { weekly: [{ weekdays: [], ...FULL }] }, 'weekly[0].weekdays is a list of one weekday at least'],
    [
      'a weekday of another language',
      { weekly: [{ weekdays: ['Sonntag'] }] },
      'weekly[0].weekdays is one of sunday, monday',
    ],
    ['day 0', { monthly: [{ day: 0 }] }, "monthly[0].day is 1 to 31, or 'last'; got 0"],
    ['day 32', { monthly: [{ day: 15 }, { day: 32 }] }, "monthly[1].day is 1 to 31, or 'last'; got 32"],
    ['a sixth week', { monthly: [{ week: 'sixth', weekday: 'sunday' }] }, 'monthly[0].week is one of first, second'],
    ['a week without a weekday', { monthly: [{ week: 'first' }] }, 'monthly[0].weekday is one of sunday'],
    ['no day at all', { monthly: [FULL] }, 'either by day, or by week and weekday'],
    [
      'two ways at once',
      { monthly: [{ day: 1, week: 'first', weekday: 'sunday' }] },
      'either by day, or by week and weekday',
    ],
    ['month 13', { yearly: [{ month: 13, day: 1 }] }, 'yearly[0].month is 1 to 12; got 13'],
    ['no month', { yearly: [{ day: 1 }] }, 'yearly[0].month is 1 to 12'],
    ['30 February', { yearly: [{ month: 2, day: 30 }] }, "yearly[0].day is 1 to 29 in that month, or 'last'; got 30"],
    ['31 April', { yearly: [{ month: 4, day: 31 }] }, 'yearly[0].day is 1 to 30 in that month'],
  ])('refuses %s, whatever the date, and says what may be', (_, policy, message) => {
    const attempt = (): unknown => captureModeFor(policy as CapturePolicy, new Date('2026-06-17T12:00:00Z'));
    expect(attempt).toThrow(RangeError);
    expect(attempt).toThrow(message);
  });

  it('refuses a date that is none', () => {
    for (const date of [new Date(Number.NaN), '2026-01-01' as unknown as Date]) {
      expect(() => captureModeFor({}, date)).toThrow(RangeError);
    }
  });
});
