import { setImmediate } from 'node:timers/promises';
import process from 'node:process';
import { DestinationError } from '@holdfast/contracts';
import type { ItemPart } from '@holdfast/contracts';
import { seededRandomness } from '@holdfast/testkit';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/internal/bytes.ts';
import type { ObjectStore } from '../../src/objects/object-store.ts';
import type { StoredPart } from '../../src/tree/item-record.ts';
import { createStoreLab } from '../support/store-lab.ts';
import type { StoreLab } from '../support/store-lab.ts';

/** A part of bytes that do not compress, different for each number. */
const large = (number: number, length = 60_000): ItemPart => ({
  name: 'data.bin',
  bytes: seededRandomness(number).bytes(length),
});

/** A letter that is small enough for a group. */
const letter = (number: number): ItemPart => ({
  name: 'message.eml',
  bytes: new TextEncoder().encode(`Subject: ${number}\r\n\r\nLetter ${number}.\r\n`),
});

const storageFull = ({ name }: { readonly name: string }): { readonly error: unknown } => ({
  error: new DestinationError('ERR_STORAGE_FULL', { name }),
});

/** Takes a part and waits until it is stored. */
async function storePart({ store }: StoreLab, part: ItemPart, known: readonly StoredPart[] = []): Promise<StoredPart> {
  const { stored } = await store.take([part], { known });
  const [taken] = await store.hurry(stored);
  if (taken === undefined) throw new Error('nothing was stored');
  return taken;
}

/** Objects that are put only once `open` was called. */
function heldBack(): {
  readonly wrap: (inner: ObjectStore) => ObjectStore;
  open(): void;
  began: number;
  ended: number;
} {
  const gate = Promise.withResolvers<void>();
  const counts = {
    began: 0,
    ended: 0,
    open: gate.resolve,
    wrap: (inner: ObjectStore): ObjectStore => ({
      ...inner,
      async put(...request) {
        counts.began += 1;
        await gate.promise;
        try {
          return await inner.put(...request);
        } finally {
          counts.ended += 1;
        }
      },
    }),
  };
  return counts;
}

describe('a part that can be released', () => {
  it('is, once, as soon as its bytes were taken, whatever its length', async () => {
    const lab = await createStoreLab();
    for (const length of [10, 60_000, 3_000_000]) {
      const released: number[] = [];
      const { name, bytes } = large(length, length);
      const { stored } = await lab.store.take([{ name, bytes, release: () => released.push(length) }]);
      expect(released).toEqual([length]);
      if (bytes instanceof Uint8Array) bytes.fill(0);
      await lab.store.hurry(stored);
      expect(released).toEqual([length]);
      expect((await storePart(lab, large(length, length))).blobs).toEqual((await stored)[0]?.blobs);
    }
  });
});

describe('a lane that another one has taken over from', () => {
  it.each([
    ['after a batch', 1],
    ['in the middle of a stream', 3],
  ])('%s gives away what it holds, and keeps nothing', async (_, takenOverAfter) => {
    const lab = await createStoreLab({ takenOverAfter });
    const parts = [large(1, 30_000), large(2, 40_000), large(3, 200_000), ...[4, 5, 6, 7].map((i) => large(i, 50_000))];
    const taken = [];
    for (const part of parts) taken.push((await lab.store.take([part])).stored);
    await lab.store.hurry(Promise.all(taken));
    await lab.store.flush();
    expect(lab.sessions.size).toBe(0);
    for (const [part] of await Promise.all(taken)) {
      const places = await lab.index.findMany(part!.blobs);
      expect(places).not.toContain(undefined);
      for (const place of places) expect([...lab.stored.keys()].join()).toContain(toHex(place!.pack.name));
    }
    // All that was loose went into the same pack.
    expect(lab.stored.size).toBe(2);
  });
});

it('makes what such a lane holds durable with a flush, whenever that comes', async () => {
  for (let turns = 0; turns < 60; turns += 1) {
    const lab = await createStoreLab({ takenOverAfter: 1 + (turns % 3) });
    const taken = [];
    for (let number = 1; number <= 2 + (turns % 4); number += 1) {
      taken.push((await lab.store.take([large(number, 40_000)])).stored);
    }
    for (let i = 0; i < turns / 6; i += 1) await setImmediate();
    await lab.store.flush();
    for (const [part] of await Promise.all(taken)) {
      expect(await lab.index.findMany(part!.blobs), `after ${turns} turns`).not.toContain(undefined);
    }
    await lab.store.close();
  }
});

