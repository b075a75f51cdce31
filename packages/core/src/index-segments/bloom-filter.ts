const BITS_PER_KEY = 12;

/** Which bits of a filter a key sets: as many as its length allows for. */
export interface FilterShape {
  /** Length of a key in bytes. */
  readonly keyLength: number;
  /** How many bits a key sets; the i-th is taken from its bytes 4i to 4i + 3. */
  readonly hashes: number;
}

/**
 * Makes a Bloom filter of twelve bits a key: of a thousand absent keys of 32 bytes about three are not told. Without keys it
 * is empty.
 *
 * @param keys - Bytes in which a key begins every `stride` bytes.
 */
export function createFilter(keys: Uint8Array, stride: number, shape: FilterShape): Uint8Array {
  const filter = emptyFilter(keys.length / stride);
  for (let offset = 0; offset < keys.length; offset += stride) addToFilter(filter, keys, offset, shape);
  return filter;
}

/** A filter for so many keys that has none yet. */
export function emptyFilter(keys: number): Uint8Array {
  return new Uint8Array(Math.ceil((keys * BITS_PER_KEY) / 8));
}

/** Sets the bits of a key. */
export function addToFilter(filter: Uint8Array, keys: Uint8Array, offset: number, shape: FilterShape): void {
  const bits = filter.length * 8;
  for (let i = 0; i < shape.hashes; i++) {
    const bit = bitAt(keys, offset + 4 * i, bits);
    filter[bit >>> 3]! |= 1 << (bit & 7);
  }
}

/** Whether a key may be among those of the filter. An empty filter never says no. */
export function mayContain(filter: Uint8Array, keys: Uint8Array, offset: number, shape: FilterShape): boolean {
  const bits = filter.length * 8;
  if (bits === 0) return true;
  for (let i = 0; i < shape.hashes; i++) {
    const bit = bitAt(keys, offset + 4 * i, bits);
    if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** The `u32` at a place, modulo the bits of a filter. */
function bitAt(bytes: Uint8Array, offset: number, bits: number): number {
  const high = (bytes[offset]! << 24) | (bytes[offset + 1]! << 16);
  return ((high | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0) % bits;
}
