import { toDateTime } from '../protocol/date-time.ts';
import type { StoredMessage } from '../store/stored-message.ts';

/** Flags of PidTagMessageFlags ([MS-OXCMSG] 2.2.1.6). */
export const MESSAGE_FLAGS = { read: 0x1, unsent: 0x8, hasAttachments: 0x10 } as const;

/** The value of an extended property of a message, by normalised id; `undefined` if it is not set. */
export function extendedValue(message: StoredMessage, id: string): string | undefined {
  const { content, attachments } = message;
  switch (id.toLowerCase()) {
    case 'string 0x1a':
      return content.messageClass;
    case 'string 0x37':
      return content.subject;
    case 'string 0x7d':
      return content.internetMessageHeaders.length === 0
        ? undefined
        : content.internetMessageHeaders.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
    case 'string 0x1035':
      return content.internetMessageId;
    case 'systemtime 0x39':
      return toDateTime(content.sentTime);
    case 'systemtime 0xe06':
      return toDateTime(content.receivedTime);
    case 'integer 0xe07':
      return String(
        (content.isRead ? MESSAGE_FLAGS.read : 0) |
          (content.isDraft ? MESSAGE_FLAGS.unsent : 0) |
          (attachments.length > 0 ? MESSAGE_FLAGS.hasAttachments : 0),
      );
    default:
      return message.extended.get(id);
  }
}
