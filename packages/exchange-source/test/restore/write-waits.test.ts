import type { RetryEvent } from '@holdfast/exchange-source';
import { deliverMime } from '@holdfast/simulators/exchange';
import type { AttachmentContent, Exchange, MessageContent, RequestKind } from '@holdfast/simulators/exchange';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { describe, expect, test } from 'vitest';

import {
  ADA,
  BOB,
  connect,
  foldersOf,
  letter,
  readOnly,
  restorable,
  restorePath,
  settable,
  startWorld,
} from '../support.ts';

const RANGE = 12 * 320 * 1024;

function file(size: number): AttachmentContent {
  const bytes = seededRandomness(size).bytes(size);
  return { kind: 'file', name: `${size}.bin`, contentType: 'a/b', isInline: false, contentId: undefined, bytes };
}

/** Restores one message with attachments into a folder that is to be created, while something goes wrong. */
async function restoreUnder(trouble: (exchange: Exchange) => typeof fetch | void, sizes: readonly number[]) {
  const clock = virtualClock();
  const retries: RetryEvent[] = [];
  await using world = await startWorld({ clock }, { clock });
  const { exchange, ada } = world;
  const attachments = sizes.map((size) => file(size));
  const original: MessageContent = { ...(await deliverMime(letter('Kept'))), mime: undefined, attachments };
  await exchange.control.addMessage(ADA, 'Files', original);
  const { item, content } = await readOnly(ada, 'Files');
  const folders = await foldersOf(ada);
  const path = restorePath(folders, folders.find(({ name }) => name === 'Files') ?? (folders[0] as never));
  let fetch = exchange.fetch;
  const onRetry = (event: RetryEvent): unknown => retries.push(event);
  const bob = await connect(exchange, { clock, onRetry, fetch: (...request) => fetch(...request) }).mailbox(BOB);
  fetch = trouble(exchange) ?? fetch;
  exchange.requests.reset();
  const { omitted } = await clock.runUntil(
    bob.prepareCollection(path).then((id) => bob.createItem(id, restorable(ada, item, content))),
  );
  expect(omitted).toEqual([]);
  const messages = await exchange.control.messages(BOB, { mime: false });
  expect(messages.map((message) => settable(message.content))).toEqual([settable(original)]);
  expect(exchange.control.folders(BOB).filter((folder) => folder.path.at(-1) === 'Files')).toHaveLength(1);
  return { retries, usage: bob.usage, counts: { ...exchange.requests.counts } };
}

const lose =
  (count: number, kinds: readonly RequestKind[], moment: 'after' | 'before' | 'during' = 'before') =>
  ({ control }: Exchange) =>
    control.resetConnections(count, { kinds, moment });

/** Loses the answer to one request of an upload: the session is the first of them. */
const loseUpload =
  (number: number, moment: 'after' | 'before') =>
  ({ control }: Exchange) => {
    let seen = 0;
    control.onRequest(({ kind }) => {
      if (kind === 'upload' && ++seen === number) control.resetConnections(1, { kinds: ['upload'], moment });
    });
  };

