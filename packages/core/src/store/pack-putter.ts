import type { OperationOptions } from '@holdfast/contracts';
import type { BlobIndex } from '../index-segments/blob-index.ts';
import { fromHex } from '../internal/bytes.ts';
import { createSemaphore } from '../internal/semaphore.ts';
import { createUnderway } from '../internal/underway.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { SealedPack } from './pack-builder.ts';
import type { PendingBlobs } from './pending-blobs.ts';
import { splitIds } from './split-ids.ts';

/** What a {@link PackPutter} needs. */
export interface PackPutterContext {
  /** Where packs go. */
  readonly objects: ObjectStore;
  /** Learns where every blob of a stored pack is. */
  readonly index: BlobIndex;
  /** Learns what is durable. */
  readonly pending: PendingBlobs;
  /** What ids of blobs are made with. */
  readonly domain: Uint8Array | undefined;
  /** Packs that are put at the same time. */
  readonly puts: number;
  /** Packs whose memory is kept for others once they are put. */
  readonly spares: number;
  /** Carries the signal that ends the putting. */
  readonly options: OperationOptions;
  /** Hears of each pack that could not be put. */
  readonly onFailure: (error: unknown) => void;
}

/** Puts packs, some at a time. */
export interface PackPutter {
  /** Resolves once the pack is on its way: until then the caller should make no more. */
  put(packs: readonly SealedPack[]): Promise<void>;
  /** Waits for everything that is on its way. */
  settle(): Promise<void>;
  /** Memory of a pack that was put, if there is any that is not used. */
  takeSpare(): ArrayBuffer | undefined;
}

/** Makes a {@link PackPutter}. */
export function createPackPutter(context: PackPutterContext): PackPutter {
  const { objects, index, pending, domain, options, onFailure } = context;
  const slots = createSemaphore(context.puts);
  const underway = createUnderway();
  const spares: ArrayBuffer[] = [];

  async function store({ bytes, name, header, ids, places }: SealedPack): Promise<void> {
    await objects.put('data', bytes, { ...options, digest: name });
    const pack = { name: fromHex(name), header, size: bytes.length, domain };
    const list = splitIds(ids);
    for (const [i, id] of list.entries()) {
      const [ordinal = 0, offset = 0, length = 0] = places.subarray(3 * i, 3 * i + 3);
      index.add(id, { pack, ordinal, offset, length });
    }
    pending.settle(list);
    keep(bytes.buffer as ArrayBuffer);
  }

  function keep(memory: ArrayBuffer): void {
    if (spares.length < context.spares) spares.push(memory);
    else memory.transfer(0);
  }

  return {
    async put(packs) {
      for (const pack of packs) {
        const release = await slots.acquire(options);
        underway.add(store(pack).catch(onFailure).finally(release));
      }
    },
    settle: () => underway.settle(),
    takeSpare: () => spares.pop(),
  };
}
