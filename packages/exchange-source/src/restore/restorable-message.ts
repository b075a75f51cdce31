import { SourceError } from '@holdfast/contracts';
import type { JsonObject, OperationOptions, RestorableItem } from '@holdfast/contracts';

import { asObject, asString } from '../json-access.ts';
import { MIME_PART, PROPERTIES_PART } from '../read-message.ts';
import { attachmentsOfMime } from './mime-attachments.ts';
import { messageOfMime, parseMime } from './mime-message.ts';
import { attachmentsOfParts } from './part-attachments.ts';
import type { AttachmentToRestore } from './restorable-attachment.ts';

/**
 * The properties of a message to restore, with the names of Graph, out of its parts; what changed without the content
 * (read state, flag, categories) is not among them.
 *
 * @throws `ERR_ITEM_REFUSED`, a {@link SourceError}, if the item is no message of this package.
 */
export async function readListed(item: RestorableItem, { signal }: OperationOptions = {}): Promise<JsonObject> {
  if (!item.parts.includes(PROPERTIES_PART)) {
    throw new SourceError('ERR_ITEM_REFUSED', { item: item.id, reason: `it has no ${PROPERTIES_PART}` });
  }
  const text = new TextDecoder().decode(await item.readPart(PROPERTIES_PART, { signal }));
  const listed = asObject(JSON.parse(text)) ?? {};
  if (listed['body'] !== undefined || !item.parts.includes(MIME_PART)) return listed;
  // It was backed up while the service could not show its properties; the MIME holds most of them.
  const mime = await parseMime(await item.readPart(MIME_PART, { signal }));
  return { ...messageOfMime(mime, asString(listed['receivedDateTime'])), ...listed };
}

/** The attachments of a message to restore, out of its MIME or, if there is none, out of parts of their own. */
export async function readAttachmentsToRestore(
  item: RestorableItem,
  listed: JsonObject,
  { signal }: OperationOptions = {},
): Promise<readonly AttachmentToRestore[]> {
  const received = asString(listed['receivedDateTime']);
  if (!item.parts.includes(MIME_PART)) return attachmentsOfParts(item, received, { signal });
  return attachmentsOfMime(await item.readPart(MIME_PART, { signal }), received);
}
