import type { JsonObject, JsonValue } from '@holdfast/contracts';

const MAX_DEPTH = 16;

/**
 * The canonical form of JSON (RFC 8785): members sorted by name at every level, no white space.
 *
 * @throws `RangeError` beyond 16 levels, which no structure of the format has.
 */
export function canonicalJson(value: JsonValue, depth = 0): string {
  if (depth > MAX_DEPTH) throw new RangeError('The JSON is nested too deeply.');
  if (Array.isArray(value)) return `[${value.map((element) => canonicalJson(element, depth + 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as JsonObject)
    // By UTF-16 code units, as RFC 8785 section 3.2.3 wants: no locale.
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}
