import { SourceError } from '@holdfast/contracts';
import type { ItemContent, SourceItem } from '@holdfast/contracts';
import type { AttachmentContent, MessageContent } from '@holdfast/simulators/exchange';
import { deliverMime } from '@holdfast/simulators/exchange';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import {
  ADA,
  BOB,
  changesOf,
  connect,
  foldersOf,
  letter,
  readOnly,
  restorable,
  restorePath,
  settable,
  startWorld,
} from '../support.ts';
import type { World } from '../support.ts';

function file(name: string, bytes: Uint8Array, more: Partial<AttachmentContent> = {}): AttachmentContent {
  const common = {
    kind: 'file',
    contentType: 'application/octet-stream',
    isInline: false,
    contentId: undefined,
  } as const;
  return { ...common, name, bytes, ...more } as AttachmentContent;
}

async function richMessage(): Promise<MessageContent> {
  const plain = await deliverMime(letter('Plain'));
  const address = (name: string) => ({ name, address: `${name.toLowerCase().replaceAll(' ', '.')}@example.org` });
  const inner: MessageContent = {
    ...plain,
    mime: undefined,
    subject: 'Inner',
    attachments: [file('in.bin', new Uint8Array([7]))],
  };
  const outer: MessageContent = {
    ...plain,
    mime: undefined,
    subject: 'Middle',
    attachments: [{ kind: 'item', name: 'Inner', isInline: false, item: inner }, file('m.txt', new Uint8Array([8, 9]))],
  };
  return {
    ...plain,
    mime: undefined,
    subject: 'Ünïcode 旅行 — "quotes" <tags> 🎉',
    body: { contentType: 'html', content: '<p>Hello <img src="cid:pic@1"></p>\r\n' },
    from: address('Ada Lovelace'),
    sender: address('Secretary'),
    toRecipients: [address('To One'), address('To Two')],
    ccRecipients: [address('Copy')],
    bccRecipients: [address('Blind')],
    replyTo: [address('Reply')],
    sentTime: Date.UTC(2019, 2, 1, 10, 0, 0),
    receivedTime: Date.UTC(2019, 2, 1, 10, 0, 5),
    importance: 'high',
    isRead: true,
    flag: { flagStatus: 'flagged' },
    categories: ['Red', 'Blau ü'],
    attachments: [
      file('pic.png', new Uint8Array([1, 2, 3]), { contentType: 'image/png', isInline: true, contentId: 'pic@1' }),
      { kind: 'item', name: 'Middle', isInline: false, item: outer },
      file('data.bin', seededRandomness(1).bytes(2000)),
    ],
  };
}

async function backUp(world: World): Promise<{ item: SourceItem; content: ItemContent }> {
  return readOnly(world.ada, 'Inbox');
}

async function restoreInto(
  world: World,
  { item, content }: { item: SourceItem; content: ItemContent },
  target = world.bob,
): Promise<{ omitted: readonly unknown[]; content: MessageContent }> {
  const inbox = { name: 'Inbox', role: 'inbox', kind: 'mail', hidden: false } as const;
  const folder = await target.prepareCollection([inbox]);
  const { itemId, omitted } = await target.createItem(folder, restorable(world.ada, item, content));
  const made = (await world.exchange.control.messages(BOB)).find(({ id }) => id === itemId);
  if (made === undefined) throw new RangeError('the message that was created is not there');
  return { omitted, content: made.content };
}

