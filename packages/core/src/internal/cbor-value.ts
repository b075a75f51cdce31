/** What this library writes as CBOR: JSON and bytes. Members of maps are never `undefined`. */
export type CborValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly CborValue[]
  | { readonly [name: string]: CborValue };

/** How deep arrays and maps may lie in each other. Deeper nesting is refused in both directions. */
export const MAXIMUM_DEPTH = 256;
