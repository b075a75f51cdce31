import type { CaptureOptions } from './capture-options.ts';

/** A day of the week. */
export type Weekday = 'sunday' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday';

/** Which of the days of a month that fall on one weekday. */
export type WeekOfMonth = 'first' | 'second' | 'third' | 'fourth' | 'fifth' | 'last';

/** Captures of some days of every week. */
export interface WeeklyCapture extends CaptureOptions {
  /** The days. */
  readonly weekdays: readonly Weekday[];
}

/** A day of a month, by its number. Where the month has no such day, there is none. */
export interface NumberedDay {
  /** 1 to 31, or the last one of the month. */
  readonly day: number | 'last';
}

/** A day of a month, by its weekday. A month without a fifth Sunday has none. */
export interface WeekdayOfMonth {
  /** Which one. */
  readonly week: WeekOfMonth;
  /** Of which weekday. */
  readonly weekday: Weekday;
}

/** A capture of one day of every month: the 15th, the last Friday. */
export type MonthlyCapture = CaptureOptions & (NumberedDay | WeekdayOfMonth);

/** A capture of one day of every year: the 31st of December, the first Sunday of January. */
export type YearlyCapture = CaptureOptions & (NumberedDay | WeekdayOfMonth) & YearlyMonth;

/** The month of a {@link YearlyCapture}. */
export interface YearlyMonth {
  /** 1 for January to 12 for December. */
  readonly month: number;
}

/**
 * Says how each day is captured: plain data that survives JSON.
 *
 * A day that a rule of `yearly` names goes by that, else by `monthly`, else by `weekly`, else by `otherwise`. Of several rules in
 * one list that name the same day the first counts.
 */
export interface CapturePolicy {
  /** Name of the time zone that says which day it is, such as `Europe/Vienna`. @defaultValue `'UTC'` */
  readonly timeZone?: string | undefined;
  /** Days that no rule names. @defaultValue `{ mode: 'incremental' }` */
  readonly otherwise?: CaptureOptions | undefined;
  /** Days of the week. */
  readonly weekly?: readonly WeeklyCapture[] | undefined;
  /** Days of the month. */
  readonly monthly?: readonly MonthlyCapture[] | undefined;
  /** Days of the year. */
  readonly yearly?: readonly YearlyCapture[] | undefined;
}

/** Names of weekdays, from Sunday. */
export const WEEKDAYS: readonly Weekday[] = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
];

/** Names of weeks, in their order. */
export const WEEKS: readonly WeekOfMonth[] = ['first', 'second', 'third', 'fourth', 'fifth', 'last'];