describe('createItem', () => {
  test('restores every property a client can set, and nested attachments byte for byte', async () => {
    await using world = await startWorld();
    const original = await richMessage();
    await world.exchange.control.addMessage(ADA, 'inbox', original);
    const restored = await restoreInto(world, await backUp(world));
    expect(restored.omitted).toEqual([]);
    expect(settable(restored.content)).toEqual(settable(original));
    expect(restored.content.isDraft).toBe(false);
    expect(world.exchange.requests.counts).toMatchObject({ create: 1, attach: 3, update: 0 });
  });

  test('keeps a draft a draft, and unread mail unread', async () => {
    await using world = await startWorld();
    const plain = await deliverMime(letter('Plain'));
    await world.exchange.control.addMessage(ADA, 'inbox', { ...plain, isDraft: true });
    const draft = await restoreInto(world, await backUp(world));
    expect(draft.content.isDraft).toBe(true);

    await using other = await startWorld();
    await other.exchange.control.addMessage(ADA, 'inbox', plain);
    const unread = await restoreInto(other, await backUp(other));
    expect(unread.content).toMatchObject({ isDraft: false, isRead: false });
  });

  test('sends large files through an upload session, in ranges, and small ones without', async () => {
    await using world = await startWorld();
    const plain = await deliverMime(letter('Large'));
    const random = seededRandomness(2);
    const attachments = [
      file('just-below.bin', random.bytes(3 * 1024 * 1024 - 1)),
      file('just-enough.bin', random.bytes(3 * 1024 * 1024), { contentId: 'a@b' }),
      file('ranges.bin', random.bytes(10 * 1024 * 1024 + 1)),
    ];
    await world.exchange.control.addMessage(ADA, 'inbox', { ...plain, mime: undefined, attachments });
    const restored = await restoreInto(world, await backUp(world));
    expect(restored.omitted).toEqual([]);
    expect(settable(restored.content)).toEqual(settable({ ...plain, attachments }));
    expect(world.exchange.requests.counts).toMatchObject({ attach: 1, upload: 2 + 1 + 3 });
  }, 30_000);

  test('tells an attached message that is too large for the service as omitted', async () => {
    await using world = await startWorld();
    const plain = await deliverMime(letter('Outer'));
    const item = { ...plain, mime: undefined, attachments: [file('big.bin', seededRandomness(3).bytes(4_000_000))] };
    const attachments: AttachmentContent[] = [
      { kind: 'item', name: 'Inner', isInline: false, item },
      file('small.bin', new Uint8Array([1])),
    ];
    await world.exchange.control.addMessage(ADA, 'inbox', { ...plain, mime: undefined, attachments });
    const restored = await restoreInto(world, await backUp(world));
    expect(restored.omitted).toEqual([
      { part: 'attachment/1', reason: 'ErrorAttachmentSessionIsSupportedOnlyForFileAttachments', lost: true },
    ]);
    expect(restored.content.attachments.map(({ name }) => name)).toEqual(['small.bin']);
  });

  test('restores a message without MIME from its JSON and attachment parts', async () => {
    await using world = await startWorld();
    const original = await richMessage();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', original);
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData', parts: ['mime'] });
    const backup = await backUp(world);
    expect(backup.content.parts.map(({ name }) => name)).not.toContain('message.eml');
    const restored = await restoreInto(world, backup);
    expect(restored.omitted).toEqual([]);
    expect(settable(restored.content)).toEqual(settable(original));
  });

  test('leaves out Reply-To addresses that the service does not take, and says so', async () => {
    await using world = await startWorld();
    const plain = await deliverMime(letter('Reply'));
    const good = { name: 'Good', address: 'good@example.org' };
    await world.exchange.control.addMessage(ADA, 'inbox', {
      ...plain,
      replyTo: [{ name: 'Bad', address: 'bad' }, good],
    });
    const restored = await restoreInto(world, await backUp(world));
    expect(restored.omitted).toEqual([{ part: 'replyTo', reason: 'ErrorInvalidRecipients', lost: true }]);
    expect(restored.content.replyTo).toEqual([good]);
  });

  test('creates one message, and each attachment once, although answers get lost', async () => {
    await using world = await startWorld({ settleRate: 1 });
    const original = await richMessage();
    await world.exchange.control.addMessage(ADA, 'inbox', original);
    const backup = await backUp(world);
    let posts = 0;
    const losing: typeof fetch = async (input, init) => {
      const response = await world.exchange.fetch(input, init);
      if (init?.method !== 'POST' || !/\/(?:messages|attachments)$/.test(String(input))) return response;
      // Every other answer to a write is lost after the service has acted on it.
      if (response.status === 201 && posts++ % 2 === 0) throw new TypeError('fetch failed');
      return response;
    };
    const bob = await connect(world.exchange, { fetch: losing }).mailbox(BOB);
    const restored = await restoreInto(world, backup, bob);
    expect(restored.omitted).toEqual([]);
    expect(settable(restored.content)).toEqual(settable(original));
    expect(await world.exchange.control.messages(BOB)).toHaveLength(1);
  });

  test('keeps one message of a creating request that is acted on late, after it was looked for and sent again', async () => {
    await using world = await startWorld();
    await world.exchange.control.addMessage(ADA, 'inbox', await richMessage());
    const backup = await backUp(world);
    let late: (() => Promise<Response>) | undefined;
    const slow: typeof fetch = async (input, init) => {
      const isCreation = init?.method === 'POST' && String(input).endsWith('/messages');
      if (isCreation && late === undefined) {
        late = () => world.exchange.fetch(input, { ...init, signal: null });
        throw new TypeError('fetch failed');
      }
      if (isCreation) await late?.();
      return world.exchange.fetch(input, init);
    };
    const bob = await connect(world.exchange, { fetch: slow }).mailbox(BOB);
    const restored = await restoreInto(world, backup, bob);
    expect(restored.omitted).toEqual([]);
    expect(settable(restored.content)).toEqual(settable(await richMessage()));
    expect(await world.exchange.control.messages(BOB)).toHaveLength(1);
  });

  test('tells a full mailbox and leaves nothing half made', async () => {
    await using world = await startWorld();
    await world.exchange.control.addMessage(ADA, 'inbox', await richMessage());
    const backup = await backUp(world);
    world.exchange.control.setOverQuota(BOB, 'over');
    await expect(restoreInto(world, backup)).rejects.toSatisfy((error) =>
      SourceError.is(error, 'ERR_SOURCE_QUOTA_EXCEEDED'),
    );
    expect(await world.exchange.control.messages(BOB)).toEqual([]);
  });

  test('refuses one message that the service fails on for good, instead of ending the restore', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    await world.exchange.control.addMessage(ADA, 'inbox', letter('Sick'));
    const backup = await backUp(world);
    const failing = (path: RegExp): typeof fetch => {
      return (input, init) =>
        init?.method === 'POST' && path.test(String(input))
          ? Promise.resolve(Response.json({ error: { code: 'ErrorInternalServerError' } }, { status: 500 }))
          : world.exchange.fetch(input, init);
    };
    const bob = await connect(world.exchange, { clock, fetch: failing(/\/messages$/) }).mailbox(BOB);
    await expect(clock.runUntil(restoreInto(world, backup, bob))).rejects.toMatchObject({
      code: 'ERR_ITEM_REFUSED',
      details: { reason: 'ErrorInternalServerError' },
    });

    const withFile = { ...(await deliverMime(letter('File'))), attachments: [file('a.bin', new Uint8Array([1]))] };
    await using other = await startWorld({ clock }, { clock });
    await other.exchange.control.addMessage(ADA, 'inbox', { ...withFile, mime: undefined });
    const bobs = await connect(world.exchange, { clock, fetch: failing(/\/attachments$/) }).mailbox(BOB);
    await expect(clock.runUntil(restoreInto(world, await backUp(other), bobs))).rejects.toMatchObject({
      code: 'ERR_ITEM_REFUSED',
    });
    expect(await world.exchange.control.messages(BOB)).toEqual([]);
  });

  test('restores links to files elsewhere as lost, and everything beside them', async () => {
    await using world = await startWorld();
    const plain = await deliverMime(letter('Linked'));
    const attachments: AttachmentContent[] = [
      { kind: 'reference', name: 'Plan.docx', isInline: false },
      file('data.bin', new Uint8Array([1, 2])),
    ];
    const id = await world.exchange.control.addMessage(ADA, 'inbox', { ...plain, mime: undefined, attachments });
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData', parts: ['mime'] });
    const restored = await restoreInto(world, await backUp(world));
    expect(restored.omitted).toEqual([{ part: 'attachment/1', reason: 'referenceAttachment', lost: true }]);
    expect(restored.content.attachments.map(({ name }) => name)).toEqual(['data.bin']);
  });

  test('restores from the MIME alone a message whose properties could not be shown', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Bare'));
    world.exchange.control.failItem(id, { code: 'ErrorInternalServerError', parts: ['body'] });
    const restored = await restoreInto(world, await clock.runUntil(backUp(world)));
    expect(restored.omitted).toEqual([]);
    expect(restored.content).toMatchObject({
      subject: 'Bare',
      body: { content: 'About Bare\r\n' },
      internetMessageId: '<Bare@example.org>',
      isDraft: false,
    });
  });

  test('refuses a body that is larger than a request may be', async () => {
    await using world = await startWorld();
    const plain = await deliverMime(letter('Huge'));
    const body = { contentType: 'text', content: 'x'.repeat(4 * 1024 * 1024) } as const;
    await world.exchange.control.addMessage(ADA, 'inbox', { ...plain, mime: undefined, body });
    const backup = await backUp(world);
    await expect(restoreInto(world, backup)).rejects.toSatisfy((error) => SourceError.is(error, 'ERR_ITEM_REFUSED'));
  });
});

