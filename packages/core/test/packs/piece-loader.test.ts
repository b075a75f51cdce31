import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BLOB_KINDS, createKeyring, generateKey } from '@holdfast/crypto';
import { silentLogger } from '@holdfast/contracts';
import type { Destination } from '@holdfast/contracts';
import { localDestination } from '@holdfast/destinations/local';
import { memoryDestination } from '@holdfast/destinations/memory';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defaultChunkerParameters } from '../../src/blobs/chunker.ts';
import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import { createObjectStore } from '../../src/objects/object-store.ts';
import { fetchedParts } from '../../src/packs/fetched-parts.ts';
import { createPieceLoader } from '../../src/packs/piece-loader.ts';
import type { OrderToSave, PieceLoader, PieceOrder } from '../../src/packs/piece-loader.ts';
import { resolveBudget } from '../../src/repository/budget.ts';
import { createLanes } from '../../src/threads/lanes.ts';
import { createPieceWriter } from '../support/piece-writer.ts';

const dice = seededRandomness(5);
const random = dice.bytes(40_000);
const text = new TextEncoder().encode('Kind regards, and see you on Monday. '.repeat(2000));
const short = dice.bytes(1200);

interface Lab {
  readonly loader: PieceLoader;
  /** Orders of one piece each: `random`, `text`, `short`. */
  readonly orders: readonly [PieceOrder, PieceOrder, PieceOrder];
  /** Objects and ranges read so far. */
  reads(): number;
}

interface LabOptions {
  /** Threads, which are up when the laboratory is. */
  readonly workers?: number | undefined;
  /** Where the packs are. */
  readonly destination?: Destination | undefined;
}

async function createLab(
  form: 'clear' | 'sealed',
  { workers = 0, destination = memoryDestination() }: LabOptions = {},
): Promise<Lab> {
  const key = form === 'clear' ? 'none' : generateKey();
  const randomness = seededRandomness(6);
  const { keyring } = await createKeyring({ key, config: {}, randomness, clock: virtualClock() });
  const objects = createObjectStore(destination);
  const index = createBlobIndex();
  const writer = createPieceWriter({ objects, keyring, randomness, index, target: 1_000_000 });
  const ids = [await writer.add(random), await writer.add(text), await writer.add(short)];
  await writer.flush();
  const budget = resolveBudget({ workers });
  const lanes = createLanes({
    budget,
    keyring,
    chunker: defaultChunkerParameters,
    compression: { level: 3 },
    logger: silentLogger,
  });
  onTestFinished(() => lanes.close());
  if (workers > 0) {
    lanes.pick(64 * 1024 * 1024);
    await vi.waitFor(() => expect(lanes.areThreads).toBe(true), { timeout: 10_000 });
  }
  const orders = await Promise.all(
    ids.map(async (id) => ({ requests: [{ kind: BLOB_KINDS.piece, id, hint: await index.find(id) }] })),
  );
  return {
    loader: createPieceLoader({ objects, lanes, budget }),
    orders: orders as unknown as Lab['orders'],
    reads: () => objects.traffic.reads,
  };
}

describe.each(['clear', 'sealed'] as const)('a piece loader, %s', (form) => {
  it('reads what lies together at once, and each piece once, however often it is ordered', async () => {
    const { loader, orders, reads } = await createLab(form);
    const both = { requests: [...orders[2].requests, ...orders[1].requests] };
    const found = await loader.load([...orders, both, ...orders, both]);
    const joined = new Uint8Array([...short, ...text]);
    expect(found).toEqual([random, text, short, joined, random, text, short, joined]);
    expect(reads()).toBe(1);
  });

  it('gives each order a buffer of its own, which the others survive', async () => {
    const { loader, orders } = await createLab(form);
    const found = await loader.load([...orders, ...orders]);
    expect(new Set(found.map((bytes) => bytes?.buffer)).size).toBe(6);
    for (const bytes of found) expect(bytes?.buffer.byteLength).toBe(bytes?.length);
  });

  it('keeps what lay apart from all else, and only that, for those who share it', async () => {
    const { loader, orders, reads } = await createLab(form);
    const [apart, one, other] = orders;
    for (let i = 0; i < 3; i += 1) expect(await loader.load([apart])).toEqual([random]);
    expect(reads()).toBe(1);
    for (let i = 0; i < 3; i += 1) expect(await loader.load([apart, one, other])).toEqual([random, text, short]);
    expect(reads()).toBe(4);
  });

  it('leaves out what it does not find, and that alone', async () => {
    const { loader, orders } = await createLab(form);
    const [request] = orders[0].requests;
    const hint = request?.hint;
    if (request === undefined || hint === undefined) throw new TypeError('There is no hint.');
    const beyond = { requests: [{ ...request, hint: { ...hint, offset: 2_000_000 } }] };
    const other = { requests: [{ ...request, id: dice.bytes(32) }] };
    const unknown = { requests: [...orders[1].requests, { ...request, id: dice.bytes(32), hint: undefined }] };
    expect(await loader.load([beyond, other, unknown, orders[1]])).toEqual([undefined, undefined, undefined, text]);
  });
});

