import { createCipheriv, createHash } from 'node:crypto';
import type { Keyring } from '@holdfast/crypto';
import { silentLogger, systemClock, systemRandomness } from '@holdfast/contracts';
import { localDestination } from '@holdfast/destinations/local';
import { openMaterial } from '../../packages/crypto/src/keyring.ts';
import { encodeBlobSegment } from '../../packages/core/src/index-segments/blob-segment.ts';
import type { BlobRecord, PackInfo } from '../../packages/core/src/index-segments/blob-segment.ts';
import { createObjectStore } from '../../packages/core/src/objects/object-store.ts';
import { resolveBudget } from '../../packages/core/src/repository/budget.ts';
import type { BudgetOptions } from '../../packages/core/src/repository/budget.ts';
import { createIndexStore } from '../../packages/core/src/repository/index-store.ts';
import type { IndexStore } from '../../packages/core/src/repository/index-store.ts';

/** Records of one segment. */
export const PER_SEGMENT: number = 2 ** 18;
const ID = 32;
const PER_PACK = 4096;
/** So many segments of middle size are merged. */
const UNMERGED = 8;

/** Ids that are as good as random, the same for the same number: those of a segment, or others that are in none. */
export function idsOf(number: number, count: number): Uint8Array {
  const iv = new Uint8Array(16);
  new DataView(iv.buffer).setUint32(0, number);
  const cipher = createCipheriv('aes-128-ctr', new Uint8Array(16), iv);
  return new Uint8Array(cipher.update(new Uint8Array(count * ID)));
}

/** The id of a place in what {@link idsOf} gave. */
export function idAt(ids: Uint8Array, place: number): Uint8Array {
  return ids.subarray(place * ID, (place + 1) * ID);
}

/** Keys that are the same in every process, without a slot: opening one takes 40 MB for a moment, which is not the index. */
function sameKeyring(): Keyring {
  const [repositoryId, root, epoch] = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));
  const epochs = new Map([[1, epoch!]]);
  return openMaterial({ repositoryId: repositoryId!, encrypted: true, generation: 1, epoch: 1, root: root!, epochs });
}

/** An index over the segments in a folder. */
export function openLargeIndex(folder: string, budget: BudgetOptions): IndexStore {
  return createIndexStore({
    objects: createObjectStore(localDestination({ path: folder })),
    keyring: sameKeyring(),
    randomness: systemRandomness,
    clock: systemClock,
    logger: silentLogger,
    budget: resolveBudget(budget),
  });
}

/** Writes an index of so many blobs, and of as many more as one segment has, in segments that are due to be merged into one. */
export async function writeLargeIndex(folder: string, records: number): Promise<void> {
  const index = openLargeIndex(folder, {});
  const segments = Math.ceil(records / PER_SEGMENT);
  for (let number = 0; number < segments; number += 1) {
    const count = Math.min(PER_SEGMENT, records - number * PER_SEGMENT);
    await index.write(encodeBlobSegment(recordsOf(number, count)));
  }
  for (let part = 0; part < UNMERGED; part += 1) {
    await index.write(encodeBlobSegment(recordsOf(segments + part, PER_SEGMENT / UNMERGED)));
  }
  await index.close();
}

function* recordsOf(number: number, count: number): Generator<BlobRecord, void, void> {
  const ids = idsOf(number, count);
  let pack = packOf(number, 0);
  for (let place = 0; place < count; place += 1) {
    const ordinal = place % PER_PACK;
    if (ordinal === 0) pack = packOf(number, place);
    yield { id: idAt(ids, place), location: { pack, ordinal, offset: 48 + ordinal * 2000, length: 2000 } };
  }
}

function packOf(number: number, place: number): PackInfo {
  const name = new Uint8Array(createHash('sha256').update(`${number} ${place}`).digest());
  return { name, header: new Uint8Array(48), size: 16 * 1024 * 1024 };
}
