import type { OperationOptions } from '@holdfast/contracts';

import { asString } from '../json-access.ts';
import { IMMUTABLE_IDS, aboutItem, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import { listPages } from '../pages.ts';

/** Names of the attachments that a message of the target has, in order. */
export async function listAttachmentNames(
  context: MailboxContext,
  messageId: string,
  { signal }: OperationOptions,
): Promise<readonly string[]> {
  const names: string[] = [];
  const target = `${messagePath(context, messageId)}/attachments`;
  const query = { $select: 'id,name', $top: '100' };
  const request = { kind: 'attachment', method: 'GET', target, query, headers: IMMUTABLE_IDS, signal } as const;
  for await (const page of listPages(context, request, { ...aboutItem(context, messageId), writing: true })) {
    names.push(...page.map(({ name }) => asString(name) ?? ''));
  }
  return names;
}
