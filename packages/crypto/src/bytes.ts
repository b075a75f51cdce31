/** The bytes of a text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Lower-case hex of bytes. */
export function toHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}

/** The bytes of exactly `length` written in lower-case hex, or `undefined` if the text is anything else. */
export function fromHex(text: unknown, length: number): Uint8Array | undefined {
  if (typeof text !== 'string' || text.length !== length * 2 || !/^[0-9a-f]*$/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Base64 of bytes, with padding. */
export function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}

/** The bytes of exactly `length` written in base64, or `undefined` if the text is anything else. */
export function fromBase64(text: unknown, length: number): Uint8Array | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Node skips what is not base64: only a text that comes out the same again was wholly valid.
  return bytes.length === length && bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}

/** The bytes as text with one character each, as a key of a map. */
export function toLatin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

/** Whether the bytes at an offset are those of an ASCII text. */
export function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return toLatin1(bytes.subarray(offset, offset + text.length)) === text;
}

/** A view on bytes for big-endian integers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** One array with the bytes of several. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
