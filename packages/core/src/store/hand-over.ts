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

/** Brings what is in the open pack of a lane into that of another. */
export async function handOver(from: Lane, to: Lane, session: StoreSessionKey, { salts, put }: Closing): Promise<void> {
  const loose = await from.call('takeLoose', session);
  const transfer = [loose.memory.buffer as ArrayBuffer];
  await put(await to.call('storeLoose', { ...session, salts: salts(), loose }, transfer));
}
