import type { MessageContent } from '@holdfast/simulators/exchange';

const ADA = { name: 'Ada', address: 'ada@example.org' };
const EVE = { name: 'Eve', address: 'eve@example.org' };
const FIRST_TIME = Date.UTC(2024, 0, 1, 8);

/** A small letter that was delivered: cheap to make by the thousand, and no two alike. */
export function letter(number: number, change: Partial<MessageContent> = {}): MessageContent {
  const time = FIRST_TIME + number * 60_000;
  const subject = `Letter ${number}`;
  const text = `This is letter ${number}. It says ${number * 7919} and nothing else.\r\n`;
  const internetMessageId = `<letter-${number}@example.org>`;
  const date = new Date(time).toUTCString().replace('GMT', '+0000');
  const lines = ['From: Eve <eve@example.org>', 'To: Ada <ada@example.org>', `Subject: ${subject}`, `Date: ${date}`];
  return {
    messageClass: 'IPM.Note',
    mime: new TextEncoder().encode([...lines, `Message-ID: ${internetMessageId}`, '', text].join('\r\n')),
    subject,
    body: { contentType: 'text', content: text },
    from: EVE,
    sender: EVE,
    toRecipients: [ADA],
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    internetMessageId,
    internetMessageHeaders: [],
    sentTime: time,
    receivedTime: time + 5000,
    importance: 'normal',
    isRead: false,
    isDraft: false,
    flag: { flagStatus: 'notFlagged' },
    categories: [],
    attachments: [],
    ...change,
  };
}

/** A draft: its MIME is made by the service out of what it says. */
export function draft(number: number): MessageContent {
  return letter(number, { mime: undefined, isDraft: true, from: ADA, sender: ADA, subject: `Draft ${number}` });
}
