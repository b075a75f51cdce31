import type { OperationOptions } from '@holdfast/contracts';

import { relativeUrl, sendBatch } from '../client/batch.ts';
import { BATCH_SIZE } from '../client/service-limits.ts';
import { asObject, objectsOf } from '../json-access.ts';
import { IMMUTABLE_IDS, aboutMailbox, messagePath } from '../mailbox-context.ts';
import type { MailboxContext } from '../mailbox-context.ts';
import type { Candidate } from './candidate.ts';
import { presentAttachments } from './present-attachments.ts';

/** More attachments than a message ever has: the service gives ten where nothing is said. */
const PAGE = 500;

/** Which of these messages, restored by us, have fewer attachments than they are to have. */
export async function unfinishedOf(
  context: MailboxContext,
  candidates: readonly Candidate[],
  { signal }: OperationOptions,
): Promise<ReadonlySet<string>> {
  const unfinished = new Set<string>();
  const marked = candidates.filter(({ mark }) => mark !== undefined && mark.attachments > 0);
  for (let start = 0; start < marked.length; start += BATCH_SIZE) {
    const group = marked.slice(start, start + BATCH_SIZE);
    const query = { $select: 'id', $top: String(PAGE) };
    const urls = group.map(({ id }) => relativeUrl(`${messagePath(context, id)}/attachments`, query));
    const batch = { kind: 'locate', urls, headers: IMMUTABLE_IDS, signal } as const;
    for (const [index, answer] of (await sendBatch(context.client, batch, aboutMailbox(context))).entries()) {
      const { id, mark } = group[index] ?? {};
      if (id === undefined) continue;
      const list = asObject(answer.json);
      let count = answer.ok ? objectsOf(list?.['value']).length : 0;
      const wanted = mark?.attachments ?? 0;
      if (count < wanted && list?.['@odata.nextLink'] !== undefined) {
        count = (await presentAttachments(context, id, { signal })).length;
      }
      // One whose attachments cannot be listed shows when it is completed what is wrong with it.
      if (count < wanted) unfinished.add(id);
    }
  }
  return unfinished;
}
