import type { Lane } from '../threads/lane.ts';
import type { SealedPack } from './pack-builder.ts';
import type { StoreSessionKey } from './store-session.ts';

/** What packs are closed with. */
export interface Closing {
  /** Salts for the packs that may be closed in one call. */
  readonly salts: () => readonly Uint8Array<ArrayBuffer>[];
  /** Takes packs. */
  readonly put: (packs: readonly SealedPack[]) => Promise<void>;
}

/** Closes the open packs of lanes. Those that are not full go together, so that a small run makes one pack. */
export async function closeLanePacks(
  lanes: readonly Lane[],
  session: StoreSessionKey,
  { salts, put }: Closing,
): Promise<void> {
  const sized = await Promise.all(lanes.map(async (lane) => ({ lane, size: await lane.call('packSize', session) })));
  const [largest, ...others] = sized.filter(({ size }) => size > 0).toSorted((a, b) => b.size - a.size);
  if (largest === undefined) return;
  for (const { lane } of others) {
    const loose = await lane.call('takeLoose', session);
    const transfer = [loose.memory.buffer as ArrayBuffer];
    await put(await largest.lane.call('storeLoose', { ...session, salts: salts(), loose }, transfer));
  }
  await put(await largest.lane.call('closePack', { ...session, salts: salts() }));
}
