import type { AttachmentContent, MessageContent, MessageState } from '@holdfast/simulators/exchange';
import { expect } from 'vitest';
import { ADA, EVE } from '../world.ts';
import type { World } from '../world.ts';

/** Eve must have what Ada has: the same messages in the same folders, with everything that a client can set. */
export async function expectSameMail({ control }: World): Promise<void> {
  const [wanted, found] = await Promise.all([control.messages(ADA), control.messages(EVE)]);
  expect(told(found)).toEqual(told(wanted));
}

function told(messages: readonly MessageState[]): unknown[] {
  return messages
    .map(({ folder, content }) => ({ folder: folder.join(' / '), ...settable(content) }))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf(message: object): string {
  return JSON.stringify(message);
}

/** Everything of a message that a client can set. */
export function settable(content: MessageContent): Record<string, unknown> {
  const { mime, internetMessageHeaders, attachments, ...rest } = content;
  return { ...rest, attachments: attachments.map(settableAttachment) };
}

/** Bytes as text, so that a difference can be read. A message that was never delivered has no Message-ID and no times. */
function settableAttachment(attachment: AttachmentContent): unknown {
  if (attachment.kind === 'file') return { ...attachment, bytes: Buffer.from(attachment.bytes).toString('base64') };
  if (attachment.kind === 'reference') return attachment;
  return { ...attachment, item: settable(attachment.item) };
}
