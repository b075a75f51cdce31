import { BLOB_KINDS, createKeyring, openTable } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { DestinationError } from '@holdfast/contracts';
import { memoryDestination } from '@holdfast/destinations/memory';
import { faultyDestination, seededRandomness, virtualClock } from '@holdfast/testkit';
import type { DestinationFaults } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import type { BlobIndex } from '../../src/index-segments/blob-index.ts';
import { createObjectStore } from '../../src/objects/object-store.ts';
import type { ObjectStore } from '../../src/objects/object-store.ts';
import { createBlobReader } from '../../src/packs/blob-reader.ts';
import type { BlobReader } from '../../src/packs/blob-reader.ts';

import { createTreePackWriter } from '../../src/packs/tree-pack-writer.ts';
import { copyOf, flip, namesOf, rewrite } from '../support/damage.ts';
import type { Objects } from '../support/harness.ts';
import { createPieceWriter } from '../support/piece-writer.ts';
import type { PieceWriter } from '../support/piece-writer.ts';

const TARGET = 100_000;

interface Lab {
  readonly stored: Objects;
  readonly plan: DestinationFaults;
  readonly keyring: Keyring;
  readonly index: BlobIndex;
  readonly objects: ObjectStore;
  readonly writer: PieceWriter;
  readonly reader: BlobReader;
}

async function createLab(): Promise<Lab> {
  const stored: Objects = new Map();
  const plan: DestinationFaults = {};
  const randomness = seededRandomness(1);
  const { keyring } = await createKeyring({ key: 'none', config: {}, randomness, clock: virtualClock() });
  const objects = createObjectStore(faultyDestination(memoryDestination({ objects: stored }), { faults: plan }));
  const index = createBlobIndex();
  const writer = createPieceWriter({ objects, keyring, randomness, index, target: TARGET });
  const reader = createBlobReader({ objects, keyring, index: async () => index });
  return { stored, plan, keyring, index, objects, writer, reader };
}

/** Bytes that do not compress, different for each number. */
const piece = (number: number, length = 5000): Uint8Array => seededRandomness(1000 + number).bytes(length);

const full = ({ name }: { readonly name: string }): { readonly error: unknown } => ({
  error: new DestinationError('ERR_STORAGE_FULL', { name }),
});

