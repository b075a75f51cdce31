import type { AttachmentContent, MessageContent } from '@holdfast/simulators/exchange';
import { someBytes } from './pitfall.ts';

/** An attached file. */
export function file(
  name: string,
  bytes: Uint8Array | number,
  more: { readonly contentType?: string; readonly isInline?: boolean; readonly contentId?: string } = {},
): AttachmentContent {
  const { contentType = 'application/octet-stream', isInline = false, contentId } = more;
  return {
    kind: 'file',
    name,
    contentType,
    isInline,
    contentId,
    bytes: typeof bytes === 'number' ? someBytes(bytes) : bytes,
  };
}

/** An attached message. */
export function attachedMessage(item: MessageContent): AttachmentContent {
  return { kind: 'item', name: item.subject, isInline: false, item };
}
