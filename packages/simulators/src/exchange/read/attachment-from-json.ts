import type { AttachmentContent, MessageContent } from '../message-content.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';

/** Files from this size on go through an upload session (outlook-large-attachments: 3 MB). */
export const SMALLEST_UPLOAD: number = 3 * 1024 * 1024;

/**
 * Reads an attachment that a client adds; `readItem` reads the message inside an item attachment. Throws what the
 * service answers to an attachment that it does not take.
 */
export function attachmentFromJson(
  json: Readonly<Record<string, unknown>>,
  readItem: (item: object) => MessageContent,
): AttachmentContent {
  const type = String(json['@odata.type']).replace(/^#?microsoft\.graph\./, '');
  const name = typeof json['name'] === 'string' ? json['name'] : '';
  const isInline = json['isInline'] === true;
  if (name === '') throw new GraphFailure(400, 'ErrorInvalidProperty', "Required property 'name' is missing.");

  if (type === 'itemAttachment') {
    const { item } = json;
    if (typeof item !== 'object' || item === null) {
      throw new GraphFailure(400, 'ErrorInvalidProperty', "Required property 'item' is missing.");
    }
    return { kind: 'item', name, isInline, item: readItem(item) };
  }
  if (type === 'referenceAttachment') {
    throw new GraphFailure(400, 'ErrorInvalidProperty', "Required property 'sourceUrl' is missing.");
  }
  const contentBytes = json['contentBytes'];
  if (typeof contentBytes !== 'string') {
    throw new GraphFailure(400, 'ErrorInvalidProperty', "Required property 'contentBytes' is missing.");
  }
  const bytes = new Uint8Array(Buffer.from(contentBytes, 'base64'));
  if (bytes.length >= SMALLEST_UPLOAD) {
    throw new GraphFailure(413, 'ErrorMessageSizeExceeded', 'The message exceeds the maximum supported size.');
  }
  return {
    kind: 'file',
    name,
    contentType: typeof json['contentType'] === 'string' ? json['contentType'] : 'application/octet-stream',
    isInline,
    contentId: typeof json['contentId'] === 'string' ? json['contentId'] : undefined,
    bytes,
  };
}
