import type { SourceItem } from '@holdfast/contracts';

import type { FileState } from './file-state.ts';
import { contentKeyOf } from './file-state.ts';
import { nameOf } from './source-context.ts';
import type { SourceContext } from './source-context.ts';

/** Tells a file as an item. What the head of a message says is added when the file is read. */
export function fileItem({ clock }: Pick<SourceContext, 'clock'>, id: string, state: FileState): SourceItem {
  const { size, modified, created } = state;
  const key = contentKeyOf(state, clock.now());
  return {
    id,
    kind: 'file',
    sortTime: created,
    changeKey: key,
    contentKey: key,
    summary: {
      subject: nameOf(id),
      from: undefined,
      to: [],
      date: Math.floor(modified),
      size,
      hasAttachments: false,
    },
    volatile: { modified },
    listed: {},
  };
}
