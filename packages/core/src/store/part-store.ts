import type { ItemPart, OperationOptions, Randomness } from '@holdfast/contracts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { toHex } from '../internal/bytes.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import { createUnderway } from '../internal/underway.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Lane } from '../threads/lane.ts';
import type { Lanes } from '../threads/lanes.ts';
import type { StoredPart } from '../tree/item-record.ts';
import { closeLanePacks } from './close-lane-packs.ts';
import { handOver } from './hand-over.ts';
import { knownDigests } from './known-digests.ts';
import { createOpenSlab } from './open-slab.ts';
import type { OpenSlab } from './open-slab.ts';
import { createPackPutter } from './pack-putter.ts';
import { partKind } from './part-kind.ts';
import type { SealedPack } from './pack-builder.ts';
import { createPendingBlobs } from './pending-blobs.ts';
import { splitIds } from './split-ids.ts';
import type { StoreLimits } from './store-limits.ts';
import type { StoreSessionKey } from './store-session.ts';
import { storedPart } from './stored-part.ts';
import { takeStream } from './take-stream.ts';

/** Stores the parts of items: everything between a source that delivers them and packs that are durable. */
export interface PartStore {
  /**
   * Takes the parts of an item. Resolves once their bytes were read, so that the source may go on; waits while there is
   * too much under way. `stored` resolves once it is known which blobs they are.
   *
   * @throws what a stream of the source throws; else what ended this store, for good.
   */
  take(parts: readonly ItemPart[], options?: TakeOptions): Promise<TakenParts>;
  /** Sends what was taken on its way, however little it is. */
  nudge(): void;
  /** Waits for something that depends on parts taken, or still to be taken: nothing is held back meanwhile. */
  hurry<T>(waiting: Promise<T>): Promise<T>;
  /**
   * Makes everything durable of which `stored` is, or is about to be, resolved. Others may take parts meanwhile.
   *
   * @throws what ended this store.
   */
  flush(): Promise<void>;
  /**
   * Ends the store: what is not durable is given up, and every promise of it that is not kept is broken. Resolves once nothing
   * is read or written any more and the lanes have forgotten this store. Safe to repeat.
   */
  close(): Promise<void>;
}

/** Options of {@link PartStore.take}. */
export interface TakeOptions extends OperationOptions {
  /** The parts of the same item as they are stored already: what of them is still the same stays where it is. */
  readonly known?: readonly StoredPart[] | undefined;
}

/** What {@link PartStore.take} gives. */
export interface TakenParts {
  /** The parts as they stand in the record of the item. Nobody has to wait for it. */
  readonly stored: Promise<readonly StoredPart[]>;
}

/** What a {@link PartStore} needs. */
export interface PartStoreContext {
  /** Where the work is done. */
  readonly lanes: Lanes;
  /** Where packs go. */
  readonly objects: ObjectStore;
  /** What is known. */
  readonly index: BlobIndex;
  /** For salts. */
  readonly randomness: Randomness;
  /** How much is held. */
  readonly limits: StoreLimits;
  /** What ids of blobs are made with; absent where they are made without. */
  readonly domain?: Uint8Array | undefined;
  /** Carries the signal of the run. */
  readonly options: OperationOptions;
}

/** What every way of taking a part in shares. */
export interface PartIntake extends PartStoreContext {
  /** What this store is to lanes. */
  readonly session: StoreSessionKey;
  /** Throws what ended the store. */
  requireSound(): void;
  /** Waits until another slab may be under way. */
  acquire(options: OperationOptions): Promise<() => void>;
  /** A lane for so many bytes. Once they are stored, or given up, it is left. */
  pick(bytes: number): Lane;
  /** Says that what it was picked for is over. */
  leave(lane: Lane): void;
  /** Memory for a slab; what is in it is of no meaning. */
  takeSlab(): Uint8Array;
  /** Gives memory back that was not sent to a lane. */
  giveBack(slab: Uint8Array): void;
  /** A number that no other batch has. */
  nextNumber(): number;
  /** Finds out what is new of a batch and stores that. `onKnown` is called in between. */
  storeNew(lane: Lane, batch: number, ids: readonly Uint8Array[], onKnown: () => void): Promise<void>;
  /** Keeps an eye on work: it is waited for by a flush, and its failure ends the store. */
  track(work: Promise<void>): void;
}

