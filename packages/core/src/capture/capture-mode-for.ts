import { resolveCapture } from './capture-options.ts';
import type { ResolvedCapture } from './capture-options.ts';
import { WEEKDAYS, WEEKS } from './capture-policy.ts';
import type { CapturePolicy, NumberedDay, WeekdayOfMonth } from './capture-policy.ts';
import { checkPolicy } from './check-policy.ts';

/** A day of the calendar. */
interface CalendarDay {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  /** From 0 for Sunday. */
  readonly weekday: number;
  /** Days in its month. */
  readonly monthLength: number;
}

/**
 * Says how a run of that date is captured, by a policy: what to hand to `backup` as `capture`. It goes by the day that
 * it is at that moment in the policy's time zone.
 *
 * @throws `RangeError` if the policy makes no sense, its time zone is unknown or the date is invalid.
 *
 * @example A full every Sunday, and one that stands for itself at the beginning of each year
 * ```ts
 * import { captureModeFor } from '@holdfast/core';
 * import type { CapturePolicy } from '@holdfast/core';
 *
 * const policy: CapturePolicy = {
 *   timeZone: 'Europe/Vienna',
 *   weekly: [{ weekdays: ['sunday'], mode: 'full' }],
 *   yearly: [{ month: 1, week: 'first', weekday: 'sunday', mode: 'full', selfContained: true }],
 * };
 * console.log(captureModeFor(policy, new Date('2027-01-03T12:00:00Z'))); // { mode: 'full', selfContained: true }
 * console.log(captureModeFor(policy, new Date('2027-01-10T12:00:00Z'))); // { mode: 'full', selfContained: false }
 * console.log(captureModeFor(policy, new Date('2027-01-11T12:00:00Z'))); // { mode: 'incremental', selfContained: false }
 * ```
 */
export function captureModeFor(policy: CapturePolicy, date: Date): ResolvedCapture {
  checkPolicy(policy);
  const { timeZone = 'UTC', otherwise, weekly = [], monthly = [], yearly = [] } = policy;
  const today = dayIn(timeZone, date);
  const weekday = WEEKDAYS[today.weekday];
  const rule =
    yearly.find((one) => one.month === today.month && isOn(one, today)) ??
    monthly.find((one) => isOn(one, today)) ??
    weekly.find(({ weekdays }) => weekdays.some((one) => one === weekday)) ??
    otherwise;
  return resolveCapture(rule);
}

function isOn(rule: NumberedDay | WeekdayOfMonth, { day, weekday, monthLength }: CalendarDay): boolean {
  if ('day' in rule) return day === (rule.day === 'last' ? monthLength : rule.day);
  if (rule.weekday !== WEEKDAYS[weekday]) return false;
  return rule.week === 'last' ? day + 7 > monthLength : WEEKS[Math.ceil(day / 7) - 1] === rule.week;
}

function dayIn(timeZone: string, date: Date): CalendarDay {
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
    throw new RangeError('the date must be a Date that is valid');
  }
  let parts: Intl.DateTimeFormatPart[];
  try {
    const format = { timeZone, calendar: 'gregory', numberingSystem: 'latn' } as const;
    parts = new Intl.DateTimeFormat('en', {
      ...format,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    }).formatToParts(date);
  } catch (error) {
    const zone = JSON.stringify(timeZone);
    throw new RangeError(`timeZone must be the name of a time zone, such as Europe/Vienna; got ${zone}`, {
      cause: error,
    });
  }
  const numberOf = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const [year, month, day] = [numberOf('year'), numberOf('month'), numberOf('day')];
  return {
    year,
    month,
    day,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
    monthLength: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  };
}
