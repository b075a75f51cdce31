const LF = 0x0a;
const CR = 0x0d;

/**
 * The part of the bytes that is the message: without a byte order mark and without the `From ` line that mbox files put
 * in front. A transport strips the first and never sees the second.
 */
export function stripEnvelope(bytes: Uint8Array): Uint8Array {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const message = hasMark ? bytes.subarray(3) : bytes;
  if (!startsWith(message, 'From ') && !startsWith(message, '>From ')) return message;
  const end = message.indexOf(LF);
  return end < 0 ? message.subarray(message.length) : message.subarray(end + 1);
}

/** Where the body begins: after the first empty line; the length of the bytes if there is none. */
export function bodyOffset(bytes: Uint8Array): number {
  let lineStart = 0;
  while (lineStart < bytes.length) {
    const lineEnd = bytes.indexOf(LF, lineStart);
    if (lineEnd < 0) return bytes.length;
    if (lineEnd === lineStart || (lineEnd === lineStart + 1 && bytes[lineStart] === CR)) return lineEnd + 1;
    lineStart = lineEnd + 1;
  }
  return bytes.length;
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
