/** What a request asked for in its `Prefer` header, as far as the service acts on it. */
export interface Preferences {
  /** Which ids the answer carries. Ids in the request may be of either kind. */
  readonly idFormat: IdFormat;
  /** Page size asked for (`odata.maxpagesize`). */
  readonly maxPageSize: number | undefined;
  /** The value of `Preference-Applied`, absent if nothing was applied. */
  readonly applied: string | undefined;
}

/** The two kinds of item id: one that changes when the item moves, one that does not. */
export type IdFormat = 'immutable' | 'mutable';

/** Reads a `Prefer` header. Unknown preferences are not applied; the value of `IdType` is compared with case. */
export function parsePreferences(header: string | undefined): Preferences {
  let idFormat: IdFormat = 'mutable';
  let maxPageSize: number | undefined;
  const applied: string[] = [];
  for (const part of header?.split(/[,;]/) ?? []) {
    const [name = '', value = ''] = part.split('=').map((text) => text.trim());
    const bare = value.replaceAll('"', '');
    if (name.toLowerCase() === 'idtype' && bare === 'ImmutableId') {
      idFormat = 'immutable';
      applied.push('IdType=ImmutableId');
    } else if (name.toLowerCase() === 'odata.maxpagesize' && /^[1-9][0-9]*$/.test(bare)) {
      maxPageSize = Number(bare);
      applied.push(`odata.maxpagesize=${bare}`);
    }
  }
  return { idFormat, maxPageSize, applied: applied.length === 0 ? undefined : applied.join(', ') };
}
