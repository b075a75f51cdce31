import { createKeyring } from '@holdfast/crypto';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { expect, it } from 'vitest';
import { createChunker } from '../../src/blobs/chunker.ts';
import { createBlobBatch } from '../../src/store/blob-batch.ts';
import { createPartStream } from '../../src/store/part-stream.ts';
import { bytesInUse } from '../support/bytes-in-use.ts';

const MIB = 1024 * 1024;
const KEY = new Uint8Array(32);

/** The lines of an attachment. */
function linesOf(attachment: Uint8Array): Uint8Array {
  const lines = Buffer.from(attachment).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return Buffer.from(`--b\r\n\r\n${lines}\r\n`);
}

/** A message with these attachments, a piece for each. */
function* messageOf(attachments: readonly Uint8Array[]): Generator<Uint8Array, void, void> {
  yield Buffer.from('Subject: many\r\n\r\n');
  yield* attachments;
  yield Buffer.from('--b--\r\n');
}

it('a stream holds no more memory for sixty attachments than for a few', async () => {
  const { keyring } = await createKeyring({ key: 'none', config: {}, clock: virtualClock() });
  const chunker = createChunker(KEY);
  const attachment = linesOf(seededRandomness(1).bytes(1.5 * MIB));
  const heldFor = (count: number): number => {
    const before = bytesInUse();
    const stream = createPartStream(chunker, true);
    const attachments = Array.from({ length: count }, () => attachment);
    for (const piece of messageOf(attachments)) stream.push(piece, createBlobBatch(keyring, undefined));
    const held = bytesInUse() - before;
    const { part } = stream.end(createBlobBatch(keyring, undefined));
    expect(part.sources).toHaveLength(2 + count);
    return held;
  };
  const few = heldFor(3);
  expect(few).toBeLessThan(16 * MIB);
  expect(heldFor(60)).toBeLessThan(few + 4 * MIB);
});

it('a stream cuts each attachment as it would be cut alone', async () => {
  const { keyring } = await createKeyring({ key: 'none', config: {}, clock: virtualClock() });
  const chunker = createChunker(KEY);
  const attachments = [3 * MIB, 2000, 600_000, 5 * MIB].map((length, i) => seededRandomness(i).bytes(length));
  const stream = createPartStream(chunker, true);
  const ids: Uint8Array[] = [];
  const take = (act: (batch: ReturnType<typeof createBlobBatch>) => readonly number[]): void => {
    const batch = createBlobBatch(keyring, undefined);
    const numbers = act(batch);
    const all = batch.ids();
    for (const number of numbers) ids.push(all.subarray(32 * number, 32 * (number + 1)));
  };
  for (const piece of messageOf(attachments.map(linesOf))) take((batch) => stream.push(piece, batch));
  let part: ReturnType<typeof stream.end>['part'] | undefined;
  take((batch) => {
    const ended = stream.end(batch);
    part = ended.part;
    return ended.numbers;
  });
  const alone = attachments.map((attachment) => {
    const batch = createBlobBatch(keyring, undefined);
    return [...chunker.cut(attachment)].map((chunk) => {
      const number = batch.add(chunk);
      return batch.ids().subarray(32 * number, 32 * (number + 1));
    });
  });
  let used = 0;
  const stored = part?.sources?.map(({ blobs }) => {
    const own = part?.order.slice(used, used + blobs).map((number) => ids[number]);
    used += blobs;
    return own;
  });
  expect(stored?.slice(2)).toEqual(alone);
});
