/** A `Content-Type` value, taken apart. */
export interface MediaType {
  /** Type and subtype in lower case; `text/plain` where the value names none. */
  readonly type: string;
  /** Parameters by lower-case name, without quotes. */
  readonly params: ReadonlyMap<string, string>;
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/** Takes a `Content-Type` value apart (RFC 2045, section 5.1), leniently; the first of two equal parameters counts. */
export function parseMediaType(value: string): MediaType {
  const text = value.replace(/\([^()"]*\)/g, ' ');
  const type = (text.split(';', 1)[0] ?? '').trim().toLowerCase();
  const params = new Map<string, string>();
  for (const [, name = '', quoted, plain] of text.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (!params.has(key)) params.set(key, quoted?.replace(/\\(.)/g, '$1') ?? (plain ?? '').trim());
  }
  return { type: TOKEN.test(type) ? type : 'text/plain', params };
}

/** The type of an attachment: what was declared if that is a media type at all, else `application/octet-stream`. */
export function attachmentType(declared: string): string {
  const type = declared.trim().toLowerCase();
  return TOKEN.test(type) ? type : 'application/octet-stream';
}
