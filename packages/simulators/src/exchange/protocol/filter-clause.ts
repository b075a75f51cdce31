import { normalizePropertyId } from './extended-property-id.ts';
import { GraphFailure } from './graph-failure.ts';
import { splitOutside } from './split-outside.ts';

/** What a filter looks at. */
export interface FilterSubject {
  /** The value of a property; `undefined` if it has none. */
  property(name: string): unknown;
  /** The value of an extended property by its normalised id. */
  extendedValue?(id: string): string | undefined;
}

/** Tells whether a thing passes a filter. */
export type EntityFilter = (subject: FilterSubject) => boolean;

/** Which filters a list knows. */
export interface FilterOptions {
  /** Whether its entries have extended properties that can be compared. @defaultValue `false` */
  readonly withExtended?: boolean | undefined;
}

const COMPARISON = /^\s*([A-Za-z/]+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[^\s']+)\s*$/;
const EXTENDED = /^\s*singleValueExtendedProperties\/any\s*\(\s*(\w+)\s*:(.*)\)\s*$/is;

/**
 * Reads the value of `$filter`: comparisons joined by `and`, and for messages the documented form of a comparison with
 * an extended property, `singleValueExtendedProperties/Any(ep: ep/id eq '…' and ep/value eq '…')`
 * (api/singlevaluelegacyextendedproperty-get). That is the part of the grammar which this simulator serves; it answers
 * everything else as the service answers a filter it cannot read.
 */
export function parseFilter(text: string | undefined, { withExtended = false }: FilterOptions = {}): EntityFilter {
  if (text === undefined) return () => true;
  const comparisons = splitOutside(text, ' and ').map((term) =>
    withExtended && EXTENDED.test(term) ? parseExtended(term) : parseComparison(term),
  );
  return (subject) => comparisons.every((comparison) => comparison(subject));
}

function parseExtended(text: string): EntityFilter {
  const [, variable = '', inner = ''] = EXTENDED.exec(text) ?? [];
  const wanted = new Map<string, string>();
  for (const term of splitOutside(inner, ' and ')) {
    const [, name = '', operator = '', literal = ''] = COMPARISON.exec(term) ?? [];
    if (operator !== 'eq' || !literal.startsWith("'") || wanted.has(name)) throw unreadable();
    wanted.set(name, unquoted(literal));
  }
  const id = normalizePropertyId(wanted.get(`${variable}/id`) ?? '');
  const value = wanted.get(`${variable}/value`);
  if (id === undefined || value === undefined || wanted.size !== 2) throw unreadable();
  return (subject) => subject.extendedValue?.(id) === value;
}

function parseComparison(text: string): EntityFilter {
  const [, name = '', operator = '', literal = ''] = COMPARISON.exec(text) ?? [];
  if (name === '') throw unreadable();
  const expected = unquoted(literal);
  return (subject) => {
    const actual = String(subject.property(name));
    switch (operator) {
      case 'eq':
        return actual === expected;
      case 'ne':
        return actual !== expected;
      case 'gt':
        return actual > expected;
      case 'ge':
        return actual >= expected;
      case 'lt':
        return actual < expected;
      default:
        return actual <= expected;
    }
  };
}

function unquoted(literal: string): string {
  return literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
}

function unreadable(): GraphFailure {
  return new GraphFailure(400, 'ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.');
}