describe('packs of pieces', () => {
  it('stores every piece once, durable and in the index after a flush', async () => {
    const { writer, stored, index, reader, keyring } = await createLab();
    const pieces = Array.from({ length: 100 }, (_, i) => piece(i));
    const ids: Uint8Array[] = [];
    for (const raw of [...pieces, ...pieces.slice(0, 30)]) ids.push(await writer.add(raw));
    await writer.flush();
    expect(ids.slice(100)).toEqual(ids.slice(0, 30));
    const blobs = [...stored].reduce(
      (sum, [object, { bytes }]) => sum + openTable(keyring, bytes, { object }).records.length,
      0,
    );
    expect(blobs).toBe(100);
    for (const [i, raw] of pieces.entries()) {
      const id = ids[i] as Uint8Array;
      const hint = await index.find(id);
      expect(await reader.read({ kind: BLOB_KINDS.piece, id, hint })).toEqual(raw);
    }
    const { size } = stored;
    await writer.add(piece(7));
    await writer.flush();
    expect(stored.size, 'known pieces make no pack').toBe(size);
  });

  it('closes packs at their target, in the order of intake', async () => {
    const { writer, stored, keyring, index } = await createLab();
    const order = new Map<string, number>();
    for (let i = 0; i < 200; i += 1) {
      const id = await writer.add(piece(i, 2000));
      order.set(Buffer.from(id).toString('hex'), i);
    }
    await writer.flush();
    const sizes = [...stored.values()].map(({ bytes }) => bytes.length);
    for (const size of sizes) expect(size).toBeLessThanOrEqual(TARGET + 2000 + 1000);
    expect(sizes.filter((size) => size < TARGET).length, 'packs that are not full').toBeLessThanOrEqual(1);
    for (const [object, { bytes }] of stored) {
      const numbers = openTable(keyring, bytes, { object }).records.map(
        ({ id }) => order.get(Buffer.from(id).toString('hex')) ?? -1,
      );
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    expect([...index.packs()]).toHaveLength(stored.size);

    const few = await createLab();
    for (let i = 0; i < 8; i += 1) await few.writer.add(piece(i, 1500));
    await few.writer.flush();
    expect(few.stored.size).toBe(1);
  });

  it('holds no more in memory than the packs that are open and those being stored', async () => {
    const { objects, keyring, index } = await createLab();
    let underway = 0;
    let most = 0;
    // The first waits for the second: nothing depends on how fast this machine is.
    const second = Promise.withResolvers<void>();
    const slow: ObjectStore = {
      ...objects,
      async put(...request) {
        underway += 1;
        most = Math.max(most, underway);
        if (underway === 2) second.resolve();
        await second.promise;
        await new Promise((resolve) => void setTimeout(resolve, 3));
        underway -= 1;
        return objects.put(...request);
      },
    };
    const randomness = seededRandomness(4);
    const writer = createPieceWriter({ objects: slow, keyring, randomness, index, target: TARGET });
    const add = async (from: number): Promise<void> => {
      for (let i = from; i < from + 80; i += 1) await writer.add(piece(i));
    };
    await Promise.all([add(0), add(100), add(200)]);
    await writer.flush();
    // No more than so many are put at a time, and whoever fills another one waits.
    expect(most).toBe(2);
    expect([...index.packs()].length).toBeGreaterThan(8);
  });

  it('fails for good once a pack could not be stored, and the index knows nothing of it', async () => {
    const { writer, plan, index, stored } = await createLab();
    let puts = 0;
    plan.put = (call) => ((puts += 1) === 2 ? full(call) : undefined);
    const ids: Uint8Array[] = [];
    let failures = 0;
    for (let i = 0; i < 100; i += 1) {
      const id = await writer.add(piece(i)).catch(() => {
        failures += 1;
        return undefined;
      });
      if (id !== undefined) ids.push(id);
    }
    expect(failures, 'of those that came afterwards').toBeGreaterThan(20);
    await expect(writer.flush()).rejects.toMatchObject({ code: 'ERR_STORAGE_FULL' });
    await expect(writer.flush()).rejects.toMatchObject({ code: 'ERR_STORAGE_FULL' });
    const packs = new Set(namesOf(stored, 'data/'));
    for (const id of ids) {
      const location = await index.find(id);
      const hex = location && Buffer.from(location.pack.name).toString('hex');
      if (hex !== undefined) expect(packs).toContain(`data/${hex.slice(0, 2)}/${hex}`);
    }
  });
});

describe('createTreePackWriter', () => {
  it('gives no place in a pack that could not be stored', async () => {
    const { objects, keyring, index, plan } = await createLab();
    const writer = createTreePackWriter({ objects, keyring, randomness: seededRandomness(2), index, target: TARGET });
    plan.put = full;
    await writer.room();
    const id = new Uint8Array(32).fill(7);
    const place = writer.append(id, new Uint8Array(100));
    await expect(writer.flush()).rejects.toMatchObject({ code: 'ERR_STORAGE_FULL' });
    expect(place.pack.stored).toBeUndefined();
    expect((await index.hasMany([id]))[0]).toBe(false);
  });
});

describe('createBlobReader', () => {
  it('asks the index where a hint is stale, and names what is wrong where that knows no better', async () => {
    const lab = await createLab();
    const { writer, index, reader, stored } = lab;
    const ids = [await writer.add(piece(1)), await writer.add(piece(2))];
    await writer.flush();
    const [id, other] = ids as [Uint8Array, Uint8Array];
    const good = await index.find(id);
    const neighbour = await index.find(other);
    if (good === undefined || neighbour === undefined) throw new Error('not stored');
    const stale = [
      undefined,
      { ...good, pack: { ...good.pack, name: new Uint8Array(32) } },
      { ...good, offset: good.offset + 1 },
      { ...good, length: good.length - 1 },
      { ...good, offset: 2 ** 31 },
      { ...good, pack: { ...good.pack, header: new Uint8Array(48) } },
      neighbour,
    ];
    for (const hint of stale) {
      expect(await reader.read({ kind: BLOB_KINDS.piece, id, hint })).toEqual(piece(1));
      const [many] = await reader.readMany([{ kind: BLOB_KINDS.piece, id, hint }]);
      expect(many).toEqual(piece(1));
    }
    const nowhere = { kind: BLOB_KINDS.piece, id: new Uint8Array(32), hint: undefined };
    await expect(reader.read(nowhere)).rejects.toMatchObject({ code: 'ERR_BLOB_MISSING' });
    await expect(reader.readMany([nowhere])).rejects.toMatchObject({ code: 'ERR_BLOB_MISSING' });

    const request = { kind: BLOB_KINDS.piece, id, hint: good };
    const before = copyOf(stored);
    for (const name of namesOf(stored, 'data/')) rewrite(stored, name, flip(good.offset + 20));
    await expect(reader.read(request)).rejects.toMatchObject({ code: 'ERR_OBJECT_DAMAGED' });
    stored.clear();
    await expect(reader.read(request)).rejects.toMatchObject({ code: 'ERR_OBJECT_MISSING' });
    for (const [name, object] of before) stored.set(name, object);
    expect(await reader.read(request)).toEqual(piece(1));
  });

  it('does not take a storage that fails for a stale hint', async () => {
    const { writer, index, reader, plan } = await createLab();
    const id = await writer.add(piece(1));
    await writer.flush();
    plan.get = ({ name }) => ({ error: new DestinationError('ERR_ACCESS_DENIED', { name }) });
    const request = { kind: BLOB_KINDS.piece, id, hint: await index.find(id) };
    await expect(reader.read(request)).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED' });
    await expect(reader.readMany([request, request])).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED' });
  });

  it('reads neighbours with one range', async () => {
    const { writer, index, reader, objects, stored } = await createLab();
    const ids: Uint8Array[] = [];
    for (let i = 0; i < 60; i += 1) ids.push(await writer.add(piece(i)));
    await writer.flush();
    const hints = await index.findMany(ids);
    const requests = ids.map((id, i) => ({ kind: BLOB_KINDS.piece, id, hint: hints[i] }));
    const { reads } = objects.traffic;
    const raws = await reader.readMany(requests);
    expect(raws).toEqual(ids.map((_, i) => piece(i)));
    expect(objects.traffic.reads - reads).toBe(stored.size);
    expect(await reader.readMany([])).toEqual([]);
  });
});
