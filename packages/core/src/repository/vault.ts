import type { Keyring } from '@holdfast/crypto';
import type { Clock, Destination, Logger, Randomness } from '@holdfast/contracts';
import { resolveCapture } from '../capture/capture-options.ts';
import type { ResolvedCapture } from '../capture/capture-options.ts';
import { createObjectStore } from '../objects/object-store.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { createBlobReader } from '../packs/blob-reader.ts';
import type { BlobReader } from '../packs/blob-reader.ts';
import { createPieceLoader } from '../packs/piece-loader.ts';
import type { PieceLoader } from '../packs/piece-loader.ts';
import { createSnapshotStore } from '../snapshot/snapshot-store.ts';
import type { SnapshotStore } from '../snapshot/snapshot-store.ts';
import { createTreeReader } from '../tree/tree-reader.ts';
import type { TreeReader } from '../tree/tree-reader.ts';
import { createLanes } from '../threads/lanes.ts';
import type { Lanes } from '../threads/lanes.ts';
import type { Budget } from './budget.ts';
import { resolveCompression } from './compression.ts';
import type { Compression } from './compression.ts';
import type { RepositoryConfig } from './config.ts';
import { createIndexStore } from './index-store.ts';
import type { IndexStore } from './index-store.ts';

/** The inside of an open repository: what backup, restore, browse and check work with. */
export interface Vault {
  /** Where it lies; temporary errors are retried. */
  readonly destination: Destination;
  /** Its config. */
  readonly config: RepositoryConfig;
  /** Its keys. */
  readonly keyring: Keyring;
  /** Its objects by hash. */
  readonly objects: ObjectStore;
  /** Its index, as far as it is loaded. */
  readonly index: IndexStore;
  /** Its blobs. */
  readonly blobs: BlobReader;
  /** Its pieces, where many are read at once. */
  readonly pieces: PieceLoader;
  /** Its trees. */
  readonly trees: TreeReader;
  /** Its snapshots. */
  readonly snapshots: SnapshotStore;
  /** Time. */
  readonly clock: Clock;
  /** Chance. */
  readonly randomness: Randomness;
  /** Where it says what it does. */
  readonly logger: Logger;
  /** How much a backup asks for unless it is told otherwise. */
  readonly capture: ResolvedCapture;
  /** What may be used of the machine. */
  readonly budget: Budget;
  /** Where the heavy work is done. */
  readonly lanes: Lanes;
}

/** Puts the parts of an open repository together. */
export function createVault(
  parts: Pick<Vault, 'destination' | 'config' | 'keyring' | 'clock' | 'randomness' | 'logger' | 'budget'> & {
    readonly capture?: ResolvedCapture | undefined;
    readonly compression?: Compression | undefined;
    readonly lanes?: Lanes | undefined;
  },
): Vault {
  const { destination, config, keyring, clock, randomness, logger, budget } = parts;
  const { capture = resolveCapture(), compression = resolveCompression() } = parts;
  const lanes = parts.lanes ?? createLanes({ budget, keyring, chunker: config.chunker, compression, logger });
  const objects = createObjectStore(destination);
  const index = createIndexStore({ objects, keyring, randomness, clock, logger, budget });
  const blobs = createBlobReader({
    objects,
    keyring,
    async index(options) {
      await index.refresh({ ...options, tolerant: true });
      return index.blobs;
    },
  });
  const trees = createTreeReader(blobs, { cacheBytes: budget.memory / 8 });
  const snapshots = createSnapshotStore({ objects, keyring, index, trees, randomness, logger });
  return {
    destination,
    config,
    keyring,
    clock,
    randomness,
    logger,
    capture,
    budget,
    lanes,
    objects,
    index,
    blobs,
    pieces: createPieceLoader({ objects, lanes, budget }),
    trees,
    snapshots,
  };
}
