import { SourceError } from '@holdfast/contracts';
import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { ADA, changesOf, eml, folderNamed, letter, readOnly, startWorld } from './support.ts';

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
    expect(content.omitted).toEqual([{ part: 'message.eml', reason: 'ErrorMimeContentConversionFailed' }]);
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

  test('tells attachments that cannot be read as omitted, and keeps what describes them', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Broken'));
    const file = { kind: 'file', contentType: 'text/plain', isInline: false, contentId: undefined } as const;
    const attachments = Array.from({ length: 60 }, (_, index) => ({
      ...file,
      name: `file ${index}`,
      bytes: new Uint8Array([index]),
    }));
    world.exchange.control.updateMessage(ADA, id, { attachments });
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData', parts: ['mime'] });
    const { content } = await readOnly(world.ada, 'Inbox');
    expect(content.omitted).toEqual([{ part: 'message.eml', reason: 'ErrorCorruptData' }]);
    expect(content.parts.filter(({ name }) => name.endsWith('.bin'))).toHaveLength(60);
    expect(content.parts.find(({ name }) => name === 'attachment/60.bin')?.bytes).toEqual(new Uint8Array([59]));
  });

  test('keeps what the change feed told of a message that cannot be read at all, without repetitions', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Corrupt'));
    world.exchange.control.failItem(id, { code: 'ErrorCorruptData' });
    const { item, content } = await readOnly(world.ada, 'Inbox');
    expect(content.parts.map(({ name }) => name)).toEqual(['properties.json']);
    expect(content.omitted).toEqual([
      { part: 'message.eml', reason: 'ErrorCorruptData' },
      { part: 'headers.json', reason: 'ErrorCorruptData' },
      { part: 'attachment', reason: 'ErrorCorruptData' },
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

  test('tells a message that is gone', async () => {
    await using world = await startWorld();
    const id = await world.exchange.control.addMessage(ADA, 'inbox', letter('Gone'));
    const [item] = (await changesOf(world.ada, await folderNamed(world.ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no message');
    world.exchange.control.deleteMessage(ADA, id);
    await expect(world.ada.read(item)).rejects.toSatisfy((error) => SourceError.is(error, 'ERR_ITEM_NOT_FOUND'));
  });
});
