import { SourceError } from '@holdfast/contracts';
import type { JsonObject, JsonValue } from '@holdfast/contracts';

/** The value if it is an object, else `undefined`. */
export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The value if it is an array, else an empty one. */
export function asArray(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** The objects of an array; anything else in it is dropped. */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return asArray(value)
    .map((entry) => asObject(entry))
    .filter((entry) => entry !== undefined);
}

/**
 * The entries of a list that the service gave. One that is no object stands as an empty one, so that nothing in a list
 * is passed over in silence.
 *
 * @throws `ERR_SOURCE_PROTOCOL`, a {@link SourceError}, if it is no list.
 */
export function entriesOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) throw new SourceError('ERR_SOURCE_PROTOCOL', { reason: 'an answer without a list' });
  return asArray(value).map((entry) => asObject(entry) ?? {});
}

/** The id of an entry of a list, if it has one. */
export function idOf(entry: JsonObject): string | undefined {
  const id = asString(entry['id']);
  return id === '' ? undefined : id;
}

/** The value if it is a string, else `undefined`. */
export function asString(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** JSON with the names of every object in order, so that equal values are equal text. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value))
    return `[${(value as readonly JsonValue[]).map((entry) => canonicalJson(entry)).join(',')}]`;
  const object = asObject(value);
  if (object === undefined) return JSON.stringify(value);
  const members = Object.keys(object)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** JSON as UTF-8. */
export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
