/** Any value that survives `JSON.stringify` and `JSON.parse` unchanged. */
export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;

/** An array of {@link JsonValue}. */
export type JsonArray = readonly JsonValue[];

/** An object of {@link JsonValue}. */
export interface JsonObject {
  /** One member. */
  readonly [name: string]: JsonValue;
}