describe('prepareCollection', () => {
  test('finds folders by role, then by name, and creates what is missing', async () => {
    await using world = await startWorld();
    const { control } = world.exchange;
    control.createFolder(ADA, ['Inbox', 'Clients', 'Hidden'], { isHidden: true });
    control.renameFolder(BOB, 'inbox', 'Posteingang');
    control.createFolder(BOB, ['Posteingang', 'CLIENTS']);
    const folders = await foldersOf(world.ada);
    const hidden = folders.find(({ name }) => name === 'Hidden');
    if (hidden === undefined) throw new RangeError('no folder');
    const id = await world.bob.prepareCollection(restorePath(folders, hidden));
    const made = control.folders(BOB).find((folder) => folder.id === id);
    expect(made).toMatchObject({ path: ['Posteingang', 'CLIENTS', 'Hidden'], isHidden: true });
    const before = world.online.requests.byKind.folder;
    expect(await world.bob.prepareCollection(restorePath(folders, hidden))).toBe(id);
    expect(world.online.requests.byKind.folder).toBe(before);
    const other = await world.online.mailbox(BOB);
    expect(await other.prepareCollection(restorePath(folders, hidden))).toBe(id);
  });

  test('takes a folder that somebody else created meanwhile', async () => {
    await using world = await startWorld();
    const path = (name: string) => [{ name, role: undefined, kind: 'mail', hidden: false }] as const;
    await world.bob.prepareCollection(path('First'));
    const id = world.exchange.control.createFolder(BOB, 'Second');
    expect(await world.bob.prepareCollection(path('Second'))).toBe(id);
  });
});

test('restores what it can be given twice into two messages', async () => {
  await using world = await startWorld();
  await world.exchange.control.addMessage(ADA, 'inbox', letter('Twice'));
  const backup = await backUp(world);
  await restoreInto(world, backup);
  await restoreInto(world, backup);
  const inbox = (await foldersOf(world.bob)).find(({ role }) => role === 'inbox');
  if (inbox === undefined) throw new RangeError('no inbox');
  expect((await changesOf(world.bob, inbox)).items).toHaveLength(2);
});
