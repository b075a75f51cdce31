import type { Segment } from './manifest.ts';

/** A mail taken apart. */
export interface SplitMail {
  /** Header, text, and decoded attachments. */
  readonly pieces: readonly Uint8Array[];
  readonly segments: readonly Segment[];
}

const MARK = 'Content-Transfer-Encoding: base64\r\n';
/** Decoded; below that it is not worth a piece of its own. */
const LEAST = 1024;

/**
 * Takes a mail apart in the plainest way that can be put together again: looks for parts in base64, decodes each whole,
 * and keeps it decoded if encoding it again gives the same characters.
 */
export function splitMail(mail: Buffer): SplitMail | undefined {
  const head = mail.indexOf('\r\n\r\n') + 4;
  if (head < 4) return undefined;
  const texts: Buffer[] = [];
  const attachments: Buffer[] = [];
  const segments: Segment[] = [{ source: 0, length: head }];
  let kept = head;
  const keep = (end: number): void => {
    texts.push(mail.subarray(kept, end));
    segments.push({ source: 1, length: end - kept });
  };
  for (let at = mail.indexOf(MARK); at >= 0; at = mail.indexOf(MARK, at + MARK.length)) {
    const begin = mail.indexOf('\r\n\r\n', at) + 4;
    const boundary = mail.indexOf('\r\n--', begin);
    let end = boundary < 0 ? mail.length : boundary;
    while (end > begin && (mail[end - 1] === 13 || mail[end - 1] === 10)) end -= 1;
    const line = mail.indexOf('\r\n', begin) - begin;
    if (begin < head || end - begin < LEAST || line <= 0 || line % 4 !== 0) continue;
    const decoded = decodeLines(mail.subarray(begin, end), line);
    if (decoded === undefined) continue;
    keep(begin);
    segments.push({ source: 2 + attachments.length, length: end - begin, line, eol: 'crlf' });
    attachments.push(decoded);
    kept = end;
    at = end - MARK.length;
  }
  keep(mail.length);
  return { pieces: [mail.subarray(0, head), Buffer.concat(texts), ...attachments], segments };
}

function decodeLines(text: Buffer, line: number): Buffer | undefined {
  const ends = Math.floor((text.length - 1) / (line + 2));
  const pure = Buffer.allocUnsafe(text.length - 2 * ends);
  for (let from = 0, to = 0; from < text.length; from += line + 2, to += line) text.copy(pure, to, from, from + line);
  const characters = pure.toString('latin1');
  const decoded = Buffer.from(characters, 'base64');
  if (decoded.toString('base64') !== characters) return undefined;
  // Ends of lines are where they are said to be: else what was copied was one of them, and no base64.
  for (let at = line; at < text.length; at += line + 2) if (text[at] !== 13 || text[at + 1] !== 10) return undefined;
  return decoded;
}
