/** The bytes in a buffer that is theirs alone, fit to be transferred: themselves where they fill one, else a copy. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const fills = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return fills ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
}