describe('a store of parts that is closed', () => {
  it('is forgotten by the lanes, whatever was under way', async () => {
    const { store, sessions } = await createStoreLab();
    await store.take([large(1), large(2)]);
    await store.take([large(3, 200_000)]);
    const { stored } = await store.take([letter(1)]);
    expect(sessions.size).toBe(1);
    await store.close();
    await store.close();
    expect(sessions.size).toBe(0);
    await expect(stored).rejects.toThrow('This backup has ended.');
    await expect(store.take([letter(1)])).rejects.toThrow('This backup has ended.');
    await setImmediate();
    expect(sessions.size).toBe(0);
  });

  it('writes nothing any more', async () => {
    const puts = heldBack();
    const { store, stored } = await createStoreLab(puts);
    const taking = Array.from({ length: 40 }, (_, i) => store.take([large(i)]).catch(() => {}));
    while (puts.began < 2) await setImmediate();
    let isClosed = false;
    const closing = store.close().then(() => {
      isClosed = true;
    });
    await Promise.all(taking);
    for (let i = 0; i < 20; i += 1) await setImmediate();
    expect(isClosed, 'while puts are under way').toBe(false);
    puts.open();
    await closing;
    expect(puts.ended).toBe(puts.began);
    const { size } = stored;
    for (let i = 0; i < 50; i += 1) await setImmediate();
    expect(puts.began, 'begun after the end').toBe(2);
    expect(stored.size).toBe(size);
  });

  it('lets go of whoever waits for room', async () => {
    const puts = heldBack();
    const { store } = await createStoreLab(puts);
    const taking = Array.from({ length: 40 }, (_, i) => store.take([large(i)]));
    while (puts.began < 2) await setImmediate();
    puts.open();
    const ends = Promise.allSettled(taking);
    await store.close();
    expect((await ends).filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
  });
});

describe('a store of parts that has failed', () => {
  it('reads no further in what comes as a stream', async () => {
    const { store, plan } = await createStoreLab();
    plan.put = storageFull;
    let read = 0;
    let isLeft = false;
    async function* endless(): AsyncGenerator<Uint8Array, void, void> {
      try {
        for (; read < 1000; read += 1) yield seededRandomness(read).bytes(64 * 1024);
      } finally {
        isLeft = true;
      }
    }
    await expect(store.take([{ name: 'data.bin', bytes: endless() }])).rejects.toMatchObject({
      code: 'ERR_STORAGE_FULL',
    });
    expect(isLeft).toBe(true);
    // The longest chunk, and then what fills the slabs and packs that there may be.
    expect(read).toBeLessThan(100);
    await store.close();
  });

  it('puts nothing more and ends what is being put', async () => {
    let puts = 0;
    let aborted = 0;
    const { store } = await createStoreLab({
      wrap: (inner) => ({
        ...inner,
        async put(type, bytes, options) {
          puts += 1;
          if (puts === 2) throw new DestinationError('ERR_STORAGE_FULL', { name: type });
          // One that takes for ever, as a storage that is out of reach does.
          await new Promise((_, reject) => {
            options?.signal?.addEventListener('abort', () => {
              aborted += 1;
              reject(options.signal?.reason);
            });
          });
          return inner.put(type, bytes, options);
        },
      }),
    });
    const taking = Array.from({ length: 40 }, async (_, i) => (await store.take([large(i)])).stored);
    const ends = await Promise.allSettled(taking);
    expect(ends.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'ERR_STORAGE_FULL' } });
    await store.close();
    expect({ puts, aborted }).toEqual({ puts: 2, aborted: 1 });
  });

  it('leaves nobody with an error that he did not ask for', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const { store } = await createStoreLab();
      await store.take([large(1), letter(1)]);
      await store.close();
      for (let i = 0; i < 5; i += 1) await setImmediate();
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('ends with the reason of the abort', async () => {
    const controller = new AbortController();
    const { store } = await createStoreLab({ signal: controller.signal });
    const { stored } = await store.take([letter(1)]);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(stored).rejects.toBe(reason);
    await expect(store.take([letter(2)])).rejects.toBe(reason);
    await expect(store.flush()).rejects.toBe(reason);
    await store.close();
  });
});

describe('a small part that is read again', () => {
  it('stays where it is as long as its group is there', async () => {
    const lab = await createStoreLab();
    await storePart(lab, letter(1));
    const first = await storePart(lab, letter(2));
    expect(await storePart(lab, letter(2), [first]), 'before it is durable').toEqual(first);
    await lab.store.flush();
    const { size } = lab.stored;
    expect(await storePart(lab, letter(2), [first])).toEqual(first);
    await lab.store.flush();
    expect(lab.stored.size).toBe(size);
    await lab.store.close();
  });

  it('is stored again where the index does not know its group', async () => {
    const before = await createStoreLab();
    const gone = await storePart(before, letter(1));
    await before.store.close();
    const lab = await createStoreLab();
    const there = await storePart(lab, letter(2));
    const again = await Promise.all([storePart(lab, letter(1), [gone]), storePart(lab, letter(2), [there])]);
    await lab.store.flush();
    expect(again[1]).toEqual(there);
    const places = await lab.index.findMany(again.flatMap(({ blobs }) => blobs));
    expect(places).not.toContain(undefined);
    await lab.store.close();
  });
});
