import { inspect } from 'node:util';

import type { LogFields, Logger } from '@holdfast/contracts';
import { deliverMime, startExchange } from '@holdfast/simulators/exchange';
import type { Exchange } from '@holdfast/simulators/exchange';
import { virtualClock } from '@holdfast/testkit';
import { expect, test } from 'vitest';

import { ADA, BOB, all, changesOf, connect, folderNamed, letter, readOnly, restorable } from '../support.ts';

/** Everything of a request that must not be seen: secret, token, and addresses that are keys in themselves. */
function secretsOf(exchange: Exchange, ...[input, init]: Parameters<typeof fetch>): string[] {
  const token = /^Bearer (.+)$/.exec(new Headers(init?.headers).get('authorization') ?? '')?.[1];
  const url = String(input);
  const isKey = /AttachmentSessions|\$deltatoken|\$skiptoken/.test(url);
  return [exchange.credentials.clientSecret, ...(token === undefined ? [] : [token]), ...(isKey ? [url] : [])];
}

/** An error as a careless wrapper of fetch makes it: it quotes the whole request wherever it can. */
function quotingError(quoted: string): Error {
  const inner = Object.assign(new TypeError(quoted), { code: quoted, request: quoted });
  const error = new AggregateError([inner], `fetch failed: ${quoted}`, { cause: inner });
  return Object.assign(error, { name: quoted, code: 'ECONNRESET', config: { headers: quoted } });
}

test.each([
  ['a token', /\/oauth2\//],
  ['a user', /\/users\/[^/]+\?/],
  ['a page of changes', /deltatoken/],
  ['a batch', /\$batch$/],
  ['a message', /\$value$/],
  ['a creation', /\/mailFolders\/[^/]+\/messages$/],
  ['an upload', /AttachmentSessions/],
])('nothing of a request for %s shows in errors, log lines and events', async (_, failing) => {
  const clock = virtualClock();
  await using exchange = await startExchange({ clock, mailboxes: { [ADA]: {}, [BOB]: {} } });
  const large = { kind: 'file', name: 'a', contentType: 'a/b', isInline: false, contentId: undefined } as const;
  const attachments = [{ ...large, bytes: new Uint8Array(3 * 1024 * 1024) }];
  const content = await deliverMime(letter('Secret'));
  await exchange.control.addMessage(ADA, 'inbox', { ...content, mime: undefined, attachments });

  const calm = connect(exchange, { clock });
  const source = await calm.mailbox(ADA);
  const { item, content: parts } = await readOnly(source, 'Inbox');
  const inbox = await folderNamed(source, 'Inbox');
  const { cursor } = await changesOf(source, inbox);
  const target = await (
    await calm.mailbox(BOB)
  ).prepareCollection([{ name: 'Inbox', role: 'inbox', kind: 'mail', hidden: false }]);

  const secrets = new Set<string>([cursor]);
  const seen: string[] = [];
  const note = (message: string, fields?: LogFields): void => void seen.push(inspect([message, fields]));
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const hostile: typeof fetch = (input, init) => {
    const quoted = secretsOf(exchange, input, init);
    for (const secret of quoted) secrets.add(secret);
    if (!failing.test(String(input))) return exchange.fetch(input, init);
    return Promise.reject(
      quotingError(`${quoted.join(' ')} ${Buffer.from((init?.body as Uint8Array) ?? []).toString()}`),
    );
  };
  const online = connect(exchange, {
    clock,
    fetch: hostile,
    logger,
    onRequest: (event) => seen.push(inspect(event, { depth: 20, showHidden: true })),
  });
  const run = async (): Promise<void> => {
    const ada = await online.mailbox(ADA);
    const bob = await online.mailbox(BOB);
    await all(ada.collections());
    await all(ada.changes(inbox, { cursor }));
    await ada.read(item);
    await bob.createItem(target, restorable(ada, item, parts));
  };
  const error: unknown = await clock.runUntil(
    run().then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  expect(error).toMatchObject({ code: 'ERR_SOURCE_UNREACHABLE', details: { reason: 'ECONNRESET' } });
  seen.push(inspect(error, { depth: 20, showHidden: true }), String((error as Error).stack));
  expect(seen.length).toBeGreaterThan(5);
  expect(secrets.size).toBeGreaterThan(1);
  for (const text of seen) for (const secret of secrets) expect(text.includes(secret)).toBe(false);
});
