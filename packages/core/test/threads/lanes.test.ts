import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Worker } from 'node:worker_threads';
import { silentLogger } from '@holdfast/contracts';
import { createKeyring } from '@holdfast/crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { defaultChunkerParameters } from '../../src/blobs/chunker.ts';
import { resolveBudget } from '../../src/repository/budget.ts';
import { resolveCompression } from '../../src/repository/compression.ts';
import type { CompressionOptions } from '../../src/repository/compression.ts';
import { createLanes } from '../../src/threads/lanes.ts';
import type { Lanes } from '../../src/threads/lanes.ts';
import type { Lane } from '../../src/threads/lane.ts';

const MUCH_WORK = 64 * 1024 * 1024;
const open: Lanes[] = [];
const threads: Worker[] = [];

function noteThread(message: unknown): void {
  threads.push((message as { readonly worker: Worker }).worker);
}

async function lanes(workers: number, compression?: CompressionOptions): Promise<Lanes> {
  const { keyring } = await createKeyring({ key: 'none', config: { version: 1 } });
  const made = createLanes({
    budget: resolveBudget({ workers }),
    keyring,
    chunker: defaultChunkerParameters,
    compression: resolveCompression(compression),
    logger: silentLogger,
  });
  open.push(made);
  return made;
}

/** A lane of a worker that is up. */
async function startedLane(made: Lanes): Promise<Lane> {
  const first = made.pick(0);
  await vi.waitFor(() => expect(made.pick(MUCH_WORK)).not.toBe(first), { timeout: 10_000 });
  return made.pick(0);
}

afterEach(async () => {
  unsubscribe('worker_threads', noteThread);
  threads.length = 0;
  for (const made of open.splice(0)) await made.close();
});

test('little work never starts a thread', async () => {
  subscribe('worker_threads', noteThread);
  const made = await lanes(2);
  for (let i = 0; i < 100; i += 1) await made.pick(1024).call('endSession', 'one');
  expect(threads).toHaveLength(0);
  expect(made.count).toBe(1);
});

test('the calling thread is picked until a worker is up, and not after', async () => {
  const made = await lanes(1);
  const first = made.pick(0);
  expect(made.mayPick(first)).toBe(true);
  const worker = await startedLane(made);
  expect(made.mayPick(worker)).toBe(true);
  expect(made.mayPick(first)).toBe(false);
});

test('much work starts as many threads as there may be', async () => {
  subscribe('worker_threads', noteThread);
  const made = await lanes(3);
  await startedLane(made);
  await vi.waitFor(() => expect(made.count).toBe(3), { timeout: 10_000 });
  expect(threads).toHaveLength(3);
  expect(await Promise.all([1, 2, 3].map(() => made.pick(1).call('endSession', 'one')))).toEqual([null, null, null]);
});

test('without workers the thread that calls does everything', async () => {
  const made = await lanes(0);
  const lane = made.pick(MUCH_WORK);
  expect(await lane.call('endSession', 'one')).toBeNull();
  expect(made.pick(MUCH_WORK)).toBe(lane);
});

test('a worker that dies fails its calls with a typed error and is replaced', async () => {
  subscribe('worker_threads', noteThread);
  const made = await lanes(1);
  const lane = await startedLane(made);
  const [thread] = threads;
  await thread?.terminate();
  const call = lane.call('endSession', 'one');
  await expect(call).rejects.toMatchObject({ name: 'RepositoryError', code: 'ERR_WORKER_FAILED' });
  const next = await startedLane(made);
  expect(next).not.toBe(lane);
  expect(await next.call('endSession', 'three')).toBeNull();
});

test('a lane that was closed takes no more calls', async () => {
  const made = await lanes(1);
  const lane = await startedLane(made);
  await made.close();
  await expect(lane.call('endSession', 'one')).rejects.toMatchObject({ code: 'ERR_WORKER_FAILED' });
});

test.each([0, 1])('blobs are compressed at the level that was asked for, with %s workers', async (workers) => {
  const slab = new TextEncoder().encode(Array.from({ length: 20_000 }, (_, i) => `${i * 7919} `).join(''));
  const session = { session: 'one', domain: undefined, target: MUCH_WORK };
  const batch = { ...session, batch: 1 };
  const stored: number[] = [];
  for (const level of [1, 19]) {
    const made = await lanes(workers, { level });
    const lane = workers === 0 ? made.pick(0) : await startedLane(made);
    const parts = [{ mime: false, grouped: 0, length: slab.length }];
    await lane.call('prepareBatch', { ...batch, slab: slab.slice(), parts });
    await lane.call('storeBatch', { ...batch, fresh: Uint8Array.of(1), salts: [], spare: undefined });
    stored.push((await lane.call('takeLoose', session)).places[1] ?? 0);
  }
  expect(stored[1]).toBeLessThan(0.9 * (stored[0] ?? 0));
});
