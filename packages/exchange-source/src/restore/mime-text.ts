const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/** Text that a mailbox can hold: no NUL, no half of a surrogate pair. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

/** Text of one line that a mailbox can hold. */
export function storableLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it replaces
  return storableText(text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ')).trim();
}

/** Body text as the service tells it: lines end in CRLF. */
export function storableBody(text: string): string {
  return storableText(text).replaceAll(/\r?\n/g, '\r\n');
}

/** The media type of a `Content-Type` value in lower case, without parameters; `fallback` if there is none in it. */
export function mediaTypeOf(value: string, fallback: string): string {
  const type = (value.replaceAll(/\([^()"]*\)/g, ' ').split(';', 1)[0] ?? '').trim().toLowerCase();
  return MEDIA_TYPE.test(type) ? type : fallback;
}

/** The message in the bytes: a byte order mark and the `From ` line of an mbox file do not belong to it. */
export function withoutEnvelope(bytes: Uint8Array): Uint8Array {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const message = marked ? bytes.subarray(3) : bytes;
  const start = new TextDecoder('latin1').decode(message.subarray(0, 6));
  if (!start.startsWith('From ') && start !== '>From ') return message;
  const end = message.indexOf(LINE_FEED);
  return message.subarray(end < 0 ? message.length : end + 1);
}

/** The bytes after the first empty line. */
export function bodyBytes(message: Uint8Array): Uint8Array {
  let line = 0;
  for (let end = message.indexOf(LINE_FEED); end >= 0; end = message.indexOf(LINE_FEED, line)) {
    if (end === line || (end === line + 1 && message[line] === CARRIAGE_RETURN)) return message.subarray(end + 1);
    line = end + 1;
  }
  return new Uint8Array();
}
