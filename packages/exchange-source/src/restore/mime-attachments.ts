import type { Attachment, Email } from 'postal-mime';

import { asString } from '../json-access.ts';
import { messageOfMime, parseMime } from './mime-message.ts';
import type { ParsedMime } from './mime-message.ts';
import { bodyBytes, mediaTypeOf, storableLine } from './mime-text.ts';
import type { AttachmentToRestore, FileToAttach } from './restorable-attachment.ts';

/** Deeper than this the service itself does not look into attached messages; they stay files. */
const DEEPEST = 30;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'message/rfc822': '.eml',
  'text/calendar': '.ics',
  'text/html': '.htm',
  'text/plain': '.txt',
};

/**
 * Takes the attachments out of a message, as the service shows them: what is no body is a file; attached messages are
 * items with attachments of their own; S/MIME of either form is one file with the name `smime.p7m`. Parts without a name
 * get the one that Exchange gives them.
 */
export async function attachmentsOfMime(
  bytes: Uint8Array,
  fallbackTime: string | undefined,
): Promise<readonly AttachmentToRestore[]> {
  return attachmentsAt(await parseMime(bytes), fallbackTime, 0);
}

/** An attached message out of its MIME. */
export async function itemOfMime(
  bytes: Uint8Array,
  { name, isInline, fallbackTime }: { name: string; isInline: boolean; fallbackTime: string | undefined },
): Promise<AttachmentToRestore> {
  const parsed = await parseMime(bytes);
  const attachments = await attachmentsAt(parsed, fallbackTime, 1);
  return { kind: 'item', name, isInline, message: messageOfMime(parsed, fallbackTime), attachments };
}

async function attachmentsAt(
  parsed: ParsedMime,
  fallbackTime: string | undefined,
  depth: number,
): Promise<readonly AttachmentToRestore[]> {
  const { email } = parsed;
  if (parsed.form !== 'ordinary') return [smimeFile(parsed)];

  const shownInBody = contentReferences(email.html ?? '');
  const result: AttachmentToRestore[] = [];
  for (const part of email.attachments) {
    const file = toFile(part, shownInBody, result.length + 1);
    if (depth >= DEEPEST || !/^message\/(?:rfc822|global)$/.test(file.contentType)) {
      result.push(file);
      continue;
    }
    const inner = await parseMime(withoutLastLineEnd(file.bytes));
    const message = messageOfMime(inner, fallbackTime);
    const attachments = await attachmentsAt(inner, fallbackTime, depth + 1);
    result.push({
      kind: 'item',
      name: asString(message['subject']) || file.name,
      isInline: false,
      message,
      attachments,
    });
  }
  return result;
}

function smimeFile({ email, message, contentType, mediaType, form }: ParsedMime): FileToAttach {
  const common = { kind: 'file', name: 'smime.p7m', contentType: mediaType, isInline: false } as const;
  if (form === 'opaque') return { ...common, contentId: undefined, bytes: bytesOf(email.attachments[0]) };
  // The signature covers the parts as they were written, so the whole entity is kept.
  const header = new TextEncoder().encode(`Content-Type: ${contentType}\r\n\r\n`);
  const body = bodyBytes(message);
  const bytes = new Uint8Array(header.length + body.length);
  bytes.set(header);
  bytes.set(body, header.length);
  return { ...common, contentId: undefined, bytes };
}

function toFile(part: Attachment, shownInBody: ReadonlySet<string>, position: number): FileToAttach {
  const contentType = mediaTypeOf(part.mimeType, 'application/octet-stream');
  const contentId = storableLine((part.contentId ?? '').replaceAll(/[<>]/g, '')) || undefined;
  const isShown = contentId !== undefined && shownInBody.has(contentId.toLowerCase());
  const number = String(position).padStart(5, '0');
  return {
    kind: 'file',
    name: storableLine(part.filename ?? '') || `ATT${number}${EXTENSIONS[contentType] ?? '.bin'}`,
    contentType,
    isInline: isShown || part.disposition === 'inline',
    contentId,
    bytes: bytesOf(part),
  };
}

function bytesOf(part: Email['attachments'][number] | undefined): Uint8Array {
  if (part === undefined) return new Uint8Array();
  return typeof part.content === 'string' ? new TextEncoder().encode(part.content) : new Uint8Array(part.content);
}

/** The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1), but the parser leaves it in. */
function withoutLastLineEnd(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}

/** The Content-IDs that an HTML body shows in place, in lower case; they may be percent-encoded there (RFC 2392). */
function contentReferences(html: string): ReadonlySet<string> {
  const references = new Set<string>();
  for (const [, reference = ''] of html.matchAll(/\bcid:([^\s"'<>)]+)/gi)) {
    references.add(reference.toLowerCase());
    try {
      references.add(decodeURIComponent(reference).toLowerCase());
    } catch {
      // Not percent-encoded after all; the plain form is in the set.
    }
  }
  return references;
}
