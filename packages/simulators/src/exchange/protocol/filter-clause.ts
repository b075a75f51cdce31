import { GraphFailure } from './graph-failure.ts';

/** Tells whether an entity passes a filter. */
export type EntityFilter = (entity: Readonly<Record<string, unknown>>) => boolean;

const COMPARISON = /^\s*([A-Za-z/]+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[^\s']+)\s*$/;

/**
 * Reads the value of `$filter`: comparisons joined by `and`. That is the part of the grammar which this simulator
 * serves; it answers everything else as the service answers a filter it cannot read.
 */
export function parseFilter(text: string | undefined): EntityFilter {
  if (text === undefined) return () => true;
  const comparisons = text.split(/\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)/).map(parseComparison);
  return (entity) => comparisons.every((comparison) => comparison(entity));
}

function parseComparison(text: string): EntityFilter {
  const [, name = '', operator = '', literal = ''] = COMPARISON.exec(text) ?? [];
  if (name === '') {
    throw new GraphFailure(400, 'ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.');
  }
  const expected = literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
  return (entity) => {
    const actual = String(entity[name]);
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
