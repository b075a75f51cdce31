import { createKeyring } from '@holdfast/crypto';
import type { Keyring } from '@holdfast/crypto';
import { memoryDestination } from '@holdfast/destinations/memory';
import { faultyDestination, seededRandomness, virtualClock } from '@holdfast/testkit';
import type { DestinationFaults } from '@holdfast/testkit';
import { defaultChunkerParameters } from '../../src/blobs/chunker.ts';
import { createBlobIndex } from '../../src/index-segments/blob-index.ts';
import type { BlobIndex } from '../../src/index-segments/blob-index.ts';
import { createObjectStore } from '../../src/objects/object-store.ts';
import type { ObjectStore } from '../../src/objects/object-store.ts';
import { createPartStore } from '../../src/store/part-store.ts';
import type { PartStore } from '../../src/store/part-store.ts';
import { createInlineLane } from '../../src/threads/inline-lane.ts';
import type { Lane } from '../../src/threads/lane.ts';
import type { Lanes } from '../../src/threads/lanes.ts';
import type { Objects } from './harness.ts';

/** Lanes, and what their tasks keep. */
export interface WatchedLanes {
  readonly lanes: Lanes;
  /** What tasks keep, by the name of the session. */
  readonly sessions: ReadonlyMap<string, object>;
}

/** The lane of the thread that calls, open to be looked into. After so many picks another one takes over. */
export function watchedLanes(keyring: Keyring, takenOverAfter: number = Number.POSITIVE_INFINITY): WatchedLanes {
  const sessions = new Map<string, object>();
  const context = { keyring, chunker: defaultChunkerParameters, compression: { level: 3 } };
  const first = createInlineLane({ ...context, sessions });
  const second = createInlineLane({ ...context, sessions: new Map() });
  let picks = 0;
  const current = (): Lane => (picks < takenOverAfter ? first : second);
  return {
    sessions,
    lanes: {
      pick() {
        const lane = current();
        picks += 1;
        return lane;
      },
      areThreads: false,
      mayPick: (lane) => lane === current(),
      count: 1,
      close: async () => {},
    },
  };
}

/** A part store over a storage in memory. */
export interface StoreLab extends WatchedLanes {
  readonly stored: Objects;
  readonly plan: DestinationFaults;
  readonly index: BlobIndex;
  readonly store: PartStore;
}

/** Options of {@link createStoreLab}. */
export interface StoreLabOptions {
  /** What is known already. @defaultValue nothing */
  readonly index?: BlobIndex;
  /** The signal of the run. */
  readonly signal?: AbortSignal;
  /** After so many picks another lane takes over. @defaultValue never */
  readonly takenOverAfter?: number;
  /** Puts something between the store and the objects. */
  readonly wrap?: (inner: ObjectStore) => ObjectStore;
}

/** Makes a store lab whose slabs and packs are small: 64 KiB and 256 KiB. */
export async function createStoreLab({
  index = createBlobIndex(),
  signal,
  takenOverAfter,
  wrap = (inner) => inner,
}: StoreLabOptions = {}): Promise<StoreLab> {
  const stored: Objects = new Map();
  const plan: DestinationFaults = {};
  const randomness = seededRandomness(1);
  const { keyring } = await createKeyring({ key: 'none', config: {}, randomness, clock: virtualClock() });
  const destination = faultyDestination(memoryDestination({ objects: stored }), { faults: plan });
  const watched = watchedLanes(keyring, takenOverAfter);
  const { lanes } = watched;
  const store = createPartStore({
    lanes,
    objects: wrap(createObjectStore(destination)),
    index,
    randomness,
    limits: { slab: 64 * 1024, slabs: 4, packTarget: 256 * 1024, puts: 2 },
    options: { signal },
  });
  return { ...watched, stored, plan, index, store };
}
