import type { MessageContent } from '../message-content.ts';
import { composeMime } from '../mime/compose-mime.ts';
import { GraphFailure } from '../protocol/graph-failure.ts';
import { contentOf } from '../store/stored-message.ts';
import type { StoredMessage } from '../store/stored-message.ts';

/** Classes whose MIME the service does not give to applications (OpenArchiver issue 487). */
const WITHOUT_MIME: ReadonlySet<string> = new Set(['ipm.note.smime', 'report.ipm.note.smime.ndr']);

/** Refuses the MIME of opaque S/MIME, as the service does. */
export function refuseMime({ messageClass }: MessageContent): void {
  if (WITHOUT_MIME.has(messageClass.toLowerCase())) {
    throw new GraphFailure(500, 'ErrorMimeContentConversionFailed', 'MIME content conversion failed.');
  }
}

/** The MIME of a stored message: as delivered, or made of its content once per change. */
export function messageMime(message: StoredMessage): Promise<Uint8Array> {
  refuseMime(message.content);
  if (message.content.mime !== undefined) return Promise.resolve(message.content.mime);
  message.composed ??= composeMime(contentOf(message));
  return message.composed;
}

/** The MIME of a message inside another one. */
export async function itemMime(content: MessageContent): Promise<Uint8Array> {
  refuseMime(content);
  return content.mime ?? composeMime(content);
}
