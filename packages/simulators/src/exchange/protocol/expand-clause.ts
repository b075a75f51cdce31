import { invalidQuery } from './graph-failure.ts';
import { splitOutside } from './split-outside.ts';

/** One navigation property of `$expand`, with the options it carries in parentheses. */
export interface ExpandClause {
  /** Name of the property as written, without a type in front of it. */
  readonly name: string;
  /** The type in front of the name (`microsoft.graph.itemattachment/item`), in small letters. */
  readonly cast: string | undefined;
  /** Properties of `$select`. */
  readonly select: readonly string[] | undefined;
  /** The text of `$filter`. */
  readonly filter: string | undefined;
  /** What is expanded in turn. */
  readonly expand: readonly ExpandClause[];
}

/** Reads the value of `$expand`. Throws what the service answers to one that cannot be read. */
export function parseExpand(text: string | undefined): readonly ExpandClause[] {
  if (text === undefined || text.trim() === '') return [];
  return splitOutside(text, ',').map(parseClause);
}

/** Reads the value of `$select`: names, in the order written. */
export function parseSelect(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((name) => name.trim());
}

function parseClause(text: string): ExpandClause {
  const [, path = '', options] = /^\s*([^()]+?)\s*(?:\((.*)\))?\s*$/s.exec(text) ?? [];
  if (path === '') throw invalidQuery(`Term '${text}' is not valid in a $select or $expand expression.`);
  const slash = path.lastIndexOf('/');
  const clause = { select: undefined, filter: undefined, expand: [] } as {
    select: readonly string[] | undefined;
    filter: string | undefined;
    expand: readonly ExpandClause[];
  };
  for (const option of options === undefined ? [] : splitOutside(options, ';')) {
    const equals = option.indexOf('=');
    const name = option.slice(0, equals).trim();
    const value = option.slice(equals + 1).trim();
    if (name === '$select') clause.select = parseSelect(value);
    else if (name === '$filter') clause.filter = value;
    else if (name === '$expand') clause.expand = parseExpand(value);
    else throw invalidQuery(`Term '${text}' is not valid in a $select or $expand expression.`);
  }
  return {
    name: path.slice(slash + 1),
    cast: slash < 0 ? undefined : path.slice(0, slash).toLowerCase(),
    ...clause,
  };
}
