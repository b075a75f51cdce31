import { Buffer } from 'node:buffer';

const HEX = /^(?:[0-9a-f]{2})*$/;

/** Writes bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/**
 * Reads lower-case hex. Upper case is refused, because the repository format knows one spelling of a name only.
 *
 * @throws A `RangeError` if the text is anything else.
 */
export function fromHex(text: string): Uint8Array {
  if (!HEX.test(text)) throw new RangeError('Not lower-case hex.');
  // A copy: what `Buffer.from` gives may lie in the shared pool.
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Whether two optional byte strings are both missing, or the same. */
export function equalOptionalBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}

/** Compares byte by byte: negative if `a` comes first, 0 if both are equal. A beginning comes before the whole. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether both hold the same bytes. Not in constant time: do not compare secrets with it. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Copies the parts, one after the other, into new bytes. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
