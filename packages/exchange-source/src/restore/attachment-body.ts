import type { JsonObject, OmittedPart } from '@holdfast/contracts';

import { messageBody } from './message-body.ts';
import type { AttachmentToRestore, FileToAttach, ItemToAttach } from './restorable-attachment.ts';

/** The body of a request that adds an attachment, and what could not go into it. */
export interface AttachmentBody {
  /** The body. */
  readonly body: JsonObject;
  /** What of an attached message could not go into it. */
  readonly omitted: readonly OmittedPart[];
}

/** Words an attachment for the request that adds it; `part` names it in what is omitted. */
export function attachmentBody(attachment: FileToAttach | ItemToAttach, part: string): AttachmentBody {
  return attachment.kind === 'file' ? { body: fileBody(attachment), omitted: [] } : itemBody(attachment, part);
}

function fileBody({ name, contentType, isInline, contentId, bytes }: FileToAttach): JsonObject {
  return {
    '@odata.type': '#microsoft.graph.fileAttachment',
    name,
    contentType,
    isInline,
    ...(contentId === undefined ? {} : { contentId }),
    contentBytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  };
}

function itemBody({ name, isInline, message, attachments }: ItemToAttach, part: string): AttachmentBody {
  const { body, omitted } = messageBody(message);
  const lost: OmittedPart[] = omitted.map((property) => ({ ...property, part: `${part}/${property.part}` }));
  const nested: JsonObject[] = [];
  for (const [index, attachment] of attachments.entries()) {
    const nestedPart = `${part}/attachment/${index + 1}`;
    const worded = wordNested(attachment, nestedPart);
    if (worded.body !== undefined) nested.push(worded.body);
    lost.push(...worded.omitted);
  }
  const item = {
    '@odata.type': '#microsoft.graph.message',
    ...body,
    ...(nested.length === 0 ? {} : { attachments: nested }),
  };
  return { body: { '@odata.type': '#microsoft.graph.itemAttachment', name, isInline, item }, omitted: lost };
}

function wordNested(
  attachment: AttachmentToRestore,
  part: string,
): { body?: JsonObject; omitted: readonly OmittedPart[] } {
  if (attachment.kind === 'lost') return { omitted: [{ part, reason: attachment.reason, lost: true }] };
  return attachmentBody(attachment, part);
}
