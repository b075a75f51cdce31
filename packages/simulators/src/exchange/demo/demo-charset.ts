import iconv from 'iconv-lite';

/** What one encoded word of RFC 2047 may hold, so that its base64 stays within 75 characters. */
const WORD_BYTES = 30;

const ESCAPE = 0x1b;
const TO_JIS = [ESCAPE, 0x24, 0x42];
const TO_ASCII = [ESCAPE, 0x28, 0x42];

/** Encodes a text in a charset of mail. */
export function encodeText(text: string, charset: string): Uint8Array {
  return charset === 'iso-2022-jp' ? encodeIso2022Jp(text) : new Uint8Array(iconv.encode(text, charset));
}

/** Whether a charset has every character of a text. */
export function fitsCharset(text: string, charset: string): boolean {
  // Not TextDecoder: that of Node 22 reads windows-1252 as ISO-8859-1 (nodejs/node#56542).
  const encoding = charset === 'iso-2022-jp' ? 'euc-jp' : charset;
  return iconv.decode(iconv.encode(text, encoding), encoding) === text;
}

/**
 * Encodes a header value as encoded words (RFC 2047); ASCII stays as it is. No character is cut in two, and each word
 * begins and ends in ASCII, as section 5 of the RFC asks of charsets with a state.
 */
export function encodeHeader(text: string, charset: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let chunk = '';
  for (const character of text) {
    if (encodeText(chunk + character, charset).length > WORD_BYTES) {
      words.push(encodedWord(chunk, charset));
      chunk = '';
    }
    chunk += character;
  }
  return [...words, encodedWord(chunk, charset)].join(' ');
}

function encodedWord(chunk: string, charset: string): string {
  return `=?${charset}?B?${Buffer.from(encodeText(chunk, charset)).toString('base64')}?=`;
}

/** iconv-lite has no ISO-2022-JP; its double-byte part is EUC-JP without the high bits, between escapes (RFC 1468). */
function encodeIso2022Jp(text: string): Uint8Array {
  const source = iconv.encode(text, 'euc-jp');
  const result: number[] = [];
  let inJis = false;
  for (const byte of source) {
    const isJis = byte >= 0x80;
    if (isJis !== inJis) result.push(...(isJis ? TO_JIS : TO_ASCII));
    inJis = isJis;
    result.push(byte & 0x7f);
  }
  if (inJis) result.push(...TO_ASCII);
  return Uint8Array.from(result);
}
