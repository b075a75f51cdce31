import type { JsonObject, OperationOptions, RestorableItem } from '@holdfast/contracts';

import { asObject, asString } from '../json-access.ts';
import { ATTACHMENTS_PART, attachmentBytesName, attachmentJsonName } from '../read-attachments.ts';
import { itemOfMime } from './mime-attachments.ts';
import type { AttachmentToRestore } from './restorable-attachment.ts';

/** Reads the attachments of an item that was backed up without MIME, out of its `attachment/…` parts. */
export async function attachmentsOfParts(
  item: RestorableItem,
  fallbackTime: string | undefined,
  { signal }: OperationOptions = {},
): Promise<readonly AttachmentToRestore[]> {
  const result: AttachmentToRestore[] = [];
  for (let position = 1; item.parts.includes(attachmentJsonName(position)); position++) {
    const text = new TextDecoder().decode(await item.readPart(attachmentJsonName(position), { signal }));
    const description = asObject(JSON.parse(text)) ?? {};
    const bytesName = attachmentBytesName(position);
    const bytes = item.parts.includes(bytesName) ? await item.readPart(bytesName, { signal }) : undefined;
    const omitted = item.omitted.find(({ part }) => part === bytesName);
    result.push(await toAttachment(description, bytes, { fallbackTime, lost: omitted?.reason }));
  }
  const unlisted = item.omitted.find(({ part }) => part === ATTACHMENTS_PART);
  if (unlisted !== undefined) result.push({ kind: 'lost', reason: unlisted.reason });
  return result;
}

async function toAttachment(
  description: JsonObject,
  bytes: Uint8Array | undefined,
  { fallbackTime, lost }: { fallbackTime: string | undefined; lost: string | undefined },
): Promise<AttachmentToRestore> {
  const type = asString(description['@odata.type']) ?? '';
  const name = asString(description['name']) || 'attachment';
  const isInline = description['isInline'] === true;
  if (type.endsWith('.referenceAttachment')) {
    // v1.0 neither tells where such a link leads nor takes a new one.
    return { kind: 'lost', reason: 'referenceAttachment' };
  }
  if (type.endsWith('.itemAttachment')) {
    const item = asObject(description['item']);
    const isMessage = asString(item?.['@odata.type'])?.endsWith('essage') !== false;
    // Its MIME need not say when it was received; the service does.
    const received = asString(item?.['receivedDateTime']) ?? fallbackTime;
    if (bytes !== undefined && isMessage) return itemOfMime(bytes, { name, isInline, fallbackTime: received });
    if (item !== undefined) return { kind: 'item', name, isInline, message: item, attachments: [] };
  } else if (bytes !== undefined) {
    const contentType = asString(description['contentType']) ?? 'application/octet-stream';
    return { kind: 'file', name, contentType, isInline, contentId: asString(description['contentId']), bytes };
  }
  return { kind: 'lost', reason: lost ?? 'missing' };
}
