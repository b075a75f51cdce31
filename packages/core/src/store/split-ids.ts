const ID_LENGTH = 32;

/** Takes ids that lie back to back apart, without copying them. */
export function splitIds(ids: Uint8Array): Uint8Array[] {
  return Array.from({ length: ids.length / ID_LENGTH }, (_, i) => ids.subarray(i * ID_LENGTH, (i + 1) * ID_LENGTH));
}
