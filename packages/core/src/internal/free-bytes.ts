/** What a buffer may have beside the bytes and still be theirs alone: less than the pool that small buffers share. */
const SLACK = 1024;

/**
 * Gives the memory of bytes back at once: the garbage collector sees little of what lies outside its heap, and lets tens of megabytes of
 * it pile up. The bytes must be the caller's own, and nobody may use them, or others of their buffer, afterwards.
 */
export function freeBytes(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength <= bytes.byteLength + SLACK)
    buffer.transfer(0);
}
