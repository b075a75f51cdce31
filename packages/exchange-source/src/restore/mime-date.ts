const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zones of RFC 5322, section 4.3, in hours east of Greenwich; any other name counts as Greenwich. */
const ZONE_HOURS: Readonly<Record<string, number>> = {
  edt: -4,
  est: -5,
  cdt: -5,
  cst: -6,
  mdt: -6,
  mst: -7,
  pdt: -7,
  pst: -8,
};

const FORMS: readonly RegExp[] = [
  /(?<day>\d{1,2})[\s-]+(?<month>[a-z]{3})[a-z]*\.?[\s-]+(?<year>\d{2,4})[\s,]+(?<hour>\d{1,2})[:.](?<minute>\d{2})(?:[:.](?<second>\d{2}))?(?<zone>.*)/i,
  /(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[t\s]+(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2}))?(?:\.\d+)?(?<zone>.*)/i,
  /(?<month>[a-z]{3})[a-z]*\s+(?<day>\d{1,2})\s+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?(?<zone>.*?)\s(?<year>\d{4})\b/i,
];

/**
 * Reads a date of a mail header as an ISO 8601 time in UTC: RFC 5322 with its obsolete forms, ISO 8601, and the form of
 * `ctime`. Unlike `Date.parse` it never depends on the zone of this machine. `undefined` if there is no date in it.
 */
export function mailDateToIso(value: string): string | undefined {
  const text = value.replaceAll(/\([^()]*\)/g, ' ');
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    const time = groups === undefined ? undefined : timeOf(groups);
    if (time !== undefined) return time.toISOString().replace('.000Z', 'Z');
  }
  return undefined;
}

function timeOf(groups: Readonly<Record<string, string | undefined>>): Date | undefined {
  const { day, month = '', year = '', hour, minute, second = '0', zone = '' } = groups;
  const monthIndex = /^\d/.test(month) ? Number(month) - 1 : MONTHS.indexOf(month.toLowerCase());
  if (monthIndex < 0 || monthIndex > 11) return undefined;
  const time = new Date(Date.UTC(2000, monthIndex, Number(day), Number(hour), Number(minute), Number(second)));
  // Date.UTC takes years below 100 for those of the last century.
  time.setUTCFullYear(fullYear(year) + time.getUTCFullYear() - 2000);
  time.setTime(time.getTime() - minutesEast(zone) * 60_000);
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() < 1601 || time.getUTCFullYear() > 9999
    ? undefined
    : time;
}

function fullYear(digits: string): number {
  if (digits.length >= 4) return Number(digits);
  return digits.length === 2 && Number(digits) < 50 ? 2000 + Number(digits) : 1900 + Number(digits);
}

function minutesEast(zone: string): number {
  const offset = /([+-])(\d{2}):?(\d{2})/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return offset[1] === '-' ? -minutes : minutes;
  }
  const name = /[a-z]+/i.exec(zone)?.[0].toLowerCase() ?? '';
  return (ZONE_HOURS[name] ?? 0) * 60;
}
