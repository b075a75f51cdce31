import { SourceError } from '@holdfast/contracts';
import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { ADA, changesOf, connect, eml, folderNamed, letter, readOnly, startWorld } from './support.ts';

const SMIME = eml(
  'From: Ada <ada@example.org>',
  'To: Bob <bob@example.org>',
  'Subject: Sealed',
  'Date: Tue, 3 Mar 2026 10:00:00 +0000',
  'Message-ID: <sealed@example.org>',
  'X-Origin: test',
  'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
  'Content-Transfer-Encoding: base64',
  '',
  'AQIDBAUGBwg=',
  '',
);

describe('read', () => {
  test('delivers the MIME byte for byte and the listed properties, with one request', async () => {
    await using world = await startWorld();
    const bytes = letter('Ünïcode and <angle> & "quotes"');
    await world.exchange.control.addMessage(ADA, 'inbox', bytes);
    const [item] = (await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no message');
    const before = world.online.requests.total;
    const { parts, omitted } = await world.ada.read(item);
    expect(world.online.requests.total - before).toBe(1);
    expect(parts.map(({ name }) => name)).toEqual(['message.eml', 'properties.json']);
    expect(parts[0]?.bytes).toEqual(bytes);
    expect(JSON.parse(new TextDecoder().decode(parts[1]?.bytes as Uint8Array))).toEqual(item.listed);
    expect(omitted).toEqual([]);
  });

  test('falls back to headers and attachments where the service refuses the MIME for good', async () => {
    await using world = await startWorld();
    await world.exchange.control.addMessage(ADA, 'inbox', SMIME);
    const { content } = await readOnly(world.ada, 'Inbox');
    expect(content.omitted).toEqual([{ part: 'message.eml', reason: 'ErrorMimeContentConversionFailed', lost: false }]);
    const names = content.parts.map(({ name }) => name);
    expect(names).toEqual(['properties.json', 'headers.json', 'attachment/1.json', 'attachment/1.bin']);
    const part = (name: string) => content.parts.find((candidate) => candidate.name === name)?.bytes as Uint8Array;
    expect([...part('attachment/1.bin')]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const description = JSON.parse(new TextDecoder().decode(part('attachment/1.json')));
    expect(description).toMatchObject({ name: 'smime.p7m', contentType: 'application/pkcs7-mime', isInline: false });
    expect(description).not.toHaveProperty('contentBytes');
    expect(JSON.parse(new TextDecoder().decode(part('headers.json')))).toContainEqual({
      name: 'X-Origin',
      value: 'test',
    });
  });

  test('takes an attachment that is HTML from the service, and from nobody else', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', SMIME);
    const bytes = new TextEncoder().encode('<p>A page</p>');
    const file = { kind: 'file', name: 'page.html', contentType: 'text/html', isInline: false } as const;
    world.exchange.control.updateMessage(ADA, id, { attachments: [{ ...file, contentId: undefined, bytes }] });
    const answering =
      (page?: string): typeof globalThis.fetch =>
      async (input, init) => {
        const url = String(input instanceof Request ? input.url : input);
        const response = await world.exchange.fetch(input, init);
        if (!url.includes('/attachments')) return response;
        if (url.endsWith('/$value')) {
          return page === undefined ? response : new Response(page, { headers: { 'content-type': 'text/html' } });
        }
        // Without its bytes in the listing, they come by $value.
        const text = JSON.stringify(await response.json(), (name, value: unknown) =>
          name === 'contentBytes' ? undefined : value,
        );
        return new Response(text, { headers: { 'content-type': 'application/json' } });
      };
    const ada = await connect(world.exchange, { fetch: answering() }).mailbox(ADA);
    const { content } = await readOnly(ada, 'Inbox');
    expect(content.parts.find(({ name }) => name === 'attachment/1.bin')?.bytes).toEqual(bytes);

    const behindProxy = await connect(world.exchange, { fetch: answering('<p>Sign in</p>') }).mailbox(ADA);
    await expect(readOnly(behindProxy, 'Inbox')).rejects.toMatchObject({ code: 'ERR_SOURCE_PROTOCOL' });
  });

  test('takes the bytes of an attachment as they are, also where they are called JSON and are none', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', SMIME);
    const bytes = new TextEncoder().encode('{"line":1}\n{"line":2}\n');
    const log = { kind: 'file', name: 'log.json', contentType: 'application/json', isInline: false } as const;
    world.exchange.control.updateMessage(ADA, id, { attachments: [{ ...log, contentId: undefined, bytes }] });
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await world.exchange.fetch(input, init);
      const url = String(input instanceof Request ? input.url : input);
      // Without its bytes in the listing, they come by $value, with the type that the sender gave them.
      if (!url.includes('/attachments')) return response;
      if (url.endsWith('/$value')) {
        return new Response(await response.arrayBuffer(), { headers: { 'content-type': 'application/json' } });
      }
      const text = JSON.stringify(await response.json(), (name, value: unknown) =>
        name === 'contentBytes' ? undefined : value,
      );
      return new Response(text, { status: response.status, headers: { 'content-type': 'application/json' } });
    };
    const ada = await connect(world.exchange, { fetch }).mailbox(ADA);
    const { content } = await readOnly(ada, 'Inbox');
    expect(content.parts.find(({ name }) => name === 'attachment/1.bin')?.bytes).toEqual(bytes);
  });

  test('reads many attachments one by one where the service refuses the MIME for good', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Broken'));
    const file = { kind: 'file', contentType: 'text/plain', isInline: false, contentId: undefined } as const;
    const attachments = Array.from({ length: 130 }, (_, index) => ({
      ...file,
      name: `file ${index}`,
      bytes: new Uint8Array([index]),
    }));
    world.exchange.control.updateMessage(ADA, id, { attachments });
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData', parts: ['mime'] });
    const { content } = await readOnly(world.ada, 'Inbox');
    expect(content.omitted).toEqual([{ part: 'message.eml', reason: 'ErrorCorruptData', lost: false }]);
    expect(content.parts.filter(({ name }) => name.endsWith('.bin'))).toHaveLength(130);
    expect(content.parts.find(({ name }) => name === 'attachment/130.bin')?.bytes).toEqual(new Uint8Array([129]));
  });

  test('keeps what the change feed told of a message that cannot be read at all, without repetitions', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Corrupt'));
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData' });
    const { item, content } = await readOnly(world.ada, 'Inbox');
    expect(content.parts.map(({ name }) => name)).toEqual(['properties.json']);
    expect(content.omitted).toEqual([
      { part: 'message.eml', reason: 'ErrorCorruptData', lost: true },
      { part: 'headers.json', reason: 'ErrorCorruptData', lost: true },
      { part: 'attachment', reason: 'ErrorCorruptData', lost: true },
    ]);
    expect(item.listed).toMatchObject({ body: { content: 'About Corrupt\r\n' } });
    expect(world.online.requests.repeated).toBe(0);
  });

  test('tries again what fails in passing', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Later'));
    const [item] = (await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no message');
    world.exchange.control.failItem(id, { code: 'ErrorInternalServerError', times: 3 });
    world.exchange.control.throttle({ count: 1, status: 503 });
    world.exchange.control.throttle({ count: 1, status: 504 });
    const { omitted } = await clock.runUntil(world.ada.read(item));
    expect(omitted).toEqual([]);
    expect(world.online.requests.repeated).toBe(5);
  });

  test.each([
    ['a code that need not stay', 500, 'ErrorInternalServerError'],
    ['a code that nobody knows', 500, 'ErrorSomethingNew'],
    ['a gateway', 504, 'GatewayTimeout'],
  ])('takes nothing for lost because of %s, and leaves the run going', async (_, status, code) => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const id = await world.exchange.control.addMessage(ADA, 'inbox', SMIME);
    const [item] = (await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no message');
    const unreadable = { code: 'ERR_ITEM_UNREADABLE', temporary: false, details: { reason: code } };
    for (const part of ['mime', 'properties', 'attachments'] as const) {
      world.exchange.control.failItem(id, { status, code, parts: [part] });
      await expect(clock.runUntil(world.ada.read(item))).rejects.toMatchObject(unreadable);
    }
    world.exchange.control.healItem(id);
    expect((await world.ada.read(item)).omitted).toEqual([
      { part: 'message.eml', reason: 'ErrorMimeContentConversionFailed', lost: false },
    ]);
  });

  test('tells a MIME that is cut short each time as unreadable', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const cutting: typeof fetch = async (input, init) => {
      const response = await world.exchange.fetch(input, init);
      if (!String(input).endsWith('/$value')) return response;
      return new Response('From: Ada', { headers: { 'content-type': 'text/plain', 'content-length': '999' } });
    };
    await world.exchange.control.addMessage(ADA, 'inbox', letter('Cut'));
    const [item] = (await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no message');
    const ada = await connect(world.exchange, { clock, fetch: cutting }).mailbox(ADA);
    await expect(clock.runUntil(ada.read(item))).rejects.toMatchObject({
      code: 'ERR_ITEM_UNREADABLE',
      details: { reason: 'an answer was cut short' },
    });
  });

  test('tells a connection that fails as a service that cannot be reached', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    await world.exchange.control.addMessage(ADA, 'inbox', letter('Away'));
    const [item] = (await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no message');
    world.exchange.control.resetConnections(8);
    await expect(clock.runUntil(world.ada.read(item))).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });
    expect((await world.ada.read(item)).omitted).toEqual([]);
  });

  test('tells an attachment that is refused for good as lost, and keeps what describes it', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Broken'));
    const file = { kind: 'file', contentType: 'text/plain', isInline: false, contentId: undefined } as const;
    const attachments = ['a', 'b'].map((name, index) => ({ ...file, name, bytes: new Uint8Array([index]) }));
    world.exchange.control.updateMessage(ADA, id, { attachments });
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData', parts: ['mime'] });
    let refused = 0;
    const refusing: typeof fetch = (input, init) => {
      if (!/\/attachments\/[^?/]+$/.test(String(input)) || refused++ > 0) return world.exchange.fetch(input, init);
      return Promise.resolve(Response.json({ error: { code: 'ErrorCannotOpenFileAttachment' } }, { status: 500 }));
    };
    const ada = await connect(world.exchange, { fetch: refusing }).mailbox(ADA);
    const { content } = await readOnly(ada, 'Inbox');
    expect(content.omitted).toEqual([
      { part: 'message.eml', reason: 'ErrorCorruptData', lost: true },
      { part: 'attachment/1.bin', reason: 'ErrorCannotOpenFileAttachment', lost: true },
    ]);
    expect(content.parts.map(({ name }) => name)).toEqual([
      'properties.json',
      'headers.json',
      'attachment/1.json',
      'attachment/2.json',
      'attachment/2.bin',
    ]);
  });

  test('describes a link to a file elsewhere, and asks for no bytes of it', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Linked'));
    const attachments = [{ kind: 'reference', name: 'Plan.docx', isInline: false }] as const;
    world.exchange.control.updateMessage(ADA, id, { attachments });
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData', parts: ['mime'] });
    const { content } = await readOnly(world.ada, 'Inbox');
    expect(content.omitted).toEqual([{ part: 'message.eml', reason: 'ErrorCorruptData', lost: false }]);
    const part = content.parts.find(({ name }) => name === 'attachment/1.json')?.bytes as Uint8Array;
    expect(JSON.parse(new TextDecoder().decode(part))).toMatchObject({
      '@odata.type': '#microsoft.graph.referenceAttachment',
      name: 'Plan.docx',
    });
    expect(content.parts.map(({ name }) => name)).not.toContain('attachment/1.bin');
    expect(world.exchange.requests.entries.filter(({ status }) => status === 405)).toEqual([]);
  });

  test('tells a message that is gone', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Gone'));
    const [item] = (await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no message');
    world.exchange.control.deleteMessage(ADA, id);
    await expect(world.ada.read(item)).rejects.toSatisfy((error) => SourceError.is(error, 'ERR_ITEM_NOT_FOUND'));
  });
});