describe('a write that is repeated', () => {
  const troubles: [string, (exchange: Exchange) => void, Partial<RetryEvent>][] = [
    ['whose creating request got no answer', lose(2, ['create']), { kind: 'create', cause: 'network', status: 0 }],
    ['whose folder got no answer', lose(2, ['folders']), { kind: 'folder', cause: 'network', status: 0 }],
    ['whose attachment got no answer', lose(2, ['attach']), { kind: 'attachment', cause: 'network', status: 0 }],
    [
      'whose creating request failed',
      ({ control }) => control.throttle({ count: 2, status: 504, kinds: ['create'] }),
      { kind: 'create', cause: 'unavailable', status: 504 },
    ],
    [
      'whose message is not settled',
      ({ control }) => control.unsettleMessages(1, { times: 2 }),
      { kind: 'attachment', cause: 'not-ready', status: 404, code: 'ErrorItemNotFound' },
    ],
    [
      'that conflicts with another write',
      ({ control }) => control.conflictWrites(2),
      { kind: 'attachment', cause: 'not-ready', status: 412, code: 'ErrorIrresolvableConflict' },
    ],
  ];
  test.each(troubles)('tells every retry as an event before it waits: one %s', async (_, trouble, expected) => {
    const { retries, usage } = await restoreUnder(trouble, [100]);
    expect(retries).toHaveLength(2);
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2]);
    for (const event of retries) expect(event).toMatchObject(expected);
    for (const { waitMs } of retries) expect(waitMs).toBeGreaterThanOrEqual(200);
    expect(usage.repeated).toBe(retries.length);
  });

  test('tells a retry too where the request turns out to have been acted on', async () => {
    const { retries, counts } = await restoreUnder(lose(1, ['create'], 'after'), [100]);
    expect(retries).toEqual([expect.objectContaining({ kind: 'create', cause: 'network', attempt: 1 })]);
    expect(counts.create).toBe(1);
  });

  test('counts on where its requests were throttled in between', async () => {
    const trouble = ({ control }: Exchange): void => {
      control.throttle({ count: 1, retryAfter: 2, kinds: ['attach'] });
      control.conflictWrites(1);
    };
    const { retries, usage } = await restoreUnder(trouble, [100]);
    expect(retries.map(({ attempt, cause }) => [attempt, cause])).toEqual([
      [1, 'throttled'],
      [2, 'not-ready'],
    ]);
    expect(usage.repeated).toBe(2);
  });
});

describe('an upload of three ranges', () => {
  const size = 2 * RANGE + 1000;
  // The session, and the ranges.
  const WHOLE = 4;

  test('counts on where the message was not settled when its session was opened', async () => {
    const { retries, usage } = await restoreUnder(({ control }) => control.unsettleMessages(1, { times: 2 }), [size]);
    expect(retries.map(({ kind, attempt, cause }) => [kind, attempt, cause])).toEqual([
      ['upload', 1, 'not-ready'],
      ['upload', 2, 'not-ready'],
    ]);
    expect(usage.repeated).toBe(2);
  });

  test.each([2, 3])('goes on after the range whose answer got lost, which was request %i', async (number) => {
    const { counts, retries } = await restoreUnder(loseUpload(number, 'after'), [size, 50]);
    expect(counts.upload).toBe(WHOLE + 1);
    expect(retries).toEqual([expect.objectContaining({ kind: 'upload', cause: 'network', attempt: 1 })]);
  });

  test('is not made twice when the answer to its last range got lost', async () => {
    const { counts } = await restoreUnder(loseUpload(WHOLE, 'after'), [size, 50]);
    expect(counts.upload).toBe(WHOLE);
  });

  test.each([2, 3, WHOLE])('sends only that range again which did not arrive: request %i', async (number) => {
    const { counts } = await restoreUnder(loseUpload(number, 'before'), [size, 50]);
    expect(counts.upload).toBe(WHOLE + 1);
  });

  test('sends a range again that conflicts with another write', async () => {
    const { counts, retries } = await restoreUnder(({ control }) => control.conflictWrites(3), [size]);
    expect(counts.upload).toBe(WHOLE + 3);
    expect(retries.map(({ attempt, cause, status }) => [attempt, cause, status])).toEqual([
      [1, 'not-ready', 412],
      [2, 'not-ready', 412],
      [3, 'not-ready', 412],
    ]);
  });

  test('begins again in a new session when the service does not know the old one any more', async () => {
    const cancelling = ({ fetch }: Exchange): typeof globalThis.fetch => {
      let ranges = 0;
      return async (input, init) => {
        if (init?.method === 'PUT' && ++ranges === 2) await fetch(input, { method: 'DELETE' });
        return fetch(input, init);
      };
    };
    const { counts } = await restoreUnder(cancelling, [size, 50]);
    // Of the old session: its opening, a range that was taken, the cancelling, a range that was not, and giving it up.
    expect(counts.upload).toBe(5 + WHOLE);
  });
});
