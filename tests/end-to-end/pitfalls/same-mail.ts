import { createHash } from 'node:crypto';
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
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

function placeOf(message: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(['folder', 'subject', 'internetMessageId', 'sentTime'].map((name) => message[name]));
}

/** Everything of a message that a client can set. */
export function settable(
  content: MessageContent,
): Readonly<Record<string, unknown>> & { readonly attachments: unknown[] } {
  const { mime, internetMessageHeaders, attachments, ...rest } = content;
  return { ...rest, attachments: attachments.map(settableAttachment) };
}

function settableAttachment(attachment: AttachmentContent): unknown {
  if (attachment.kind === 'file') return { ...attachment, bytes: tellBytes(attachment.bytes) };
  if (attachment.kind === 'reference') return attachment;
  return { ...attachment, item: settable(attachment.item) };
}

/** Few bytes as text, so that a difference can be read; many as their hash. */
function tellBytes(bytes: Uint8Array): string {
  if (bytes.length <= 100) return Buffer.from(bytes).toString('base64');
  return `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('hex')}`;
}
