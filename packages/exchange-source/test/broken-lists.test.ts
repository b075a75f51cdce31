import type { RetryEvent } from '@holdfast/exchange-source';
import { virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import { alteredFetch } from './altered-answers.ts';
import { ADA, changesOf, connect, eml, folderNamed, letter, startWorld } from './support.ts';

const SEALED = eml(
  'From: Ada <ada@example.org>',
  'Subject: Sealed',
  'Message-ID: <sealed@example.org>',
  'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"',
  'Content-Transfer-Encoding: base64',
  '',
  'AQIDBAUGBwg=',
  '',
);

function failure(status: number): { status: number; body: { error: { code: string; message: string } } } {
  return { status, body: { error: { code: 'ErrorInternalServerError', message: '' } } };
}

describe('a page of changes', () => {
  test.each([500, 502, 503, 504])('that one message breaks with status %i hides no other message', async (status) => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const ids: string[] = [];
    for (let i = 0; i < 60; i++) ids.push(await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${i}`)));
    const sick = ids[20] ?? '';
    // Breaks every list that shows its body; asked for by itself it is fine.
    const fetch = alteredFetch(world.exchange, (_url, answer) => {
      const entries = Array.isArray(answer.body['value']) ? (answer.body['value'] as Record<string, unknown>[]) : [];
      return entries.some(({ id, body }) => id === sick && body !== undefined) ? failure(status) : answer;
    });
    const ada = await connect(world.exchange, { fetch, clock }).mailbox(ADA);
    const told = await clock.runUntil(changesOf(ada, await folderNamed(ada, 'Inbox')));
    expect(new Set(told.items.map(({ id }) => id))).toEqual(new Set(ids));
    expect(told.items.find(({ id }) => id === sick)?.listed).toHaveProperty('body');
  });

  test('is told as a retry each time it is asked for again, in smaller pieces too', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    for (let i = 0; i < 60; i++) await world.exchange.control.addMessage(ADA, 'inbox', letter(`Letter ${i}`));
    const retries: RetryEvent[] = [];
    const onRetry = (event: RetryEvent): unknown => retries.push(event);
    const ada = await connect(world.exchange, { clock, onRetry }).mailbox(ADA);
    const inbox = await folderNamed(ada, 'Inbox');
    world.exchange.control.cutPages(7);
    const before = ada.usage.repeated;
    expect((await clock.runUntil(changesOf(ada, inbox))).items).toHaveLength(60);
    expect(retries.map(({ attempt, cause }) => [attempt, cause])).toEqual(
      Array.from({ length: 7 }, (_, index) => [index + 1, 'cut']),
    );
    expect(ada.usage.repeated - before).toBe(7);
  });

  test('that never comes is told as a service out of reach', async () => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const fetch = alteredFetch(world.exchange, (url, answer) =>
      /\/messages(?:\/delta)?\?/.test(url) ? failure(503) : answer,
    );
    const ada = await connect(world.exchange, { fetch, clock }).mailbox(ADA);
    const inbox = await folderNamed(ada, 'Inbox');
    await expect(clock.runUntil(changesOf(ada, inbox))).rejects.toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE' });
  });
});

describe('the list of the attachments of a message whose MIME is refused', () => {
  const file = { kind: 'file', contentType: 'text/plain', isInline: false, contentId: undefined } as const;

  test.each([
    ['fails in long pages', 120, (top: number) => top > 10],
    ['fails in all pages but the shortest', 30, (top: number) => top > 1],
    ['is long', 500, () => false],
  ])('is read to its end where it %s', { timeout: 60_000 }, async (_name, count, fails) => {
    const clock = virtualClock();
    await using world = await startWorld({ clock }, { clock });
    const id = await world.exchange.control.addMessage(ADA, 'inbox', SEALED);
    const attachments = Array.from({ length: count }, (_, i) => ({
      ...file,
      name: `${i}.txt`,
      bytes: new Uint8Array([i]),
    }));
    world.exchange.control.updateMessage(ADA, id, { attachments });
    const fetch = alteredFetch(world.exchange, (url, answer) => {
      const top = /\/attachments\?.*top=(\d+)/.exec(decodeURIComponent(url))?.[1];
      return top !== undefined && fails(Number(top)) ? failure(503) : answer;
    });
    const ada = await connect(world.exchange, { fetch, clock }).mailbox(ADA);
    const [item] = (await changesOf(ada, await folderNamed(ada, 'Inbox'))).items;
    if (item === undefined) throw new RangeError('no item');
    const { parts, omitted } = await clock.runUntil(ada.read(item));
    expect(omitted).toMatchObject([{ part: 'message.eml', lost: false }]);
    const bytes = parts.filter(({ name }) => name.endsWith('.bin')).map((part) => (part.bytes as Uint8Array)[0]);
    expect(bytes).toEqual(attachments.map((attachment) => attachment.bytes[0]));
    const described = parts
      .filter(({ name }) => /^attachment.*json$/.test(name))
      .map((part) => part.bytes as Uint8Array);
    expect(described.map((one) => JSON.parse(new TextDecoder().decode(one)).name)).toEqual(
      attachments.map(({ name }) => name),
    );
  });
});
