import type { Attachment } from 'postal-mime';

import type { AttachmentContent, FileAttachmentContent, MessageContent } from '../message-content.ts';
import { cleanLine } from './clean-text.ts';
import { attachmentType } from './media-type.ts';

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['application/pdf', '.pdf'],
  ['image/gif', '.gif'],
  ['image/jpeg', '.jpg'],
  ['image/png', '.png'],
  ['message/rfc822', '.eml'],
  ['text/calendar', '.ics'],
  ['text/html', '.htm'],
  ['text/plain', '.txt'],
]);

/** What {@link deliverAttachments} needs to know of the message around the attachments. */
export interface DeliverAttachmentsOptions {
  /** HTML body, in which `cid:` refers to inline attachments. */
  readonly html: string | undefined;
  /** Delivers an attached message; `undefined` keeps attached messages as files. */
  readonly deliver: ((bytes: Uint8Array) => Promise<MessageContent>) | undefined;
}

/**
 * Turns the parts that are not the body into attachments: messages into items, everything else into files. A part
 * without a name is called `ATT00001` and so on, as Exchange does.
 */
export async function deliverAttachments(
  parts: readonly Attachment[],
  options: DeliverAttachmentsOptions,
): Promise<AttachmentContent[]> {
  const references = contentReferences(options.html ?? '');
  const result: AttachmentContent[] = [];
  for (const part of parts) {
    const file = toFile(part, references, result.length + 1);
    if (options.deliver !== undefined && isMessage(file.contentType)) {
      const item = await options.deliver(withoutLastLineEnd(file.bytes));
      result.push({ kind: 'item', name: item.subject || file.name, isInline: false, item });
    } else {
      result.push(file);
    }
  }
  return result;
}

/** The bytes of a part. */
export function partBytes(part: Attachment): Uint8Array {
  return typeof part.content === 'string' ? new TextEncoder().encode(part.content) : new Uint8Array(part.content);
}

function toFile(part: Attachment, references: ReadonlySet<string>, position: number): FileAttachmentContent {
  const contentType = attachmentType(part.mimeType);
  const contentId = cleanLine((part.contentId ?? '').replace(/[<>]/g, '')) || undefined;
  const referenced = contentId !== undefined && references.has(contentId.toLowerCase());
  const unnamed = `ATT${String(position).padStart(5, '0')}${EXTENSIONS.get(contentType) ?? '.bin'}`;
  return {
    kind: 'file',
    name: cleanLine(part.filename ?? '') || unnamed,
    contentType,
    isInline: referenced || part.disposition === 'inline',
    contentId,
    bytes: partBytes(part),
  };
}

function isMessage(contentType: string): boolean {
  return contentType === 'message/rfc822' || contentType === 'message/global';
}

/** The line end before a boundary belongs to the boundary (RFC 2046, section 5.1.1), but the parser leaves it in. */
function withoutLastLineEnd(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}

function contentReferences(html: string): ReadonlySet<string> {
  const references = new Set<string>();
  for (const [, reference = ''] of html.matchAll(/\bcid:([^\s"'<>)]+)/gi)) {
    references.add(reference.toLowerCase());
    try {
      references.add(decodeURIComponent(reference).toLowerCase());
    } catch {
      // Not percent-encoded after all: the plain form is in the set already.
    }
  }
  return references;
}
