import { silentLogger } from '@holdfast/contracts';
import type { Randomness } from '@holdfast/contracts';
import type { Keyring } from '@holdfast/crypto';
import { defaultChunkerParameters } from '../../src/blobs/chunker.ts';
import type { BlobIndex } from '../../src/index-segments/blob-index.ts';
import type { ObjectStore } from '../../src/objects/object-store.ts';
import { resolveBudget } from '../../src/repository/budget.ts';
import { resolveCompression } from '../../src/repository/compression.ts';
import { createPartStore } from '../../src/store/part-store.ts';
import { createLanes } from '../../src/threads/lanes.ts';

/** Stores pieces, one by one. */
export interface PieceWriter {
  /** Stores a piece and returns its id. */
  add(raw: Uint8Array): Promise<Uint8Array>;
  /** Makes everything durable. */
  flush(): Promise<void>;
}

/** A part store in which each part is one blob. */
export function createPieceWriter(context: {
  readonly objects: ObjectStore;
  readonly keyring: Keyring;
  readonly randomness: Randomness;
  readonly index: BlobIndex;
  readonly target: number;
  readonly puts?: number | undefined;
  readonly domain?: Uint8Array | undefined;
}): PieceWriter {
  const { objects, keyring, randomness, index, target, domain, puts = 2 } = context;
  const budget = resolveBudget({ workers: 0 });
  const compression = resolveCompression();
  const lanes = createLanes({ budget, keyring, chunker: defaultChunkerParameters, compression, logger: silentLogger });
  const limits = { slab: 64 * 1024, slabs: 3, packTarget: target, puts };
  const store = createPartStore({ lanes, objects, index, randomness, limits, domain, options: {} });

  return {
    async add(raw) {
      // Attachments from 1 KiB on are not put into groups.
      const { stored } = await store.take([{ name: 'attachment/piece', bytes: raw }]);
      const [part] = await store.hurry(stored);
      const [id] = part?.blobs ?? [];
      if (id === undefined || part?.sources !== undefined) throw new TypeError('The piece is too short.');
      return id;
    },
    flush: () => store.flush(),
  };
}
