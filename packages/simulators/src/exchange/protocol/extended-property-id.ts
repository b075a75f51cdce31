const TAG = /^\s*([A-Za-z]+)\s+0x([0-9a-f]+)\s*$/i;
const NAMED = /^\s*([A-Za-z]+)\s+\{([0-9a-f-]{36})\}\s+(Name|Id)\s+(.+?)\s*$/i;

/**
 * The form in which the service shows the id of an extended property: hexadecimal numbers in small letters without
 * leading zeros (`String 0x001A` comes back as `String 0x1a`). Returns `undefined` for a text that is no such id.
 */
export function normalizePropertyId(text: string): string | undefined {
  const tag = TAG.exec(text);
  if (tag !== null) return `${tag[1]} 0x${Number.parseInt(tag[2] ?? '', 16).toString(16)}`;
  const named = NAMED.exec(text);
  if (named === null) return undefined;
  const [, type = '', guid = '', kind = '', name = ''] = named;
  if (kind.toLowerCase() === 'name') return `${type} {${guid.toLowerCase()}} Name ${name}`;
  const number = Number.parseInt(name, 16);
  return Number.isNaN(number) ? undefined : `${type} {${guid.toLowerCase()}} Id 0x${number.toString(16)}`;
}

/** The ids that the `$filter` of an expanded property list names, normalised; `undefined` if it has another form. */
export function propertyIdsOfFilter(filter: string): readonly string[] | undefined {
  const ids: string[] = [];
  for (const term of filter.split(/\s+or\s+(?=(?:[^']*'[^']*')*[^']*$)/i)) {
    const [, quoted] = /^\s*\(?\s*id\s+eq\s+'([^']*)'\s*\)?\s*$/i.exec(term) ?? [];
    const id = quoted === undefined ? undefined : normalizePropertyId(quoted);
    if (id === undefined) return undefined;
    ids.push(id);
  }
  return ids;
}
