const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Zone names of RFC 5322, section 4.3, in minutes east of Greenwich; every other name counts as Greenwich. */
const ZONES: ReadonlyMap<string, number> = new Map([
  ['edt', -240],
  ['est', -300],
  ['cdt', -300],
  ['cst', -360],
  ['mdt', -360],
  ['mst', -420],
  ['pdt', -420],
  ['pst', -480],
]);

const DAY_FIRST = /(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?[\s-]+(\d{2,4})[\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(.*)/i;
const MONTH_FIRST = /([a-z]{3})[a-z]*\s+(\d{1,2})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(.*?)\s(\d{4})\b/i;
const ISO = /(\d{4})-(\d{2})-(\d{2})[t\s]+(\d{2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(.*)/i;

/** FILETIME, in which the store keeps times, begins at 1601-01-01; a Graph dateTime has four digits for the year. */
const EARLIEST = Date.UTC(1601, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * Reads a date of a mail header: RFC 5322 with its obsolete forms, the form of `ctime`, and ISO 8601.
 *
 * Unlike `Date.parse`, a date without a zone never depends on the zone of this machine: it counts as UTC. The result is
 * whole seconds in milliseconds, or `undefined` where there is no date to be seen.
 */
export function parseMailDate(value: string): number | undefined {
  // A date is short: the limit keeps the patterns fast whatever a hostile field holds.
  const text = value.slice(0, 200).replace(/\([^()]*\)/g, ' ');
  const day = DAY_FIRST.exec(text);
  if (day !== null) return utc(year(day[3]), monthNumber(day[2]), day[1], day[4], day[5], day[6], day[7]);
  const iso = ISO.exec(text);
  if (iso !== null) return utc(Number(iso[1]), Number(iso[2]) - 1, iso[3], iso[4], iso[5], iso[6], iso[7]);
  const month = MONTH_FIRST.exec(text);
  if (month !== null) {
    return utc(Number(month[7]), monthNumber(month[1]), month[2], month[3], month[4], month[5], month[6]);
  }
  return undefined;
}

/**
 * Keeps a time within what the service can store and print: whole seconds from 1601, where FILETIME begins, to 9999,
 * the last year with four digits. Anything that is not a number becomes 1970.
 */
export function clampTime(time: number): number {
  if (Number.isNaN(time)) return 0;
  const clamped = Math.min(Math.max(time, EARLIEST), LATEST);
  return Math.floor(clamped / 1000) * 1000;
}

function utc(
  fullYear: number,
  month: number | undefined,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  zone: string | undefined,
): number | undefined {
  if (month === undefined || !(month >= 0 && month < 12)) return undefined;
  // Date.UTC reads years below 100 as 19xx, so the year is set by itself.
  const date = new Date(Date.UTC(2000, month, Number(day), Number(hour), Number(minute), Number(second ?? 0)));
  const carried = date.getUTCFullYear() - 2000;
  date.setUTCFullYear(fullYear + carried);
  const time = date.getTime() - zoneMinutes(zone ?? '') * 60_000;
  return Number.isFinite(time) ? clampTime(time) : undefined;
}

function zoneMinutes(text: string): number {
  const offset = /([+-])(\d{2}):?(\d{2})/.exec(text);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return offset[1] === '-' ? -minutes : minutes;
  }
  const name = /[a-z]+/i.exec(text);
  return (name !== null && ZONES.get(name[0].toLowerCase())) || 0;
}

function monthNumber(name: string | undefined): number | undefined {
  const index = MONTHS.indexOf((name ?? '').toLowerCase());
  return index < 0 ? undefined : index;
}

/** RFC 5322, section 4.3: two digits below 50 mean 20xx, other two- and three-digit years count from 1900. */
function year(digits: string | undefined): number {
  const number = Number(digits);
  if ((digits ?? '').length >= 4) return number;
  return (digits ?? '').length === 2 && number < 50 ? 2000 + number : 1900 + number;
}
