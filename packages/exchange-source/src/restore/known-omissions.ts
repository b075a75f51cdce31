import type { JsonObject, OmittedPart, OperationOptions, RestorableItem } from '@holdfast/contracts';

import { MIME_PART } from '../read-message.ts';
import { messageBody } from './message-body.ts';
import { attachmentsOfParts } from './part-attachments.ts';
import type { AttachmentToRestore } from './restorable-attachment.ts';

/**
 * What a message restored from an item lacks whatever the service says: what the service is known not to take, and what
 * was never backed up. What it refused of its own accord is not among it.
 */
export async function knownOmissions(
  item: RestorableItem,
  listed: JsonObject,
  options: OperationOptions,
): Promise<readonly OmittedPart[]> {
  // MIME has all attachments; only where it could not be had, some of them may be lost.
  const attachments = item.parts.includes(MIME_PART) ? [] : await attachmentsOfParts(item, undefined, options);
  return [...omittedProperties(item, listed), ...lostAttachments(attachments)];
}

/** Properties that no request can set. */
export function omittedProperties({ volatile }: RestorableItem, listed: JsonObject): readonly OmittedPart[] {
  return [...withoutBody(listed), ...messageBody({ ...listed, ...volatile }).omitted];
}

/** What is told of a message of which neither properties nor MIME could be backed up. */
export function withoutBody(listed: JsonObject): readonly OmittedPart[] {
  return listed['body'] === undefined ? [{ part: 'body', reason: 'missing', lost: true }] : [];
}

function lostAttachments(attachments: readonly AttachmentToRestore[]): readonly OmittedPart[] {
  return attachments.flatMap((attachment, index) =>
    attachment.kind === 'lost' ? [{ part: `attachment/${index + 1}`, reason: attachment.reason, lost: true }] : [],
  );
}
