import { BLOB_KINDS, createKeyring, generateKey } from '@holdfast/crypto';
import { silentLogger } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';
import { seededRandomness, virtualClock } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { defaultChunkerParameters } from '../../src/blobs/chunker.ts';
import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import { createObjectStore } from '../../src/objects/object-store.ts';
import { createPieceLoader } from '../../src/packs/piece-loader.ts';
import type { PieceLoader, PieceOrder } from '../../src/packs/piece-loader.ts';
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

async function createLab(form: 'clear' | 'sealed'): Promise<Lab> {
  const key = form === 'clear' ? 'none' : generateKey();
  const randomness = seededRandomness(6);
  const { keyring } = await createKeyring({ key, config: {}, randomness, clock: virtualClock() });
  const objects = createObjectStore(memoryDestination());
  const index = createBlobIndex();
  const writer = createPieceWriter({ objects, keyring, randomness, index, target: 1_000_000 });
  const ids = [await writer.add(random), await writer.add(text), await writer.add(short)];
  await writer.flush();
  const budget = resolveBudget({ workers: 0 });
  const lanes = createLanes({
    budget,
    keyring,
    chunker: defaultChunkerParameters,
    compression: { level: 3 },
    logger: silentLogger,
  });
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
