import { resolveCapture } from './capture-options.ts';
import type { CaptureOptions } from './capture-options.ts';
import { WEEKDAYS, WEEKS } from './capture-policy.ts';
import type { CapturePolicy, MonthlyCapture, WeeklyCapture, YearlyCapture } from './capture-policy.ts';

const DEFAULT_MEMBERS = ['mode', 'selfContained'] as const;
const MEMBERS: Readonly<Record<keyof Required<CapturePolicy>, true>> = {
  timeZone: true,
  otherwise: true,
  weekly: true,
  monthly: true,
  yearly: true,
};
/** Days of each month, of February in a leap year. */
const LENGTHS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Refuses a policy that makes no sense, whatever the day: parsed JSON is not held to types.
 *
 * @throws `RangeError` that says which member is wrong, and what it may be.
 */
export function checkPolicy(policy: CapturePolicy): void {
  requireMembers('the policy', policy, Object.keys(MEMBERS));
  const { otherwise, weekly, monthly, yearly } = policy;
  if (otherwise !== undefined) requireRule('otherwise', otherwise, []);
  eachOf('weekly', weekly, (where, rule: WeeklyCapture) => {
    requireRule(where, rule, ['weekdays']);
    if (!Array.isArray(rule.weekdays) || rule.weekdays.length === 0) {
      refuse(`${where}.weekdays`, 'is a list of one weekday at least', rule.weekdays);
    }
    for (const weekday of rule.weekdays) requireWord(`${where}.weekdays`, weekday, WEEKDAYS);
  });
  eachOf('monthly', monthly, (where, rule: MonthlyCapture) => requireDay(where, rule, []));
  eachOf('yearly', yearly, (where, rule: YearlyCapture) => {
    requireDay(where, rule, ['month']);
    const { month } = rule;
    if (!Number.isInteger(month) || month < 1 || month > 12) refuse(`${where}.month`, 'is 1 to 12', month);
    const longest = LENGTHS[month - 1] ?? 0;
    if ('day' in rule && rule.day !== 'last' && rule.day > longest) {
      refuse(`${where}.day`, `is 1 to ${longest} in that month, or 'last'`, rule.day);
    }
  });
}

function eachOf<T>(name: string, rules: readonly T[] | undefined, check: (where: string, rule: T) => void): void {
  if (rules === undefined) return;
  if (!Array.isArray(rules)) refuse(name, 'is a list of rules', rules);
  for (const [position, rule] of rules.entries()) check(`${name}[${position}]`, rule);
}

function requireDay(where: string, rule: MonthlyCapture | YearlyCapture, others: readonly string[]): void {
  requireRule(where, rule, ['day', 'week', 'weekday', ...others]);
  const numbered = 'day' in rule;
  if (numbered === ('week' in rule || 'weekday' in rule)) {
    throw new RangeError(`${where} names its day either by day, or by week and weekday`);
  }
  if (!numbered) {
    requireWord(`${where}.week`, rule.week, WEEKS);
    requireWord(`${where}.weekday`, rule.weekday, WEEKDAYS);
  } else if (rule.day !== 'last' && !(Number.isInteger(rule.day) && rule.day >= 1 && rule.day <= 31)) {
    refuse(`${where}.day`, "is 1 to 31, or 'last'", rule.day);
  }
}

function requireRule(where: string, rule: CaptureOptions, members: readonly string[]): void {
  requireMembers(where, rule, [...DEFAULT_MEMBERS, ...members]);
  try {
    resolveCapture(rule);
  } catch (error) {
    throw new RangeError(`${where}: ${(error as Error).message}`, { cause: error });
  }
}

/** A rule that is never followed because of a misspelt name would be worse than none. */
function requireMembers(where: string, value: object, members: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(where, 'is an object', value);
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined) throw new RangeError(`${where} has no ${unknown}; it may have ${members.join(', ')}`);
}

function requireWord(where: string, value: unknown, words: readonly string[]): void {
  if (!words.includes(value as string)) refuse(where, `is one of ${words.join(', ')}`, value);
}

function refuse(where: string, what: string, value: unknown): never {
  throw new RangeError(`${where} ${what}; got ${JSON.stringify(value)}`);
}
