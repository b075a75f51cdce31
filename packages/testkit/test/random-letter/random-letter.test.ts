import { deliverMime } from '@holdfast/simulators/exchange';
import type { AttachmentContent, MessageContent } from '@holdfast/simulators/exchange';
import { describe, expect, it } from 'vitest';
import { randomLetter, seededRandomness } from '../../src/index.ts';
import type { LetterShape, RandomLetterOptions } from '../../src/index.ts';

const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1);

function letters(options: RandomLetterOptions = {}): readonly Uint8Array[] {
  return SEEDS.map((seed) => randomLetter(seededRandomness(seed), options));
}

async function delivered(shape: LetterShape): Promise<readonly MessageContent[]> {
  return Promise.all(letters({ shape }).map((bytes) => deliverMime(bytes)));
}

function headOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes).split('\r\n\r\n', 1)[0] ?? '';
}

describe('randomLetter', () => {
  it('is the same for the same seed, and another for every other seed', () => {
    expect(letters()).toEqual(letters());
    const texts = new Set(letters().map((bytes) => new TextDecoder('latin1').decode(bytes)));
    expect(texts.size).toBe(SEEDS.length);
  });

  it('has header fields that every mail server takes', () => {
    for (const bytes of letters()) {
      const head = headOf(bytes);
      expect(head).toMatch(/^[\x20-\x7e\r\n]+$/);
      for (const line of head.split('\r\n')) {
        expect(line).toMatch(/^(?:[A-Za-z-]+: ?|[ \t]\S)/);
        expect(line.length).toBeLessThan(200);
      }
      expect(head).toMatch(/^From: .* <person-\d+@example\.org>\r\n/);
    }
  });

  it('is read by a server: somebody wrote it, somebody gets it, and it says something', async () => {
    for (const shape of ['plain', 'html', 'attachment', 'nested'] as const) {
      for (const content of await delivered(shape)) {
        expect(content.from?.address).toMatch(/^person-\d+@example\.org$/);
        expect(content.toRecipients.length).toBeGreaterThan(0);
        expect(content.body.content.trim()).not.toBe('');
        expect(content.sentTime).toBeGreaterThan(Date.UTC(2004, 0, 1));
      }
    }
  });

  it('has an image that the HTML shows', async () => {
    for (const { body, attachments } of await delivered('html')) {
      expect(body.contentType).toBe('html');
      expect(attachments).toHaveLength(1);
      const [image] = attachments;
      expect(image).toMatchObject({ kind: 'file', isInline: true });
      expect(body.content).toContain(`cid:${image?.kind === 'file' ? image.contentId : 'none'}`);
    }
  });

  it('has attachments with all kinds of names, none larger than asked for', async () => {
    const files = (await delivered('attachment')).flatMap(({ attachments }) => attachments);
    expect(files.length).toBeGreaterThan(SEEDS.length);
    const names = new Set(files.map(({ name }) => name));
    for (const name of ['Rechnung für März.pdf', '写真.jpg', 'a "quoted" name.bin']) expect(names).toContain(name);
    const sizes = files.map((one) => (one.kind === 'file' ? one.bytes.length : -1));
    expect(Math.max(...sizes)).toBeGreaterThan(2000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3000);
    const [small] = letters({ shape: 'attachment', attachmentBytes: 0 });
    expect((await deliverMime(small ?? new Uint8Array())).attachments[0]).toMatchObject({ bytes: new Uint8Array() });
  });

  it('has another letter inside, at times with one inside of that', async () => {
    const isNested = (one: AttachmentContent): boolean => one.kind === 'item';
    const contents = await delivered('nested');
    expect(contents.every(({ attachments }) => attachments.some(isNested))).toBe(true);
    const deeper = contents
      .flatMap(({ attachments }) => attachments)
      .filter((one) => one.kind === 'item' && one.item.attachments.some(isNested));
    expect(deeper.length).toBeGreaterThan(0);
    expect(deeper.length).toBeLessThan(contents.length);
  });

  it('is odd at times: no Message-ID, a very long subject or none, a charset that nobody knows', async () => {
    const heads = letters().map(headOf);
    const withoutId = heads.filter((head) => !/^Message-ID: /m.test(head)).length;
    expect(withoutId).toBeGreaterThan(5);
    expect(withoutId).toBeLessThan(60);
    const contents = await Promise.all(letters().map((bytes) => deliverMime(bytes)));
    expect(Math.max(...contents.map(({ subject }) => subject.length))).toBeGreaterThan(255);
    expect(contents.some(({ subject }) => subject === '')).toBe(true);
    expect(contents.some(({ subject }) => subject.startsWith('Größe und Maß der Brücke, '))).toBe(true);
    const texts = letters().map((bytes) => new TextDecoder('latin1').decode(bytes));
    for (const charset of ['utf-8', 'iso-8859-1', 'windows-1252', 'koi8-r', 'iso-2022-jp', 'x-unknown-charset']) {
      expect(
        texts.some((text) => text.includes(`charset=${charset}`)),
        charset,
      ).toBe(true);
    }
  });

  it('keeps the lines of what it encodes short', () => {
    const texts = letters({ shape: 'plain' }).map((bytes) => new TextDecoder('latin1').decode(bytes));
    for (const encoding of ['quoted-printable', 'base64']) {
      const bodies = texts
        .filter((text) => text.includes(`Encoding: ${encoding}`))
        .map((text) => text.split('\r\n\r\n')[1]);
      const lengths = bodies.flatMap((body) => body?.split('\r\n').map((line) => line.length) ?? []);
      expect(Math.max(...lengths)).toBeGreaterThan(70);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(76);
    }
  });

  it('says in its charset what it means', async () => {
    const bodies = (await delivered('plain')).map(({ body }) => body.content);
    for (const word of ['naïve', 'für', 'Привет', '日本']) {
      expect(
        bodies.some((text) => text.includes(word)),
        word,
      ).toBe(true);
    }
    expect(bodies.filter((text) => text.includes('Ã¼'))).toEqual([]);
  });
});