describe.each([
  ['in memory, opened by the thread that calls', 0, 'memory'],
  ['in memory, opened by another thread', 1, 'memory'],
  ['in files, which the other thread reads', 1, 'local'],
] as const)('pieces %s', (_where, workers, kind) => {
  async function lab(): Promise<Lab & { readonly folder: string; readonly packs: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-pieces-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const packs = join(folder, 'packs');
    const destination = kind === 'local' ? localDestination({ path: packs }) : memoryDestination();
    return { ...(await createLab('sealed', { workers, destination })), folder, packs };
  }

  it('are written into files, each where it was asked for and with its time', async () => {
    const { loader, orders, reads, folder } = await lab();
    const path = (name: string): string => join(folder, name);
    const both = { requests: [...orders[2].requests, ...orders[1].requests] };
    const fetched = await loader.fetch([...orders, both]);
    const modified = Date.UTC(2026, 1, 3);
    const saved = await fetched.save([
      { order: 3, file: { path: path('both'), modified } },
      { order: 1, file: { path: new TextEncoder().encode(path('text')), modified: undefined } },
    ]);
    expect(saved).toEqual(['saved', 'saved']);
    expect((await readdir(folder)).filter((name) => name !== 'packs').toSorted()).toEqual(['both', 'text']);
    expect(new Uint8Array(await readFile(path('both')))).toEqual(new Uint8Array([...short, ...text]));
    expect(new Uint8Array(await readFile(path('text')))).toEqual(text);
    expect((await stat(path('both'))).mtimeMs).toBe(modified);
    expect(reads()).toBe(1);
  });

  it('that cannot be written, or not be had, cost their own file alone', async () => {
    const { loader, orders, folder } = await lab();
    await writeFile(join(folder, 'taken'), 'mine');
    const [request] = orders[0].requests;
    if (request === undefined) throw new TypeError('There is no request.');
    const other = { requests: [{ ...request, id: dice.bytes(32) }] };
    const fetched = await loader.fetch([...orders, other]);
    const to = (order: number, ...names: string[]): OrderToSave => ({
      order,
      file: { path: join(folder, ...names), modified: undefined },
    });
    const saved = await fetched.save([to(0, 'taken'), to(3, 'other'), to(1, 'missing', 'text'), to(2, 'short')]);
    expect(saved).toMatchObject([
      { error: { code: 'EEXIST', syscall: 'open' } },
      'unread',
      { error: { code: 'ENOENT', syscall: 'open' } },
      'saved',
    ]);
    expect(await readFile(join(folder, 'taken'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'other'))).toBe(false);
    expect(new Uint8Array(await readFile(join(folder, 'short')))).toEqual(short);
  });

  it('are told as not read once they are gone', async () => {
    const { loader, orders, folder, packs } = await lab();
    const fetched = await loader.fetch(orders);
    if (kind !== 'local') return fetched.drop();
    for (const entry of await readdir(packs, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) await truncate(join(entry.parentPath, entry.name), 1000);
    }
    const file = { path: join(folder, 'random'), modified: undefined };
    expect(await fetched.save([{ order: 0, file }])).toEqual(['unread']);
    expect(existsSync(file.path)).toBe(false);
  });
});

it('parts that are saved in one turn go to a lane together, and those that come later read for themselves', async () => {
  const { loader, orders } = await createLab('sealed');
  const pieces = await loader.fetch(orders);
  const calls: number[] = [];
  const parts = fetchedParts(
    {
      ...pieces,
      save: (files) => {
        calls.push(files.length);
        return Promise.resolve(files.map(() => 'saved' as const));
      },
    },
    3,
  );
  const file = { path: 'nowhere', modified: undefined };
  const together = [parts.part(0).save(file), parts.part(1).save(file)];
  expect(await Promise.all(together)).toEqual(['saved', 'saved']);
  expect(calls).toEqual([2]);
  expect(await parts.part(2).save(file)).toBe('unread');
  expect(await parts.part(2).open()).toBeUndefined();
});

it('a lane that fails fails all parts that waited for it, and what was released is read no more', async () => {
  const { loader, orders } = await createLab('sealed');
  const failing = fetchedParts({ ...(await loader.fetch(orders)), save: () => Promise.reject(new Error('ended')) }, 3);
  const file = { path: 'nowhere', modified: undefined };
  const both = [failing.part(0).save(file), failing.part(1).save(file)];
  await expect(both[0]).rejects.toThrow('ended');
  await expect(both[1]).rejects.toThrow('ended');

  const opened = fetchedParts(await loader.fetch(orders), 3);
  expect(await opened.part(1).open()).toEqual(text);
  expect(await opened.part(2).open()).toEqual(short);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-pieces-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  expect(await opened.part(0).save({ ...file, path: join(folder, 'random') })).toBe('saved');
  expect(new Uint8Array(await readFile(join(folder, 'random')))).toEqual(random);
  // One of many alone: the others are there when they are asked for.
  const single = fetchedParts(await loader.fetch(orders), 3);
  expect(await single.part(1).save({ ...file, path: join(folder, 'text') })).toBe('saved');
  expect(await single.part(2).save({ ...file, path: join(folder, 'short') })).toBe('saved');
  expect(new Uint8Array(await readFile(join(folder, 'short')))).toEqual(short);
  const released = fetchedParts(await loader.fetch(orders), 3);
  const late = released.part(0).save(file);
  released.release();
  expect(await late).toBe('unread');
  expect(await released.part(0).open()).toBeUndefined();
});
