import type { FileAttachmentContent, MessageContent } from '../../src/exchange/index.ts';

/** A delivered message without MIME of its own. */
export function messageFixture(change: Partial<MessageContent> = {}): MessageContent {
  const ada = { name: 'Ada', address: 'ada@example.org' };
  const eve = { name: 'Eve', address: 'eve@example.org' };
  return {
    messageClass: 'IPM.Note',
    mime: undefined,
    subject: 'Tea',
    body: { contentType: 'text', content: 'At four?' },
    from: eve,
    sender: eve,
    toRecipients: [ada],
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    internetMessageId: '<tea@example.org>',
    internetMessageHeaders: [],
    sentTime: Date.UTC(2019, 2, 1, 10),
    receivedTime: Date.UTC(2019, 2, 1, 10, 0, 5),
    importance: 'normal',
    isRead: false,
    isDraft: false,
    flag: { flagStatus: 'notFlagged' },
    categories: [],
    attachments: [],
    ...change,
  };
}

/** An attached file. */
export function fileFixture(change: Partial<FileAttachmentContent> = {}): FileAttachmentContent {
  return {
    kind: 'file',
    name: 'list.txt',
    contentType: 'text/plain',
    isInline: false,
    contentId: undefined,
    bytes: new TextEncoder().encode('milk'),
    ...change,
  };
}

/** The bytes of a small message with CRLF and an umlaut in Latin-1, which no text round trip keeps. */
export function emlFixture(): Uint8Array {
  const text =
    'Received: from a by b; Fri, 1 Mar 2019 10:00:05 +0000\r\nFrom: Eve <eve@example.org>\r\nTo: ada@example.org\r\n' +
    'Subject: Tea\r\nDate: Fri, 1 Mar 2019 10:00:00 +0000\r\nMessage-ID: <raw@example.org>\r\n' +
    'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nM\u00fcsli\r\n';
  return new Uint8Array(Buffer.from(text, 'latin1'));
}
