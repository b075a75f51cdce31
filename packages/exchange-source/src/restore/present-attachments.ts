import type { OperationOptions } from '@holdfast/contracts';

import { asString } from '../json-access.ts';
import { IMMUTABLE_IDS, aboutItem, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { listPages } from '../pages.ts';

/** An attachment that a message of the target has. */
export interface PresentAttachment {
  /** Its name. */
  readonly name: string;
  /** What it is, if the service says so. */
  readonly kind: 'file' | 'item' | undefined;
}

/** Lists the attachments that a message of the target has, in order. */
export async function presentAttachments(
  context: MailboxContext,
  messageId: string,
  { signal }: OperationOptions,
): Promise<readonly PresentAttachment[]> {
  const present: PresentAttachment[] = [];
  const target = `${messagePath(context, messageId)}/attachments`;
  const query = { $select: 'id,name', $top: '100' };
  const request = { kind: 'attachment', method: 'GET', target, query, headers: IMMUTABLE_IDS, signal } as const;
  for await (const page of listPages(context, request, { ...aboutItem(context, messageId), writing: true })) {
    for (const attachment of page) {
      present.push({ name: asString(attachment['name']) ?? '', kind: kindOf(asString(attachment['@odata.type'])) });
    }
  }
  return present;
}

function kindOf(type = ''): PresentAttachment['kind'] {
  if (type.endsWith('.fileAttachment')) return 'file';
  return type.endsWith('.itemAttachment') ? 'item' : undefined;
}
