const PLAIN = /^[\t\r\n\u0020-\u007e]*$/;
const SAFE = makeSafe();
const HEX = '0123456789ABCDEF';

/** Base64 in lines of that many characters, each but the last ended by CRLF. */
export function base64Lines(bytes: Buffer, line: number): string {
  const text = bytes.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += line) lines.push(text.slice(at, at + line));
  return lines.join('\r\n');
}

/** Whether text may stand in a mail as it is. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** Quoted-printable (RFC 2045, section 6.7), with soft breaks before the 76th character of a line. */
export function quotedPrintable(text: string): string {
  const bytes = Buffer.from(text);
  const out = Buffer.allocUnsafe(bytes.length * 3 + (bytes.length >> 4) + 16);
  let at = 0;
  let column = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === 13 || byte === 10) {
      out[at++] = byte;
      column = 0;
      continue;
    }
    const isSafe = SAFE[byte] === 1 && !(byte === 32 && bytes[i + 1] === 13);
    if (column + (isSafe ? 1 : 3) > 75) {
      at += out.write('=\r\n', at, 'latin1');
      column = 0;
    }
    if (isSafe) out[at++] = byte;
    else at += out.write(`=${HEX[byte >> 4]}${HEX[byte & 15]}`, at, 'latin1');
    column += isSafe ? 1 : 3;
  }
  return out.toString('latin1', 0, at);
}

/** A header value as an encoded word if it has other letters than those of ASCII. */
export function encodedWord(text: string): string {
  return isPlain(text) ? text : `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
}

function makeSafe(): Uint8Array {
  const safe = new Uint8Array(256);
  for (let byte = 32; byte < 127; byte += 1) safe[byte] = byte === 61 ? 0 : 1;
  return safe;
}
