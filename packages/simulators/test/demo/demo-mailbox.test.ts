import { createHash } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { demoMailbox } from '../../src/exchange/demo/demo-mailbox.ts';
import type { DemoMailboxOptions, DemoMessage } from '../../src/exchange/demo/demo-mailbox.ts';
import type { AttachmentContent, MessageContent } from '../../src/exchange/message-content.ts';
import { deliverMime } from '../../src/exchange/mime/deliver-mime.ts';

const owner = { name: 'Alex Doe', address: 'alex@demo.example' };
const now = Date.UTC(2026, 10, 1);

async function collect(options: Partial<DemoMailboxOptions>): Promise<DemoMessage[]> {
  const messages: DemoMessage[] = [];
  for await (const message of demoMailbox({ seed: 1, messages: 30, owner, now, ...options })) messages.push(message);
  return messages;
}

function fingerprint(messages: readonly DemoMessage[]): string {
  const hash = createHash('sha256');
  for (const { folder, content } of messages) {
    const { mime, attachments, ...rest } = content;
    hash.update(JSON.stringify([folder, rest, attachments.length])).update(mime ?? new Uint8Array());
  }
  return hash.digest('hex');
}

function latin1({ mime }: MessageContent): string {
  return Buffer.from(mime ?? []).toString('latin1');
}

function depth(attachments: readonly AttachmentContent[]): number {
  return Math.max(0, ...attachments.map((entry) => (entry.kind === 'item' ? 1 + depth(entry.item.attachments) : 0)));
}

describe('the demo mailbox', () => {
  it('is the same for the same seed, and another for another', async () => {
    const [one, again, other] = await Promise.all([collect({}), collect({}), collect({ seed: 2 })]);
    expect(fingerprint(again)).toBe(fingerprint(one));
    expect(fingerprint(other)).not.toBe(fingerprint(one));
  });

  it('makes small messages only when it is told to leave attachments out', async () => {
    const messages = await collect({ attachments: false, messages: 200 });
    expect(messages).toHaveLength(200);
    expect(messages.every(({ content }) => content.attachments.length === 0)).toBe(true);
    expect(Math.max(...messages.map(({ content }) => content.mime?.length ?? 0))).toBeLessThan(20_000);
  });

  describe('of 320 messages', () => {
    let messages: readonly DemoMessage[] = [];
    let contents: readonly MessageContent[] = [];
    beforeAll(async () => {
      messages = await collect({ messages: 320 });
      contents = messages.map(({ content }) => content);
    });

    it('holds 320 messages, oldest first, in 15 to 25 MB', () => {
      const size = contents.reduce((sum, content) => sum + (content.mime?.length ?? 0), 0);
      const times = contents.map((content) => content.sentTime);
      expect(contents).toHaveLength(320);
      expect(size).toBeGreaterThan(15e6);
      expect(size).toBeLessThan(25e6);
      expect(times).toEqual(times.toSorted((one, other) => one - other));
      expect(times.at(-1)).toBeLessThanOrEqual(now);
    });

    it('writes in all its charsets and transfer encodings', () => {
      const all = contents.map(latin1).join('');
      const charsets =
        'us-ascii utf-8 iso-8859-1 iso-8859-15 windows-1252 windows-1251 koi8-r iso-2022-jp shift_jis gb18030 big5 euc-kr';
      for (const charset of charsets.split(' '))
        expect(all).toContain(`Content-Type: text/plain; charset=${charset}\r\n`);
      for (const encoding of ['7bit', '8bit', 'base64', 'quoted-printable']) {
        expect(all).toContain(`Content-Transfer-Encoding: ${encoding}\r\n`);
      }
    });

    it('can be read: no character is lost in any charset, and every line ends in CRLF', () => {
      for (const content of contents) {
        expect(`${content.subject}${content.body.content}`).not.toMatch(/\uFFFD|\?{2}/);
        expect(latin1(content)).not.toMatch(/\r(?!\n)|(?<!\r)\n/);
      }
    });

    it('has folders inside folders, the same name under several parents, and names beyond ASCII', () => {
      const folders = new Set(messages.map(({ folder }) => folder.join('/')));
      const parents = new Set([...folders].filter((path) => path.endsWith('/Invoices')));
      expect(parents.size).toBeGreaterThan(1);
      expect(Math.max(...messages.map(({ folder }) => folder.length))).toBeGreaterThanOrEqual(4);
      for (const name of [
        'Inbox',
        'Sent Items',
        'Drafts',
        'Deleted Items',
        'Junk Email',
        'Inbox/Kunden/München',
        'Inbox/旅行',
      ]) {
        expect(folders).toContain(name);
      }
      expect([...folders].some((path) => /^Archive\/20\d\d/.test(path))).toBe(true);
    });

    it('has drafts without MIME, and MIME in everything else, read as a server reads it', async () => {
      expect(contents.filter((content) => content.isDraft).length).toBeGreaterThanOrEqual(3);
      for (const content of contents) expect(content.mime === undefined).toBe(content.isDraft);
      const sample = contents.find((content) => content.mime !== undefined && content.attachments.length > 0);
      const delivered = await deliverMime(sample?.mime ?? new Uint8Array());
      expect(delivered.attachments).toEqual(sample?.attachments);
    });

    it('has conversations, flags, categories, importance, pictures and messages inside messages', () => {
      const files = contents.flatMap(({ attachments }) => attachments).filter((entry) => entry.kind === 'file');
      const hashes = files.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
      expect(contents.filter((content) => content.subject.startsWith('Re: ')).length).toBeGreaterThan(50);
      expect(new Set(contents.map((content) => content.flag.flagStatus)).size).toBe(3);
      expect(new Set(contents.map((content) => content.importance)).size).toBe(3);
      expect(contents.some((content) => content.categories.length > 0)).toBe(true);
      expect(contents.some((content) => !content.isRead)).toBe(true);
      expect(files.some((file) => file.isInline && file.contentId !== undefined)).toBe(true);
      expect(files.filter((file) => file.bytes.length > 3_145_728)).toHaveLength(2);
      expect(new Set(hashes).size).toBeLessThan(hashes.length);
      expect(Math.max(...contents.map(({ attachments }) => depth(attachments)))).toBe(2);
    });

    it('gives every message a Message-ID of its own', () => {
      expect(new Set(contents.map((content) => content.internetMessageId)).size).toBe(320);
    });
  });
});
