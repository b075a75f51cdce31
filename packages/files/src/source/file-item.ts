import { closeSync, openSync, readSync } from 'node:fs';

import type { SourceItem } from '@holdfast/contracts';

import { pathOf } from '../internal/entry-name.ts';
import { READ_FLAGS, readAt, withFile } from '../internal/open-file.ts';
import type { FileState } from './file-state.ts';
import { contentKeyOf } from './file-state.ts';
import { HEADER_BYTES, mailSummary } from './mail-summary.ts';
import type { MailSummary } from './mail-summary.ts';
import { nameOf } from './source-context.ts';
import { readSmall, SMALL } from './read-file.ts';
import type { SourceContext } from './source-context.ts';

/** Tells a file as an item. Of a message, the head is read for its summary; where that fails, its name stands in. */
export async function fileItem(context: SourceContext, id: string, state: FileState): Promise<SourceItem> {
  const { size, modified, created } = state;
  const name = nameOf(id);
  const mail = /\.eml$/i.test(name) && size > 0 ? await summaryOf(context, id, state) : {};
  const key = contentKeyOf(state, context.clock.now());
  const date = Math.floor(modified);
  return {
    id,
    kind: 'file',
    sortTime: created,
    changeKey: key,
    contentKey: key,
    summary: { subject: name, from: undefined, to: [], date, size, hasAttachments: false, ...mail },
    volatile: { modified },
    listed: {},
  };
}

async function summaryOf(context: SourceContext, id: string, state: FileState): Promise<MailSummary> {
  const { root, pace, memory, eager } = context;
  const path = pathOf(root, id) as string;
  try {
    if (eager.tell() && state.size <= SMALL && pace.mayBlock()) {
      const bytes = pace.quickly(() => readSmall({ id, path }, memory, state));
      if (bytes instanceof Uint8Array) {
        eager.keep(id, bytes);
        return mailSummary(bytes.subarray(0, HEADER_BYTES));
      }
    }
    const head = Buffer.allocUnsafe(HEADER_BYTES);
    if (!pace.mayBlock()) {
      return await withFile(path, pace, async (file) => mailSummary(head.subarray(0, await readAt(file, head, 0))));
    }
    return pace.quickly(() => {
      const file = openSync(path, READ_FLAGS);
      try {
        return mailSummary(head.subarray(0, readSync(file, head, 0, HEADER_BYTES, 0)));
      } finally {
        closeSync(file);
      }
    });
  } catch {
    // Reading the item shows what is wrong.
    return {};
  }
}