/** A batch fills so many packs at most. */
const SALTS = 4;
const SALT_LENGTH = 32;

/** Makes a {@link PartStore}. */
export function createPartStore(context: PartStoreContext): PartStore {
  const { lanes, objects, index, randomness, limits, domain, options } = context;
  const session = { session: toHex(randomness.bytes(8)), domain, target: limits.packTarget };
  const slots = createSemaphore(limits.slabs);
  /** Memory that came back. */
  const slabs: Uint8Array[] = [];
  const used = new Set<Lane>();
  /** What each of them has under way. */
  const busy = new Map<Lane, number>();
  /** Lanes that gave memory away with a pack. */
  const lacking = new Set<Lane>();
  /** Intakes, which end when their bytes were read. */
  const taking = createUnderway();
  /** Batches on their way into packs. */
  const underway = createUnderway();
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const pending = createPendingBlobs(index);
  const putter = createPackPutter({
    objects,
    index,
    pending,
    domain,
    puts: limits.puts,
    spares: limits.puts,
    options: { signal },
    onFailure: fail,
  });
  function salts(): Uint8Array<ArrayBuffer>[] {
    const bytes = randomness.bytes(SALTS * SALT_LENGTH);
    return Array.from({ length: SALTS }, (_, i) => bytes.subarray(i * SALT_LENGTH, (i + 1) * SALT_LENGTH));
  }

  const closing = { salts, put: (packs: readonly SealedPack[]) => putter.put(packs) };
  let open: OpenSlab | undefined;
  let urgent = 0;
  let numbers = 0;
  let flushing: Promise<void> = Promise.resolve();

  // What waits must not wait for ever.
  signal.addEventListener('abort', () => {
    open?.abandon(signal.reason);
    open = undefined;
  });

  /** The first failure is the one that counts. */
  function fail(error: unknown): void {
    ended.abort(error);
  }

  function requireSound(): void {
    signal.throwIfAborted();
  }

  async function acquire(reading: OperationOptions): Promise<() => void> {
    const release = await slots.acquire(reading);
    if (signal.aborted) release();
    requireSound();
    return release;
  }

  const intake: PartIntake = {
    ...context,
    session,
    requireSound,
    acquire,
    pick(bytes) {
      const lane = lanes.pick(bytes);
      used.add(lane);
      busy.set(lane, (busy.get(lane) ?? 0) + 1);
      return lane;
    },
    leave(lane) {
      busy.set(lane, (busy.get(lane) ?? 1) - 1);
      // Not while packs are being closed: what is on its way from one lane to another is in neither.
      for (const idle of used) if (isLeft(idle)) flushing = flushing.then(() => retire(idle)).catch(fail);
    },
    nextNumber: () => (numbers += 1),
    takeSlab: () => slabs.pop() ?? new Uint8Array(limits.slab),
    giveBack: (slab) => slabs.push(slab),
    async storeNew(lane, batch, ids, onKnown) {
      const fresh = await pending.claim(ids, { signal });
      onKnown();
      const spare = lacking.has(lane) ? putter.takeSpare() : undefined;
      if (spare !== undefined) lacking.delete(lane);
      const input = { ...session, salts: salts(), batch, fresh, spare };
      const { packs, slab } = await lane.call('storeBatch', input, spare === undefined ? [] : [spare]);
      if (packs.length > 0) lacking.add(lane);
      if (slab.byteLength === limits.slab) slabs.push(new Uint8Array(slab));
      await putter.put(packs);
    },
    track(work) {
      underway.add(work.catch(fail));
    },
  };

  function dispatch(): void {
    const slab = open;
    open = undefined;
    if (slab === undefined) return;
    const batch = intake.nextNumber();
    const work = async (): Promise<void> => {
      let lane: Lane | undefined;
      try {
        const stored = slab.parts.map(({ known }) => known);
        const digests = await knownDigests(pending, stored, { signal });
        const parts = slab.parts.map(({ kind, length }, i) => ({ ...kind, length, known: digests[i] }));
        lane = intake.pick(slab.used);
        const input = { ...session, batch, slab: slab.bytes(), parts };
        const prepared = await lane.call('prepareBatch', input, [input.slab.buffer as ArrayBuffer]);
        const ids = splitIds(prepared.ids);
        await intake.storeNew(lane, batch, ids, () => {
          slab.settle((part, number) => storedPart(part, prepared.parts[number], ids));
        });
      } catch (error) {
        slab.abandon(error);
        throw error;
      } finally {
        slab.release();
        if (lane !== undefined) intake.leave(lane);
      }
    };
    intake.track(work());
  }

  const isLeft = (lane: Lane): boolean => used.has(lane) && busy.get(lane) === 0 && !lanes.mayPick(lane);

  /** The calling thread made the beginning, and workers took over: what it still holds is memory for nothing. */
  async function retire(lane: Lane): Promise<void> {
    if (!isLeft(lane) || signal.aborted) return;
    const other = intake.pick(0);
    try {
      if (other === lane) return;
      await handOver(lane, other, session, closing);
      await lane.call('endSession', session.session);
      // Not before: of a lane that is used the end of the store takes care.
      used.delete(lane);
    } finally {
      intake.leave(other);
    }
  }

  /** Adds a part to the open slab; nothing comes between finding room in it and the adding. */
  async function addToSlab(
    name: string,
    bytes: Uint8Array,
    { known, ...reading }: TakeOptions,
  ): Promise<{ readonly part: Promise<StoredPart> }> {
    for (;;) {
      if (open?.fits(bytes.length) === true) {
        const stored = known?.find((part) => part.name === name);
        return { part: open.add({ name, kind: partKind(name), known: stored, bytes }) };
      }
      dispatch();
      const release = await acquire(reading);
      // Somebody else may have opened one meanwhile.
      if (open === undefined) open = createOpenSlab(intake.takeSlab(), release);
      else release();
    }
  }

  async function takePart(
    { name, bytes }: ItemPart,
    reading: TakeOptions,
  ): Promise<{ readonly part: Promise<StoredPart> }> {
    if (bytes instanceof Uint8Array && bytes.length <= limits.slab) return addToSlab(name, bytes, reading);
    const taken = await takeStream(intake, { name, bytes }, reading);
    if ('stored' in taken) return { part: Promise.resolve(taken.stored) };
    const added = await addToSlab(name, taken.slab.subarray(0, taken.length), reading);
    intake.giveBack(taken.slab);
    return added;
  }

  async function takeParts(parts: readonly ItemPart[], reading: TakeOptions): Promise<TakenParts> {
    const taken: Promise<StoredPart>[] = [];
    for (const part of parts) {
      requireSound();
      const { part: stored } = await takePart(part, reading);
      part.release?.();
      // Where another part cannot be read, nobody waits for this one.
      stored.catch(() => {});
      taken.push(stored);
    }
    if (urgent > 0) dispatch();
    const stored = Promise.all(taken);
    // Whoever waits for it hears of it; if nobody does, a flush tells.
    stored.catch(() => {});
    return { stored };
  }

  async function flushNow(): Promise<void> {
    requireSound();
    dispatch();
    await underway.settle();
    requireSound();
    await closeLanePacks([...used], session, closing);
    await putter.settle();
    requireSound();
  }

  return {
    take(parts, reading = {}) {
      const taken = takeParts(parts, reading);
      taking.add(taken);
      return taken;
    },
    nudge: dispatch,
    async hurry(waiting) {
      urgent += 1;
      dispatch();
      try {
        return await waiting;
      } finally {
        urgent -= 1;
      }
    },
    flush() {
      const next = flushing.then(flushNow);
      flushing = next.catch(() => {});
      return next;
    },
    async close() {
      fail(new TypeError('This backup has ended.'));
      await Promise.all([taking.settle(), flushing]);
      await underway.settle();
      await putter.settle();
      await Promise.all([...used].map((lane) => lane.call('endSession', session.session).catch(() => null)));
    },
  };
}
